"""The ledger of credits: a rolling day, shared by processes, cheap, and safe at clock jumps."""

from __future__ import annotations

from contextlib import AsyncExitStack

import anyio
import pytest
from sqlalchemy import func, select

from mzi_bridge.journal import Journal
from mzi_bridge.journal.credits import BUCKET_SECONDS, FRESH_SECONDS, WRITE_SECONDS
from mzi_bridge.journal.errors import JournalUnavailable, unavailable
from mzi_bridge.journal.tables import credits
from tests.support.clock import ManualClock

HOUR = 3600.0
DAY = 24 * HOUR


async def spent(journal: Journal) -> int:
    return (await journal.credits.standing()).spent


async def buckets(journal: Journal) -> int:
    async with journal.database.read() as connection:
        found = await connection.execute(select(func.count()).select_from(credits))
        return int(found.scalar_one())


async def test_what_was_noted_counts_for_a_day(journal: Journal, clock: ManualClock) -> None:
    journal.credits.note(3)
    clock.advance(12 * HOUR)
    journal.credits.note(50)
    assert await spent(journal) == 53
    clock.advance(12 * HOUR - 1)
    assert await spent(journal) == 53
    clock.advance(BUCKET_SECONDS + 1)
    assert await spent(journal) == 50
    clock.advance(12 * HOUR)
    assert await spent(journal) == 0


async def test_it_tells_when_credits_come_free(journal: Journal, clock: ManualClock) -> None:
    for cost in (10, 20):
        journal.credits.note(cost)
        clock.advance(HOUR)
    standing = await journal.credits.standing()
    first, second = standing.seconds_until(10), standing.seconds_until(11)
    assert 22 * HOUR <= first <= 22 * HOUR + BUCKET_SECONDS
    assert second == first + HOUR
    assert standing.seconds_until(31) == DAY
    clock.advance(first)
    assert await spent(journal) == 20


async def test_two_processes_share_it(url: str, clock: ManualClock) -> None:
    async with (
        Journal.open(url, clock=clock) as one,
        Journal.open(url, clock=clock) as two,
        Journal.open(url, clock=clock, tenant="other") as other,
    ):
        for journal, cost in ((one, 5), (two, 7), (other, 100)):
            journal.credits.note(cost)
            await journal.credits.flush()
        clock.advance(WRITE_SECONDS)
        assert [await spent(journal) for journal in (one, two, other)] == [12, 12, 100]


async def test_processes_that_write_at_once_lose_no_credit(url: str, clock: ManualClock) -> None:
    async with AsyncExitStack() as stack:
        journals = [
            await stack.enter_async_context(Journal.open(url, clock=clock)) for _ in range(4)
        ]

        async def spend(journal: Journal) -> None:
            for left in range(25):
                journal.credits.note(1, 5000 - left)
                clock.advance(BUCKET_SECONDS / 10)
                await journal.credits.flush()

        async with anyio.create_task_group() as tasks:
            for journal in journals:
                tasks.start_soon(spend, journal)
        clock.advance(WRITE_SECONDS)
        assert [await spent(journal) for journal in journals] == [100] * 4


async def test_a_note_made_while_a_write_is_under_way_is_not_lost(
    journal: Journal, clock: ManualClock
) -> None:
    journal.credits.note(1)
    async with anyio.create_task_group() as tasks, journal.database.write():
        tasks.start_soon(journal.credits.flush)
        await anyio.wait_all_tasks_blocked()
        journal.credits.note(10, 70)
    assert await spent(journal) == 11
    await journal.credits.flush()
    clock.advance(WRITE_SECONDS)
    standing = await journal.credits.standing()
    assert (standing.spent, standing.said) == (11, 70)


async def test_a_write_that_is_cut_off_forgets_nothing(journal: Journal) -> None:
    journal.credits.note(3)
    async with anyio.create_task_group() as tasks, journal.database.write():
        # Only on SQLite does this hold the write up; on PostgreSQL it may go through.
        tasks.start_soon(journal.credits.flush)
        await anyio.sleep(0.05)
        tasks.cancel_scope.cancel()
    await journal.credits.flush()
    assert await spent(journal) in (3, 6)


