"""Every point of a story in turn: die there, start again, compare with a run without faults.

    python -m tests.crash.sweep STORY DATABASE_KIND [--every N] [--first K] [--point P]

Prints one JSON line: {"points": how many there are (in the first shard's answer, else 0),
"deaths": how many were tried, "faults": [what went wrong, where]}.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import select
import signal
import sys
import tempfile
import traceback
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from pydantic import SecretStr

from mzi_bridge.app import create_app
from mzi_bridge.pipeline.channel_terms import WEBHOOK_PATH
from mzi_bridge.sandbox.listener import listening
from mzi_bridge.settings import Settings
from scripts.disposable.process import free_port
from tests.crash.board import Board, BoardClock, moves_the_hour
from tests.crash.bridge_life import Life
from tests.crash.events import SECRET
from tests.crash.judge import faults_of
from tests.crash.office import Office
from tests.crash.stores import Store, open_store
from tests.crash.stories import STORIES, Story
from tests.crash.wire import PlainWire
from tests.support.world import NOW, settings_values

LIFE_SECONDS = 60.0
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
"""A kill takes nothing from the page cache, so no case has to wait for a disk."""


@dataclass(frozen=True)
class Ending:
    """How a case ended: `label` is where the bridge died, empty if it was not killed."""

    label: str
    office: Mapping[str, Any]
    journal: Mapping[str, Any]


class CaseFailed(Exception):
    """A life that should have gone on to the end did not."""


class Sweep:
    """One story on one kind of database. Nothing runs in this process but forks."""

    def __init__(self, story: Story, store: Store, folder: Path) -> None:
        self._story = story
        self._store = store
        self._folder = folder
        self._board = Board(NOW)
        self._port = free_port()
        self._office = Office(
            BoardClock(self._board), f"http://127.0.0.1:{self._port}{WEBHOOK_PATH}"
        )
        values = settings_values(folder) | {
            "MZI_SECRET_KEY": Fernet.generate_key().decode(),
            "MZI_EVENT_SECRETS": SECRET,
            "MZI_PHOTOS": "true" if story.pictured else "false",
        }
        self._settings = Settings.model_validate(values)
        asyncio.run(self._prepare())
        self._store.keep()
        self._started_at = self._board.now
        gc.collect()
        gc.freeze()

    async def _prepare(self) -> None:
        """By the service itself, so that every fork inherits what a first life has to load."""
        clock = BoardClock(self._board)
        async with self._office.open() as office_url:
            settings = self._with(office_url, self._store.template_url)
            app = create_app(settings, with_worker=False, clock=clock, transport=PlainWire())
            async with listening(app, port=self._port):
                moves_the_hour()
                await self._story.prepare(self._office, app.state.engine.bridge.links)
        self._office.calls.clear()
        self._office.writes.clear()

    def run(self, kill_at: int) -> Ending:
        """One case from the prepared state on. Raises CaseFailed."""
        self._board.now = self._started_at
        self._board.clear()
        with self._store.copy() as database_url, self._serving_office() as office_url:
            settings = self._with(office_url, database_url)
            label = ""
            if kill_at:
                code = self._live(settings, office_url, kill_at)
                if code == -signal.SIGKILL:
                    _, label = self._board.read()
                elif code != 0:
                    raise CaseFailed(self._last_words())
            if label or not kill_at:
                code = self._live(settings, office_url, 0)
                if code != 0:
                    raise CaseFailed(f"after a death {label!r}: {self._last_words()}")
            report = json.loads(_get(f"{office_url}/harness/report"))
            return Ending(label, report, json.loads(self._findings.read_text()))

    def points_reached(self) -> int:
        return self._board.read()[0]

    @property
    def _findings(self) -> Path:
        return self._folder / "findings.json"

    def _with(self, office_url: str, database_url: str) -> Settings:
        return self._settings.model_copy(
            update={
                "database_url": SecretStr(database_url),
                "zoho_api_url": office_url,
                "zoho_accounts_url": office_url,
                "moodle_base_url": office_url,
            }
        )

    def _live(self, settings: Settings, office_url: str, kill_at: int) -> int:
        self._findings.unlink(missing_ok=True)
        life = Life(
            self._story, settings, self._board, office_url, self._port, kill_at, self._findings
        )
        return _end_of(_fork(life.run, self._log))

    @property
    def _log(self) -> Path:
        return self._folder / "bridge.log"

    def _last_words(self) -> str:
        logs = (self._folder / "office.log", self._log)
        return "\n".join(log.read_text(errors="replace")[-3000:] for log in logs if log.exists())

    @contextmanager
    def _serving_office(self) -> Iterator[str]:
        told, tell = os.pipe()

        async def serve() -> None:
            self._story.arm(self._office)
            async with self._office.open() as url:
                os.write(tell, url.encode() + b"\n")
                await asyncio.Event().wait()

        office = _fork(lambda: asyncio.run(serve()), self._folder / "office.log")
        os.close(tell)
        try:
            with os.fdopen(told) as line:
                yield line.readline().strip()
        finally:
            os.kill(office, signal.SIGKILL)
            os.waitpid(office, 0)


def _fork(body: Callable[[], object], log: Path) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
        body()
        code = 0
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stderr.flush()
    os._exit(code)


def _end_of(pid: int) -> int:
    """Its exit code, negative for a signal."""
    descriptor = os.pidfd_open(pid)
    try:
        if not select.select([descriptor], [], [], LIFE_SECONDS)[0]:
            os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)
            raise CaseFailed("a bridge went on for a minute")
    finally:
        os.close(descriptor)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _get(url: str) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=30) as answer:
        return bytes(answer.read())


def sweep(story: Story, kind: str, *, first: int, every: int, only: int | None) -> dict[str, Any]:
    """All points `first`, `first` + `every`, … until a bridge outlives its point."""
    faults: list[str] = []
    deaths = 0
    with tempfile.TemporaryDirectory(dir=MEMORY) as name, open_store(kind, Path(name)) as store:
        range_ = Sweep(story, store, Path(name))
        calm = range_.run(0)
        faults += [f"without a fault: {fault}" for fault in faults_of(story, calm, calm)]
        point = only or first
        while not faults or len(faults) < 20:
            try:
                ending = range_.run(point)
            except CaseFailed as failure:
                faults.append(f"point {point}: {failure}")
            else:
                if not ending.label:
                    break
                deaths += 1
                wrong = faults_of(story, calm, ending)
                faults += [f"point {point} ({ending.label}): {fault}" for fault in wrong]
            if only:
                break
            point += every
    points = range_.points_reached() if first == 1 and not only else 0
    return {"story": story.name, "points": points, "deaths": deaths, "faults": faults}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("story", choices=STORIES)
    parser.add_argument("kind", choices=["sqlite", "postgres"])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--point", type=int)
    given = parser.parse_args()
    result = sweep(
        STORIES[given.story], given.kind, first=given.first, every=given.every, only=given.point
    )
    print(json.dumps(result))


if __name__ == "__main__":
    main()
