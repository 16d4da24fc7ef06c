"""The disposable site that measurements run on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]


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
