"""Weeks of one bridge in minutes: what grows, and whether pruning bounds it."""

from __future__ import annotations

import asyncio
import gc
import os
import tempfile
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import anyio
import httpx2

import mzi_bridge.pipeline.duties
from tests.simulation import school
from tests.simulation.chance import Chance
from tests.simulation.post import DAY
from tests.simulation.simulation import memory, prepare
from tests.simulation.virtual_time import VirtualLoop
from tests.simulation.world import BRIDGE, World, begin

SUBSET = ("BTEC_Payments", "BTEC_Teachers", "BTEC_Classes")
BUSY = "BTEC_Payments"
STUDENTS = 120
IDS_A_NOTICE = 300
POLL_SECONDS = 21_600
WARM_UP = 0.4
"""The share of the time after which nothing may grow any more: all that is kept is kept for a
quarter of it here, so that a short run sees pruning, too."""

JOURNAL_GROWTH = 1.10
ROWS_MORE = 10
"""Of few rows some more are no growth: one that stays of each hour would be many more."""

MEMORY_GROWTH = 1.15
OBJECTS_GROWTH = 1.02


@dataclass(frozen=True)
class Measure:
    day: float
    noticed: int
    journal_kib: int
    rows: int
    memory_kib: int
    objects: int
    """That the collector knows of: memory also grows by what the allocator keeps for later."""

    def told(self) -> str:
        return (
            f"day {self.day:5.1f}: {self.noticed:8} noticed, journal {self.journal_kib:6} KiB"
            f" in {self.rows:6} rows, memory {self.memory_kib // 1024:4} MiB"
            f" in {self.objects:7} objects"
        )


def soak(days: float, notices: int, tell: Callable[[str], None] = print) -> list[str]:
    """What grew past its bound, by name."""
    prepare()
    gc.enable()
    keep_days(days / 4)
    began = time.perf_counter()
    loop = VirtualLoop(most_rounds=10**12)
    with (
        tempfile.TemporaryDirectory(dir=memory()) as folder,
        asyncio.Runner(loop_factory=lambda: loop) as runner,
    ):
        measures = runner.run(_run(Path(folder), days, notices, tell))
    seconds = time.perf_counter() - began
    last = measures[-1]
    tell(
        f"{last.noticed} records noticed in {last.day:.0f} simulated days and {seconds:.0f} s:"
        f" {last.noticed / seconds:.0f} a second"
    )
    return _grown(measures)


def keep_days(days: float) -> None:
    """Shortens what is kept of history to `days`, one at the least."""
    kept = mzi_bridge.pipeline.duties.KEPT_DAYS
    kept.update({what: max(1, round(days)) for what in kept})


def _grown(measures: list[Measure]) -> list[str]:
    warm = [m for m in measures if m.day >= measures[-1].day * WARM_UP]
    first, rest = warm[0], warm[1:]
    grown = []
    if max(m.journal_kib for m in rest) > first.journal_kib * JOURNAL_GROWTH:
        grown.append("journal")
    if max(m.rows for m in rest) > first.rows * JOURNAL_GROWTH + ROWS_MORE:
        grown.append("rows")
    if max(m.memory_kib for m in rest) > first.memory_kib * MEMORY_GROWTH:
        grown.append("memory")
    if max(m.objects for m in rest) > first.objects * OBJECTS_GROWTH:
        grown.append("objects")
    return grown


async def _run(
    folder: Path, days: float, notices: int, tell: Callable[[str], None]
) -> list[Measure]:
    chance = Chance(1)
    crm = school.new_crm(SUBSET, STUDENTS, 10**6)
    world = World(folder, chance, SUBSET, crm=crm, poll_seconds=POLL_SECONDS)
    world.history.lines = deque(maxlen=100)
    await begin(world)
    measures: list[Measure] = []
    noticed = 0
    hours = int(days * 24)
    async with httpx2.AsyncClient(transport=world.outside) as client:
        for hour in range(hours):
            due = notices * (hour + 1) // hours - noticed
            noticed += await _busy_hour(world, client, due, chance.draw)
            if hour % max(1, hours // 20) == 0 or hour == hours - 1:
                measures.append(_measure(world, (hour + 1) / 24, noticed))
                tell(measures[-1].told())
    await world.close()
    return measures


async def _busy_hour(world: World, client: httpx2.AsyncClient, due: int, draw: Random) -> int:
    """Some edits, and notices of `due` records, many of them again and again."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + DAY / 24
    ids = list(world.crm.records(BUSY))
    for record_id in draw.sample(ids, 3):
        field = draw.choice(school.editable(world.crm, BUSY))
        world.crm.update(BUSY, record_id, {field.api_name: school.new_value(field, draw)})
    # Told below, with the others; the list of changes would grow for ever.
    world.crm.history.clear()
    world.emulator.published = 0
    left = due
    while left > 0:
        some = draw.sample(ids, min(left, IDS_A_NOTICE, len(ids)))
        left -= len(some)
        await _notify(world, client, some)
        await anyio.sleep(0.05)
    world.bridge_clock.quiet_until = ends
    await anyio.sleep(ends - loop.time())
    return due


async def _notify(world: World, client: httpx2.AsyncClient, ids: list[str]) -> None:
    for channel in world.emulator.channels.live(world.clock.now()):
        if BUSY in channel.modules:
            notice = {
                "module": BUSY,
                "ids": ids,
                "operation": "update",
                "channel_id": channel.channel_id,
                "token": channel.token,
                "server_time": int(world.clock.now() * 1000),
            }
            answer = await client.post(f"https://{BRIDGE}/api/v1/webhooks/zoho", json=notice)
            if answer.status_code != 202:
                raise RuntimeError(f"a notice was answered {answer.status_code}")


TABLES = ("inbox", "deliveries", "runs", "dead_letters", "field_faults", "locks", "channels")


def _measure(world: World, day: float, noticed: int) -> Measure:
    rows = sum(world.ask_journal(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES)  # noqa: S608
    sizes = sum(file.stat().st_size for file in world.file.parent.iterdir())
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    memory_kib = pages * os.sysconf("SC_PAGE_SIZE") // 1024
    return Measure(day, noticed, sizes // 1024, rows, memory_kib, len(gc.get_objects()))
