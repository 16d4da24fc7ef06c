"""How soon the bridge answers Moodle's events: posts of 100 grades, signed, through the whole door.

Each post takes turns with a bare commit of the same number of rows into the same journal, so that
a slow moment of the machine meets both; what counts is the answer as a ratio to that commit, by
median and by p95. The bar is that of docs/events.md.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import logging
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
from pydantic import SecretStr
from rich.console import Console

from mzi_bridge.app import create_app
from mzi_bridge.clock import SystemClock
from mzi_bridge.journal.journal import Journal
from mzi_bridge.journal.push_records import Arrival, EventResult, NewPush
from mzi_bridge.sandbox.moodle.events import EventSender, envelope, grade
from mzi_bridge.settings import Settings
from tests.support.world import settings_values

BATCH = 100
BAR_RATIO = 4.0
WARMING = 2
KEY = "whsec_" + base64.b64encode(b"the key of the bench, 32 bytes..").decode()


@dataclass
class Times:
    """Seconds of each answer, and of each bare commit between them."""

    answers: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


def add_to(commands: Any) -> None:
    parser = commands.add_parser(
        "events",
        help="how soon Moodle's events are answered",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--events", type=int, default=1000, help="default 1000")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """0; 1 if the bridge answers later than its bar."""
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as folder:
        times = asyncio.run(_measure(Path(folder), max(1, options.events // BATCH)))
    return judge(Console(), times)


def judge(console: Console, times: Times) -> int:
    """Tells the figures; 1 if a ratio is over its bar."""
    late = False
    for name, of in (("p50", _median), ("p95", _p95)):
        answer, bare = 1000 * of(times.answers), 1000 * of(times.bare)
        ratio = answer / bare
        late = late or ratio > BAR_RATIO
        console.print(
            f"{name}: {BATCH} events answered in {answer:.1f} ms, committed bare in {bare:.1f} ms:"
            f" {ratio:.2f} times (bar {BAR_RATIO:.0f})",
            soft_wrap=True,
        )
    if late:
        console.print("FAILED: the bridge answers later than its bar")
    return 1 if late else 0


async def _measure(folder: Path, posts: int) -> Times:
    clock, times = SystemClock(), Times()
    settings = Settings.model_validate(settings_values(folder)).model_copy(
        update={"event_secrets": (SecretStr(KEY),)}
    )
    app = create_app(settings, with_worker=False, clock=clock)
    sender = EventSender("http://bridge.test", [KEY])
    async with app.router.lifespan_context(app):
        journal: Journal = app.state.engine.bridge.links.journal
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport) as http:
            for number in range(posts + WARMING):
                events = _grades(number, clock.now())
                began = time.perf_counter()
                answer = await sender.post(http, events, clock.now())
                answered = time.perf_counter()
                assert all(one["success"] for one in json.loads(answer.text)["results"])
                arrivals = _arrivals(number, clock.now())
                committing = time.perf_counter()
                await journal.events.take(arrivals)
                if number >= WARMING:
                    times.answers.append(answered - began)
                    times.bare.append(time.perf_counter() - committing)
    return times


def _grades(number: int, now: float) -> list[dict[str, Any]]:
    outcomes = [{"code": c, "identification": c, "score": "Achieved"} for c in ("P1", "M1", "D1")]
    return [
        envelope("user_graded", grade(userid=1 + BATCH * number + n, outcomes=outcomes), at=now)
        for n in range(BATCH)
    ]


def _arrivals(number: int, now: float) -> list[Arrival]:
    """As many rows, with facts as long, of which nothing has to be made."""
    at, facts = int(now * 1000), json.dumps({"feedback": "x" * 600})
    return [
        Arrival(
            str(uuid4()),
            "user_graded",
            uuid4().hex,
            at,
            EventResult.ACCEPTED,
            pushes=(NewPush("grade", f"bare_{number}_{n}", "BTEC_Grades", at, facts),),
        )
        for n in range(BATCH)
    ]


def _median(found: Sequence[float]) -> float:
    return statistics.median(found)


def _p95(found: Sequence[float]) -> float:
    return sorted(found)[max(0, -(-len(found) * 95 // 100) - 1)]
