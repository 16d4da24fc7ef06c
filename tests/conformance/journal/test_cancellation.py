"""A caller cancelled at any point leaves a journal that works, and no connection behind."""

from __future__ import annotations

import anyio
import pytest

from mzi_bridge.journal import Journal, JournalUnavailable
from tests.support.clock import ManualClock
from tests.support.notices import changed, done


async def _one_of_each(journal: Journal) -> None:
    await journal.inbox.mark([changed("1")])
    claim = await journal.inbox.claim(owner="w", limit=9, lease_seconds=60)
    if claim is not None:
        await journal.inbox.extend(claim, 60)
        await journal.inbox.settle(claim, [done("1")])
    await journal.inbox.counts()


async def test_a_caller_may_be_cancelled_anywhere(journal: Journal, clock: ManualClock) -> None:
    for steps in range(0, 900, 15):
        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_one_of_each, journal)
                for _ in range(steps):
                    await anyio.lowlevel.checkpoint()
                scope.cancel()

    clock.advance(61)
    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            for n in range(30):
                tasks.start_soon(journal.inbox.mark, [changed(str(n))])
        # What was in hand at a cancellation comes alone.
        claimed: set[str] = set()
        while claim := await journal.inbox.claim(owner="w", limit=100, lease_seconds=60):
            claimed |= {item.record_id for item in claim.items}
    assert len(claimed) >= 29


async def test_closing_commits_what_waits_and_takes_no_more(url: str, clock: ManualClock) -> None:
    async with anyio.create_task_group() as tasks, Journal.open(url, clock=clock) as journal:
        for n in range(50):
            tasks.start_soon(journal.inbox.mark, [changed(str(n))])
        await anyio.lowlevel.checkpoint()

    with pytest.raises(JournalUnavailable) as refused:
        await journal.inbox.mark([changed("late")])
    assert refused.value.reason == "journal_closed"
    async with Journal.open(url, clock=clock) as again:
        assert (await again.inbox.counts()).dirty == 50
