"""One life of the bridge: the real service, then its work, until all is done or it dies."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from msgspec.structs import asdict
from sqlalchemy import select

from mzi_bridge.app import create_app
from mzi_bridge.journal.push_records import PushState
from mzi_bridge.journal.tables import moodle_events
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.sync import CURSOR
from mzi_bridge.sandbox.listener import listening
from mzi_bridge.settings import Settings
from tests.crash.board import Board, BoardClock, moves_the_hour
from tests.crash.points import CrashPoints, WatchedWire
from tests.crash.stories import TEACHERS, Story
from tests.crash.wire import PlainWire


@dataclass(frozen=True)
class Life:
    """`kill_at` is the number of the point to die at, 0 for none; `findings` the file that
    tells how the journal stands at the end."""

    story: Story
    settings: Settings
    board: Board
    office_url: str
    port: int
    kill_at: int
    findings: Path

    def run(self) -> None:
        """In a process of its own."""
        points = CrashPoints(self.board, self.kill_at)
        points.watch_commits()
        with asyncio.Runner() as runner:
            runner.get_loop().set_task_factory(points.make_task)
            runner.run(live(self, points))


async def live(life: Life, points: CrashPoints) -> None:
    clock, transport = BoardClock(life.board), WatchedWire(points)
    app = create_app(life.settings, with_worker=False, clock=clock, transport=transport)
    points.counting = True
    async with listening(app, port=life.port):
        links: Links = app.state.engine.bridge.links

        async def tell() -> None:
            await asyncio.create_task(harness(life.office_url))

        async def work() -> None:
            moves_the_hour()
            await life.story.work(links, tell)

        await asyncio.create_task(work())
        points.counting = False
        life.findings.write_text(json.dumps(await look_into(links), default=str))
        # An orderly stop has nothing more to show, and takes its time.
        os._exit(0)


async def harness(office_url: str) -> None:
    """The office tells what it has to tell, and answers when it has been answered."""
    async with httpx2.AsyncClient(timeout=60, transport=PlainWire()) as http:
        (await http.post(f"{office_url}/harness/tell")).raise_for_status()


async def look_into(links: Links) -> dict[str, Any]:
    journal = links.journal
    cursor = await journal.cursors.get(TEACHERS, CURSOR)
    async with journal.database.read() as connection:
        events = await connection.execute(select(moodle_events.c.event_id))
        taken_in = sorted(row[0] for row in events)
    return {
        "dirty": (await journal.inbox.counts()).dirty,
        "dead": sorted(
            (d.module, d.record_id, d.reason, d.message) for d in await journal.dead.list()
        ),
        "deliveries": [asdict(d) for d in await journal.deliveries.list(1000)],
        "runs": [{"kind": run.kind, "state": run.state} for run in await journal.runs.recent(50)],
        "cursor": cursor,
        "events": taken_in,
        "owed": [
            (p.kind, p.record_key, p.state, p.reason)
            for state in (PushState.DUE, PushState.DEAD)
            for p in await journal.pushes.list(state)
        ],
        "channels": [
            {"channel_id": c.channel_id, "module": c.module} for c in await journal.channels.list()
        ],
    }
