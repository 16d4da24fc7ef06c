"""The programs that are measured, each a process of its own: the CRM's emulator and the bridge."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from prometheus_client.parser import text_string_to_metric_families

from scripts.disposable.process import free_port
from tests.support.bridge_process import ROOT, BridgeProcess
from tests.support.stream import environment, new_secret_key
from tests.support.world import ADMIN_TOKEN

_PROOF = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
PROGRAM = [sys.executable, "-c", "from mzi_bridge.cli import main; main()"]


@dataclass(frozen=True)
class Crm:
    url: str

    def calls(self) -> int:
        """Calls of its API so far."""
        return int(self._counts()["calls"])

    def reads(self) -> int:
        """Records that were asked for by their ids so far, each as often as it was."""
        return int(self._counts()["reads"])

    def records(self) -> dict[str, int]:
        """How many, by module."""
        return dict(self._counts()["records"])

    def touch(self, module: str, count: int, **fields: Any) -> list[str]:
        """Edits `count` records in silence; their ids."""
        wanted = {"module": module, "count": count, "record": fields}
        answer = httpx2.post(f"{self.url}/_bench/touch", json=wanted, timeout=120)
        return list(answer.raise_for_status().json()["ids"])

    def _counts(self) -> dict[str, Any]:
        return dict(httpx2.get(f"{self.url}/_bench/counts", timeout=60).raise_for_status().json())


@contextmanager
def crm(students: int, children: int = 0, numbered: int = 0) -> Iterator[Crm]:
    """The emulated CRM while the block runs."""
    sizes = {"--students": students, "--children": children, "--numbered": numbered}
    words = [word for name, size in sizes.items() for word in (name, str(size))]
    with _told([sys.executable, "-m", "tests.bench.crm", *words]) as told:
        yield Crm(told["url"])


@contextmanager
def moodle() -> Iterator[dict[str, Any]]:
    """The emulated Moodle while the block runs: its `base_url` and `token`."""
    with _told([*PROGRAM, "sandbox", "--json", "--students", "1"]) as told:
        yield told["moodle"]


@contextmanager
def _told(command: list[str]) -> Iterator[dict[str, Any]]:
    """A program while the block runs, and the line of JSON that it begins with."""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            line = program.stdout.readline()
            if not line:
                sys.exit(f"bench: {' '.join(command[-4:])} did not start")
            yield dict(json.loads(line))
        finally:
            program.terminate()


def settings(
    crm: Crm, site: Mapping[str, Any], folder: Path, database_url: str | None = None
) -> dict[str, str]:
    """Of a bridge between them; its journal is in `folder` unless `database_url` names another."""
    port = free_port()
    journal = database_url or f"sqlite:///{folder / 'journal.sqlite3'}"
    return environment(crm.url, journal, new_secret_key()) | {
        "MOODLE_BASE_URL": site["base_url"],
        "MOODLE_TOKEN": site["token"],
        "MZI_PORT": str(port),
        "WEBHOOK_BASE_URL": f"http://127.0.0.1:{port}",
        "MZI_POLL_SECONDS": "0",
        "MZI_RECONCILE_HOURS": "0",
        "MZI_LOG_LEVEL": "warning",
    }


def bridge(values: Mapping[str, str], folder: Path) -> BridgeProcess:
    """`mzi serve` with these settings, not yet started."""
    return BridgeProcess(values, int(values["MZI_PORT"]), folder / "bridge.log")


def metric(url: str, name: str, **labels: str) -> float:
    """The sum of a bridge's metric over all labels that are not named."""
    page = httpx2.get(f"{url}/metrics", headers=_PROOF, timeout=60).raise_for_status().text
    total = 0.0
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            if sample.name == name and labels.items() <= sample.labels.items():
                total += sample.value
    return total


def wait_for(url: str, seconds: float = 60.0) -> None:
    """Until this address answers 200; ends the program if it never does."""
    end = time.monotonic() + seconds
    # One client for all tries: each would read the certificates, and slow what is waited for.
    with httpx2.Client(timeout=5) as http:
        while time.monotonic() < end:
            try:
                if http.get(url).status_code == 200:
                    return
            except httpx2.TransportError:
                pass
            time.sleep(0.01)
    sys.exit(f"bench: {url} does not answer")


def mzi(values: Mapping[str, str], *words: str) -> str:
    """What `mzi WORDS` prints; ends the program where it fails."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [*PROGRAM, *words],
        cwd=ROOT / "tests",
        env=kept | {"PYTHONPATH": str(ROOT)} | dict(values),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"bench: mzi {' '.join(words)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout
