"""Sixty-four tasks at once: each record in one hand at a time, every notice accounted for."""

from __future__ import annotations

import random
from collections import Counter

import anyio

from mzi_bridge.journal import Journal
from tests.support.clock import ManualClock
from tests.support.notices import changed, done, retry

TASKS = 64
RECORDS = 40
ROUNDS = 6


async def test_no_record_is_ever_in_two_hands(journal: Journal, clock: ManualClock) -> None:
    in_hand: set[str] = set()
    worked: Counter[str] = Counter()
    chance = random.Random(7)  # noqa: S311

    async def work(name: str) -> None:
        for _ in range(ROUNDS):
            claim = await journal.inbox.claim(owner=name, limit=3, lease_seconds=60)
            if claim is None:
                await journal.inbox.mark([changed(str(chance.randrange(RECORDS)))])
                continue
            records = {item.record_id for item in claim.items}
            assert not records & in_hand
            in_hand.update(records)
            worked.update(records)
            await journal.inbox.mark([changed(chance.choice(sorted(records)))])
            in_hand.difference_update(records)
            outcomes = [done(r) if chance.random() < 0.8 else retry(r) for r in sorted(records)]
            await journal.inbox.settle(claim, outcomes)

    await journal.inbox.mark([changed(str(n)) for n in range(RECORDS)])
    async with anyio.create_task_group() as tasks:
        for n in range(TASKS):
            tasks.start_soon(work, f"w{n}")

    assert set(worked) == {str(n) for n in range(RECORDS)}
    counts = await journal.inbox.counts()
    assert counts.leased == 0
    assert counts.dirty == counts.due


async def test_every_notice_of_many_writers_ends_in_work_done(journal: Journal) -> None:
    """As many units of work as notices, each of its own record: none lost, none twice."""
    finished: Counter[str] = Counter()

    async def write(name: int) -> None:
        for n in range(20):
            await journal.inbox.mark([changed(f"{name}-{n}", f"M{name % 4}")])

    async def work(owner: str) -> None:
        while len(finished) < TASKS * 20:
            claim = await journal.inbox.claim(owner=owner, limit=100, lease_seconds=60)
            if claim is None:
                await anyio.lowlevel.checkpoint()
                continue
            records = [item.record_id for item in claim.items]
            await journal.inbox.settle(claim, [done(record) for record in records])
            finished.update(records)

    async with anyio.create_task_group() as tasks:
        for n in range(TASKS):
            tasks.start_soon(write, n)
        for n in range(3):
            tasks.start_soon(work, f"w{n}")

    assert len(finished) == TASKS * 20
    assert set(finished.values()) == {1}
    assert (await journal.inbox.counts()).dirty == 0
