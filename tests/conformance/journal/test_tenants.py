"""Fairness between tenants that share one database."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest

from mzi_bridge.journal import Journal
from tests.support.clock import ManualClock
from tests.support.notices import backfilled, changed, done, ids

STORM = 20_000
QUICK_SECONDS = 0.5


@pytest.fixture
async def calm(url: str, clock: ManualClock) -> AsyncIterator[Journal]:
    """A tenant beside one with a storm of dirty records."""
    async with (
        Journal.open(url, clock=clock, tenant="stormy") as stormy,
        Journal.open(url, clock=clock, tenant="calm") as calm,
    ):
        for start in range(0, STORM, 2000):
            await stormy.inbox.mark([changed(str(n)) for n in range(start, start + 2000)])
        claim = await stormy.inbox.claim(owner="s", limit=200, lease_seconds=60)
        assert claim is not None
        yield calm


async def test_a_storm_of_one_tenant_keeps_no_other_waiting(calm: Journal) -> None:
    await calm.inbox.mark([changed("1"), changed("2", "Classes")])

    began = time.monotonic()
    claims = [await calm.inbox.claim(owner="c", limit=200, lease_seconds=60) for _ in range(3)]
    for claim in claims[:2]:
        assert claim is not None
        assert (await calm.inbox.settle(claim, [done(i) for i in ids(claim)])).done == 1
    seconds = time.monotonic() - began

    assert sorted(claim.module for claim in claims if claim) == ["Classes", "Students"]
    assert claims[2] is None
    assert (await calm.inbox.counts()).dirty == 0
    assert seconds < QUICK_SECONDS


async def test_within_a_tenant_a_live_notice_passes_a_backfill_of_thousands(
    journal: Journal,
) -> None:
    for start in range(0, STORM // 4, 1000):
        await journal.inbox.mark([backfilled(str(n)) for n in range(start, start + 1000)])
    await journal.inbox.mark([changed("live", "Classes")])

    began = time.monotonic()
    claim = await journal.inbox.claim(owner="w", limit=200, lease_seconds=60)
    seconds = time.monotonic() - began

    assert claim is not None and ids(claim) == ["live"]
    assert seconds < QUICK_SECONDS
