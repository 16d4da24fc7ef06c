"""1,000 notices about 1,000 students, until all rows stand on a real Moodle, against the naive way.

The naive way reads and writes the record of each notice by itself, eight at a time, and is spared
the notices: it is told all ids at once. Both take turns, so that a slow moment of the machine
meets both; what counts is the median. The bridge's time begins with the first notice. What of it is
the taking of notices shows beside: the same students named by one notice.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import anyio
import httpx2

from tests.bench.figure import Figure, add_output, tell
from tests.bench.live import MODULE, Live, live
from tests.bench.naive import AT_ONCE
from tests.bench.senders import BUSY, notice, send

LEAST_FASTER, MOST_CALLS = 20.0, 0.03


def add_to(commands: Any) -> None:
    parser = commands.add_parser(
        "notices",
        help="a burst of notices, until all rows stand on a real Moodle",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--students", type=int, default=1_000, help="default 1000")
    parser.add_argument("--turns", type=int, default=3, help="default 3")
    add_output(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """0; 1 if a bar is missed."""
    turns = anyio.run(_turns, options.students, options.turns)
    return tell([*_judged(turns, options.students)], options.json)


@dataclass(frozen=True)
class Turn:
    """Seconds of both ways, those until the bridge had answered all notices, those after one notice
    about all, and the bridge's calls."""

    bridge: float
    naive: float
    told: float
    at_once: float
    crm_calls: int
    moodle_calls: int


async def _turns(students: int, turns: int) -> list[Turn]:
    async with live(students) as school:
        # The bridge's batches grow with Moodle's answers: the first burst finds their size.
        await _turn(school, students)
        return [await _turn(school, students) for _ in range(turns)]


async def _turn(school: Live, students: int) -> Turn:
    ids = school.edit(students)
    before = school.crm.calls(), school.moodle_calls()
    sent = send(
        school.webhook,
        module=MODULE,
        ids=ids,
        records=len(ids),
        count=len(ids),
        connections=BUSY,
    )
    assert sent.refused == 0, sent.statuses
    school.arrived(ids)
    bridge = time.time() - sent.began
    crm_calls, moodle_calls = school.crm.calls() - before[0], school.moodle_calls() - before[1]
    at_once, naive = _at_once(school, students), await _naive(school, students)
    return Turn(bridge, naive, sent.seconds, at_once, crm_calls, moodle_calls)


def _at_once(school: Live, students: int) -> float:
    ids = school.edit(students)
    began = time.perf_counter()
    httpx2.post(school.webhook, content=notice(*ids, module=MODULE)).raise_for_status()
    school.arrived(ids)
    return time.perf_counter() - began


async def _naive(school: Live, students: int) -> float:
    ids = school.edit(students)
    began = time.perf_counter()
    await school.naive.carry(MODULE, ids)
    school.arrived(ids)
    return time.perf_counter() - began


def _judged(turns: list[Turn], students: int) -> Iterator[Figure]:
    bridge, naive, told, at_once = (
        statistics.median(getattr(turn, name) for turn in turns)
        for name in ("bridge", "naive", "told", "at_once")
    )
    said = f"{students} rows in {bridge:.2f} s, of these {told:.2f} s until the notices were taken;"
    said += f" naive, {AT_ONCE} at a time: {naive:.1f} s"
    yield Figure("notices to rows", naive / bridge, "× faster", said, LEAST_FASTER, most=False)
    said = f"{students} rows in {at_once:.2f} s"
    yield Figure("all in one notice", naive / at_once, "× faster", said)
    for side, calls in (
        ("CRM", [turn.crm_calls for turn in turns]),
        ("Moodle", [turn.moodle_calls for turn in turns]),
    ):
        said = f"in the worst of {len(turns)} turns; calls: {', '.join(map(str, calls))}"
        yield Figure(f"calls of the {side}", max(calls) / students, "a record", said, MOST_CALLS)
