"""One stand-in bridge for all processes of a test run: the site has settings for one only."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from tests.browser.site import Site
from tests.support.stand_in_bridge import KEY, WELL


@dataclass(frozen=True)
class SharedBridge:
    """The stand-in at `url`; `is_` says how it is, `calls` what it was asked."""

    url: str
    folder: Path

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other process of the run changes the bridge or the outbox meanwhile."""
        with (self.folder / "alone").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield

    def is_(self, mode: str) -> None:
        assert httpx2.put(f"{self.url}/_mode", json={"mode": mode}).status_code == 200

    def calls(self, path: str) -> list[dict[str, Any]]:
        """What was asked under the end of a path, the oldest first."""
        return [
            call for call in httpx2.get(f"{self.url}/_calls").json() if call["path"].endswith(path)
        ]

    @contextmanager
    def being(self, mode: str) -> Iterator[None]:
        self.is_(mode)
        try:
            yield
        finally:
            self.is_(WELL)


@contextmanager
def shared_bridge(site: Site, folder: Path) -> Iterator[SharedBridge]:
    """Begun by the first process that wants it, ended by the last one; all share `folder`."""
    file = folder / "bridge.json"
    with _locked(file) as state:
        if not state.get("users"):
            state |= _begin()
            _tell(site, state["url"])
        state["users"] = state.get("users", 0) + 1
    try:
        yield SharedBridge(state["url"], folder)
    finally:
        with _locked(file) as state:
            state["users"] -= 1
            if not state["users"]:
                os.kill(state["pid"], signal.SIGTERM)


@contextmanager
def _locked(file: Path) -> Iterator[dict[str, Any]]:
    with file.open("a+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.seek(0)
        state: dict[str, Any] = json.loads(held.read() or "{}")
        yield state
        held.seek(0)
        held.truncate()
        held.write(json.dumps(state))


def _begin() -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.support.stand_in_bridge"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    begun: dict[str, Any] = json.loads(done.stdout)
    return begun


def _tell(site: Site, url: str) -> None:
    site.set_plugin("plainloopback", 1)
    site.moodle("local/mzi/cli/setup_bridge.php", f"--bridge-url={url}", f"--api-key={KEY}")
