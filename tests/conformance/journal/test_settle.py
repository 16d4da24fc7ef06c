"""Settling: an outcome counts only for what was read, and only from whoever holds it."""

from __future__ import annotations

from mzi_bridge.journal import Journal
from mzi_bridge.journal.records import SettleCounts
from tests.support.clock import ManualClock
from tests.support.notices import changed, claim_one, dead, deleted, done, nothing_due, retry


async def test_a_done_record_is_clean(journal: Journal) -> None:
    await journal.inbox.mark([changed("1")])

    counts = await journal.inbox.settle(await claim_one(journal), [done("1")])

    assert counts == SettleCounts(done=1)
    assert (await journal.inbox.counts()).dirty == 0


async def test_a_notice_during_the_flight_keeps_the_record_dirty_and_due(
    journal: Journal,
) -> None:
    await journal.inbox.mark([changed("1", at_ms=1)])
    claim = await claim_one(journal)
    await journal.inbox.mark([changed("1", at_ms=2)])

    counts = await journal.inbox.settle(claim, [done("1")])

    assert counts == SettleCounts(superseded=1)
    (item,) = (await claim_one(journal)).items
    assert (item.changed_at_ms, item.attempts) == (2, 0)


async def test_a_newer_notice_wins_over_a_retry_and_over_death(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.inbox.mark([changed("1"), changed("2")])
    claim = await claim_one(journal)
    await journal.inbox.mark([changed("1"), changed("2")])

    counts = await journal.inbox.settle(claim, [retry("1", clock.now() + 999), dead("2")])

    assert counts == SettleCounts(superseded=2)
    assert len((await claim_one(journal)).items) == 2
    assert await journal.dead.count() == 0


async def test_a_retry_waits_until_its_time_and_counts_the_tries(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.inbox.mark([changed("1")])
    for tries in range(3):
        claim = await claim_one(journal)
        assert claim.items[0].attempts == tries
        counts = await journal.inbox.settle(claim, [retry("1", clock.now() + 10)])
        assert counts == SettleCounts(retried=1)
        assert await nothing_due(journal)
        assert await journal.inbox.next_due() == clock.now() + 10
        clock.advance(10)


async def test_a_retry_without_a_time_is_due_at_once(journal: Journal) -> None:
    await journal.inbox.mark([changed("1")])
    await journal.inbox.settle(await claim_one(journal), [retry("1")])

    assert (await claim_one(journal)).items[0].attempts == 1


async def test_a_stale_settle_never_ends_another_one_s_work(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.inbox.mark([changed("1")])
    slow = await claim_one(journal, lease=10, owner="same owner")
    clock.advance(11)
    fast = await claim_one(journal, lease=60, owner="same owner")

    assert await journal.inbox.settle(slow, [done("1")]) == SettleCounts(lost=1)
    assert (await journal.inbox.counts()).leased == 1
    assert await journal.inbox.settle(fast, [done("1")]) == SettleCounts(done=1)


async def test_a_lease_that_ran_out_untaken_still_counts(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.inbox.mark([changed("1")])
    claim = await claim_one(journal, lease=10)
    clock.advance(3600)

    assert await journal.inbox.settle(claim, [done("1")]) == SettleCounts(done=1)


async def test_a_record_marked_anew_after_it_was_done_is_not_ended_by_the_old_claim(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.inbox.mark([changed("1")])
    slow = await claim_one(journal, lease=10)
    clock.advance(11)
    await journal.inbox.settle(await claim_one(journal), [done("1")])
    await journal.inbox.mark([changed("1")])

    assert await journal.inbox.settle(slow, [done("1")]) == SettleCounts(lost=1)
    assert (await journal.inbox.counts()).due == 1


async def test_records_not_named_stay_leased(journal: Journal) -> None:
    await journal.inbox.mark([changed("1"), changed("2")])
    claim = await claim_one(journal)

    await journal.inbox.settle(claim, [done("1")])

    assert (await journal.inbox.counts()).leased == 1
    assert await journal.inbox.settle(claim, [done("2")]) == SettleCounts(done=1)


async def test_settling_twice_changes_nothing_the_second_time(journal: Journal) -> None:
    await journal.inbox.mark([changed("1"), changed("2")])
    claim = await claim_one(journal)
    outcomes = [done("1"), dead("2")]

    assert await journal.inbox.settle(claim, outcomes) == SettleCounts(done=1, dead=1)
    assert await journal.inbox.settle(claim, outcomes) == SettleCounts(lost=2)
    assert await journal.dead.count() == 1


async def test_a_large_claim_is_settled_in_one_go(journal: Journal) -> None:
    await journal.inbox.mark([deleted(str(n)) for n in range(1000)])
    claim = await journal.inbox.claim(owner="w", limit=5000, lease_seconds=60)
    assert claim is not None
    assert len(claim.items) == 1000

    outcomes = [(done, retry, dead)[n % 3](item.record_id) for n, item in enumerate(claim.items)]
    counts = await journal.inbox.settle(claim, outcomes)

    assert counts == SettleCounts(done=334, retried=333, dead=333)


async def test_settling_nothing_is_harmless(journal: Journal) -> None:
    await journal.inbox.mark([changed("1")])

    assert await journal.inbox.settle(await claim_one(journal), []) == SettleCounts()
