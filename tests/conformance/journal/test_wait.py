"""Waiting for work: woken by a mark, or by the clock, never by a lost signal."""

from __future__ import annotations

import anyio

from mzi_bridge.journal import Journal
from tests.support.clock import ManualClock
from tests.support.notices import changed, claim_one, done, nothing_due


async def test_a_mark_wakes_whoever_waits(journal: Journal) -> None:
    assert await nothing_due(journal)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(journal.inbox.wait, 3600)
        tasks.start_soon(journal.inbox.wait, 3600)
        await anyio.wait_all_tasks_blocked()
        await journal.inbox.mark([changed("1")])


async def test_a_mark_before_the_wait_is_not_missed(journal: Journal) -> None:
    assert await nothing_due(journal)
    await journal.inbox.mark([changed("1")])

    with anyio.fail_after(5):
        await journal.inbox.wait(3600)


async def test_without_a_mark_the_wait_ends_by_the_clock(
    journal: Journal, clock: ManualClock
) -> None:
    assert await nothing_due(journal)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(journal.inbox.wait, 30)
        await anyio.wait_all_tasks_blocked()
        clock.advance(31)


async def test_old_marks_do_not_keep_an_idle_worker_awake(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.inbox.mark([changed("1")])
    await journal.inbox.settle(await claim_one(journal), [done("1")])
    assert await nothing_due(journal)

    with anyio.move_on_after(0.05) as waiting:
        await journal.inbox.wait(3600)

    assert waiting.cancelled_caught


async def test_a_superseded_record_wakes_the_next_worker(journal: Journal) -> None:
    await journal.inbox.mark([changed("1")])
    claim = await claim_one(journal)
    await journal.inbox.mark([changed("1")])
    assert await nothing_due(journal)

    await journal.inbox.settle(claim, [done("1")])

    with anyio.fail_after(5):
        await journal.inbox.wait(3600)
