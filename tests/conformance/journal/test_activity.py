"""Counters of what happens: shared by processes, lost by no fault that passes."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import anyio
import pytest
from sqlalchemy import func, select

from mzi_bridge.journal import Journal
from mzi_bridge.journal import activity as ledger
from mzi_bridge.journal.activity_points import ActivityPoint, Word
from mzi_bridge.journal.console_tables import activity
from mzi_bridge.journal.errors import unavailable
from tests.support.clock import ManualClock

DAY = 86_400.0


async def rows(journal: Journal) -> int:
    async with journal.database.read() as connection:
        found = await connection.execute(select(func.count()).select_from(activity))
        return int(found.scalar_one())


async def until(number: Callable[[], Awaitable[int]]) -> None:
    """Returns when it is more than none."""
    with anyio.fail_after(10):
        for _ in iter(int, 1):
            if await number():
                return
            await anyio.sleep(0.01)


async def total(journal: Journal) -> ActivityPoint:
    return await journal.activity.totals(24)


async def test_what_was_noted_stands_at_its_time(journal: Journal, clock: ManualClock) -> None:
    journal.activity.note(Word.ACCEPTED, 3)
    clock.advance(3600)
    journal.activity.note(Word.UPDATED)
    journal.activity.note_lag(1.5)
    points = await journal.activity.series(24)
    assert len(points) == 96
    assert [(p.accepted, p.delivered) for p in points if p.accepted or p.delivered] == [
        (3, 0),
        (0, 1),
    ]
    assert points[-1].p50 is not None and 1.0 < points[-1].p50 <= 2.0
    assert points[-5].accepted == 3 and points[-5].p50 is None
    whole = await total(journal)
    assert (whole.accepted, whole.delivered, whole.seconds) == (3, 1, DAY)
    clock.advance(DAY)
    assert (await total(journal)).accepted == 0
    week = await journal.activity.series(168)
    assert sum(point.accepted for point in week) == 3


async def test_processes_that_note_at_once_lose_nothing(url: str, clock: ManualClock) -> None:
    words = [Word.ACCEPTED, Word.UPDATED, Word.REFUSED, Word.LAG_LE_1]
    async with AsyncExitStack() as stack:
        journals = [
            await stack.enter_async_context(Journal.open(url, clock=clock)) for _ in range(4)
        ]
        other = await stack.enter_async_context(Journal.open(url, clock=clock, tenant="other"))
        other.activity.note(Word.ACCEPTED, 1000)

        async def work(journal: Journal, order: list[Word]) -> None:
            for _ in range(25):
                for word in order:
                    journal.activity.note(word)
                await journal.activity.flush()

        async with anyio.create_task_group() as tasks:
            for number, journal in enumerate(journals):
                # Each in an order of its own: no two may wait for each other's rows.
                tasks.start_soon(work, journal, words[number:] + words[:number])
        seen = await total(journals[0])
    assert (seen.accepted, seen.delivered, seen.refused) == (100, 100, 100)


async def test_it_is_written_by_itself_and_at_the_end(
    url: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "WRITE_SECONDS", 0.01)
    async with Journal.open(url, clock=clock) as journal:
        journal.activity.note(Word.EVENTS)
        await until(lambda: rows(journal))
        monkeypatch.setattr(ledger, "WRITE_SECONDS", 3600.0)
        journal.activity.note(Word.EVENTS, 4)
    async with Journal.open(url, clock=clock) as journal:
        assert (await total(journal)).events == 5


async def test_a_database_out_of_reach_hinders_no_work_and_loses_nothing(
    journal: Journal,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with monkeypatch.context() as broken, caplog.at_level(logging.WARNING):
        broken.setattr(ledger, "WRITE_SECONDS", 0.0)

        def away() -> None:
            raise unavailable("database_locked")

        broken.setattr(journal.database, "write", away)
        journal.activity.note(Word.PUSHED, 2)

        async def logged() -> int:
            return len(caplog.records)

        await until(logged)
    assert "database_locked" in caplog.text
    journal.activity.note(Word.PUSHED)
    assert (await total(journal)).pushed == 3


async def test_what_is_old_or_of_a_clock_far_ahead_is_forgotten(
    journal: Journal, clock: ManualClock
) -> None:
    journal.activity.note(Word.ACCEPTED)
    await journal.activity.flush()
    clock.advance(30 * DAY)
    journal.activity.note(Word.ACCEPTED)
    await journal.activity.flush()
    clock.advance(-22 * DAY)
    journal.activity.note(Word.ACCEPTED)
    await journal.activity.flush()
    assert await journal.activity.prune(clock.now() - 8 * DAY + 300) == 2
    assert await rows(journal) == 1
    assert (await total(journal)).accepted == 1
