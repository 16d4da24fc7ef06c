"""The disposable site that measurements run on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class DisposableSite:
    """`facts` are what `scripts/moodle_site up --json` told."""

    db: str
    facts: dict[str, Any]

    def reset(self) -> None:
        """Empties the plugin's tables; the users stay."""
        self.facts.update(json.loads(moodle_site(self.db, "reset", "--json")))


@contextmanager
def disposable_site(db: str, *, students: int = 0) -> Iterator[DisposableSite]:
    """A site, from the last time if there is one; it is stopped at the end, and stays on disk.

    `students`: how many of the sample's it knows as its users when it is made."""
    with tempfile.TemporaryDirectory() as folder:
        users = str(Path(folder, "users.csv"))
        if students:
            said([".venv/bin/mzi", "sandbox", "--students", str(students), "--users", users])
        facts = json.loads(
            moodle_site(db, "up", "--json", *(["--users", users] if students else []))
        )
    try:
        yield DisposableSite(db, facts)
    finally:
        moodle_site(db, "stop")


def moodle_site(db: str, command: str, *options: str) -> str:
    """What `scripts/moodle_site COMMAND` says; the measurements' site is nobody else's."""
    return said(["scripts/moodle_site", command, "--db", db, *options])


def said(command: list[str], stdin: str = "") -> str:
    """The output of a command; ends the program where it fails."""
    done = subprocess.run(
        command,
        input=stdin,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        cwd=_ROOT,
        env={**os.environ, "MZI_RUN_PREFIX": "bench-"},
    )
    if done.returncode != 0:
        sys.exit(f"bench: {' '.join(command[:2])} failed with exit code {done.returncode}")
    return done.stdout
