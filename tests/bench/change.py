"""One change in a quiet system: from its notice to its row on a real Moodle.

The yardstick is one read of the CRM and one call of Moodle, one after the other, measured for
another edit between the changes. What counts is how much more the median of the changes is.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator, Sequence
from typing import Any

import anyio
import httpx2

from tests.bench import programs
from tests.bench.figure import Figure, add_output, tell
from tests.bench.live import MODULE, Live, live
from tests.bench.senders import notice

MOST_MORE_MS = 300.0
WARMING = 3
STUDENTS = 100


def add_to(commands: Any) -> None:
    parser = commands.add_parser(
        "change",
        help="one change in a quiet system, from its notice to its row",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--changes", type=int, default=30, help="default 30")
    add_output(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """0; 1 if the bar is missed."""
    return tell([*anyio.run(_measured, options.changes)], options.json)


async def _measured(changes: int) -> list[Figure]:
    times: dict[str, list[float]] = {"change": [], "bare": []}
    async with live(STUDENTS) as school:
        with httpx2.Client() as http:
            for _ in range(changes + WARMING):
                times["change"].append(_change(school, http))
                times["bare"].append(await _bare(school))
    return [*_judged(times["change"][WARMING:], times["bare"][WARMING:])]


def _change(school: Live, http: httpx2.Client) -> float:
    """Milliseconds."""
    ids = school.edit(1)
    body = notice(*ids, module=MODULE)
    began = time.perf_counter()
    http.post(school.webhook, content=body).raise_for_status()
    school.arrived(ids)
    spent = 1000 * (time.perf_counter() - began)
    while programs.metric(school.bridge.url, "mzi_inbox_dirty"):
        time.sleep(0.01)
    return spent


async def _bare(school: Live) -> float:
    [record_id] = school.edit(1)
    began = time.perf_counter()
    await school.naive.carry_one(MODULE, record_id)
    return 1000 * (time.perf_counter() - began)


def _judged(changes: Sequence[float], bare: Sequence[float]) -> Iterator[Figure]:
    change, read_and_write = statistics.median(changes), statistics.median(bare)
    told = f"median of {len(changes)}: {change:.0f} ms, the slowest {max(changes):.0f} ms;"
    told += f" one read and one write: {read_and_write:.0f} ms"
    yield Figure("a change", change - read_and_write, "ms more", told, MOST_MORE_MS)