async def test_it_is_all_there_when_the_journal_is_opened_again(
    url: str, clock: ManualClock
) -> None:
    async with Journal.open(url, clock=clock) as journal:
        journal.credits.note(9, 400)
    async with Journal.open(url, clock=clock) as journal:
        standing = await journal.credits.standing()
    assert (standing.spent, standing.said) == (9, 400)


async def test_a_note_writes_nothing_by_itself(journal: Journal) -> None:
    async with journal.database.write():
        # On SQLite the only writer is taken: a write would wait in vain.
        for _ in range(1000):
            journal.credits.note(1)
    assert await buckets(journal) == 0
    assert await spent(journal) == 1000


async def test_notes_reach_the_database_within_seconds_though_nobody_asks(
    journal: Journal, clock: ManualClock
) -> None:
    journal.credits.note(1)
    clock.advance(WRITE_SECONDS)
    journal.credits.note(1)
    writing = journal.credits._writing
    assert writing is not None
    await writing
    assert await buckets(journal) == 1


async def test_a_database_that_cannot_be_written_forgets_nothing(
    journal: Journal, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise unavailable("database_full")

    journal.credits.note(4, 90)
    with monkeypatch.context() as patched:
        patched.setattr(journal.database, "write", broken)
        with pytest.raises(JournalUnavailable):
            await journal.credits.flush()
        await journal.credits.close()
    standing = await journal.credits.standing()
    assert (standing.spent, standing.said) == (4, 90)
    assert await buckets(journal) == 1


async def test_the_crms_word_counts_less_what_was_spent_since(url: str, clock: ManualClock) -> None:
    async with Journal.open(url, clock=clock) as one, Journal.open(url, clock=clock) as two:
        one.credits.note(30)
        one.credits.note(1, 1000)
        one.credits.note(2)
        assert (await one.credits.standing()).said == 998
        await one.credits.flush()
        assert (await two.credits.standing()).said == 998
        two.credits.note(5)
        await two.credits.flush()
        clock.advance(WRITE_SECONDS)
        assert [(await j.credits.standing()).said for j in (one, two)] == [993, 993]
        clock.advance(1)
        two.credits.note(1, 300)
        await two.credits.flush()
        clock.advance(WRITE_SECONDS)
        assert (await one.credits.standing()).said == 300


async def test_an_older_word_does_not_replace_a_newer_one(url: str, clock: ManualClock) -> None:
    async with Journal.open(url, clock=clock) as one, Journal.open(url, clock=clock) as two:
        one.credits.note(1, 1000)
        clock.advance(1)
        two.credits.note(1, 900)
        await two.credits.flush()
        await one.credits.flush()
        clock.advance(WRITE_SECONDS)
        assert (await two.credits.standing()).said == 900 - 1


async def test_the_word_counts_only_while_it_is_fresh(journal: Journal, clock: ManualClock) -> None:
    journal.credits.note(1, 10)
    assert (await journal.credits.standing()).said_for == FRESH_SECONDS
    clock.advance(FRESH_SECONDS - 1)
    assert (await journal.credits.standing()).said == 10
    clock.advance(1)
    assert (await journal.credits.standing()).said is None


async def test_old_buckets_are_pruned(journal: Journal, clock: ManualClock) -> None:
    for _ in range(40):
        journal.credits.note(1)
        await journal.credits.flush()
        clock.advance(HOUR)
    assert await buckets(journal) <= 30
    assert await spent(journal) == 24


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
async def test_a_clock_that_jumps_by_an_hour_loses_nothing_for_good(
    url: str, clock: ManualClock, jump: float
) -> None:
    async with Journal.open(url, clock=clock) as journal:
        for _ in range(20):
            journal.credits.note(10)
            await journal.credits.flush()
            clock.advance(HOUR)
        clock.set(clock.now() + jump)
        assert await spent(journal) == 200
        journal.credits.note(1)
        await journal.credits.flush()
    async with Journal.open(url, clock=clock) as journal:
        assert await spent(journal) == 201
        clock.set(clock.now() - jump)
        assert await spent(journal) == 201


async def test_a_word_from_a_clock_that_was_set_back_does_not_stay(
    journal: Journal, clock: ManualClock
) -> None:
    journal.credits.note(1, 5)
    await journal.credits.flush()
    clock.set(clock.now() - HOUR)
    assert (await journal.credits.standing()).said is None
    journal.credits.note(1, 800)
    await journal.credits.flush()
    assert (await journal.credits.standing()).said == 800
