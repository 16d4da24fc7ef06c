"""Claims: what is due, to one worker only, live work first, every module in its turn."""

from __future__ import annotations

import pytest

from mzi_bridge.journal import Journal, Notice, Operation, Source
from mzi_bridge.journal.inbox import LONGEST_WAIT_SECONDS
from mzi_bridge.journal.links import LONGEST_PAUSE_SECONDS
from mzi_bridge.journal.locks import LONGEST_LEASE_SECONDS
from mzi_bridge.pipeline import backoff, pause
from tests.support.clock import ManualClock
from tests.support.notices import backfilled, changed, claim_one, done, ids, nothing_due, retry


async def test_an_empty_inbox_gives_no_claim(journal: Journal) -> None:
    assert await nothing_due(journal)
    assert await journal.inbox.next_due() is None


async def test_a_claimed_record_is_not_claimable_until_its_lease_ends(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.inbox.mark([changed("1")])
    await claim_one(journal, lease=60)

    assert await nothing_due(journal)
    assert await journal.inbox.next_due() == clock.now() + 60
    clock.advance(61)
    (item,) = (await claim_one(journal)).items
    assert item.attempts == 1, "a try that a crash cut off counts"


async def test_a_notice_on_a_leased_record_does_not_make_it_claimable(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.inbox.mark([changed("1")])
    await claim_one(journal, lease=60)

    await journal.inbox.mark([changed("1")])

    assert await nothing_due(journal)


async def test_a_claim_holds_one_module_and_at_most_the_limit(journal: Journal) -> None:
    await journal.inbox.mark([changed(str(n)) for n in range(5)])
    await journal.inbox.mark([changed(str(n), "Classes") for n in range(5)])

    claims = [await journal.inbox.claim(owner="w", limit=3, lease_seconds=60.0) for _ in range(5)]

    assert claims[-1] is None
    sizes = sorted((c.module, len(c.items)) for c in claims if c is not None)
    assert sizes == [("Classes", 2), ("Classes", 3), ("Students", 2), ("Students", 3)]


async def test_the_limit_may_depend_on_the_module(journal: Journal) -> None:
    await journal.inbox.mark([changed(str(n), m) for n in range(9) for m in ("Classes", "Grades")])

    def limit(module: str) -> int:
        return {"Classes": 2, "Grades": 7}[module]

    claims = [await journal.inbox.claim(owner="w", limit=limit, lease_seconds=9) for _ in "ab"]

    assert {c.module: len(c.items) for c in claims if c} == {"Classes": 2, "Grades": 7}


async def test_excluded_modules_wait(journal: Journal) -> None:
    await journal.inbox.mark([changed("1"), changed("2", "Classes")])

    claim = await journal.inbox.claim(
        owner="w", limit=9, lease_seconds=60, exclude_modules={"Classes"}
    )

    assert claim is not None
    assert claim.module == "Students"
    assert (
        await journal.inbox.claim(owner="w", limit=9, lease_seconds=60, exclude_modules={"Classes"})
        is None
    )


async def test_records_are_served_in_the_order_in_which_they_became_due(
    journal: Journal, clock: ManualClock
) -> None:
    for record_id in ("3", "1", "2"):
        await journal.inbox.mark([changed(record_id)])
        clock.advance(1)

    assert ids(await claim_one(journal)) == ["3", "1", "2"]


async def test_live_notices_come_before_the_delta_poll_and_that_before_a_backfill(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.inbox.mark([backfilled("b", "Units")])
    await journal.inbox.mark([Notice("Classes", "d", Operation.UPDATE, 1, Source.DELTA)])
    clock.advance(5)
    await journal.inbox.mark([changed("live", "Grades")])

    order = [(await claim_one(journal)).module for _ in range(3)]

    assert order == ["Grades", "Classes", "Units"]


async def test_a_batch_of_live_work_is_filled_up_with_the_module_s_backfill(
    journal: Journal,
) -> None:
    await journal.inbox.mark([backfilled("b1"), backfilled("b2"), changed("live")])

    assert ids(await claim_one(journal))[0] == "live"
    assert await nothing_due(journal)


async def test_a_storm_in_one_module_does_not_starve_the_others(journal: Journal) -> None:
    await journal.inbox.mark([changed(str(n), "Storm") for n in range(200)])
    await journal.inbox.mark([changed("1", "Quiet"), changed("2", "Calm")])

    served = []
    for _ in range(4):
        claim = await journal.inbox.claim(owner="w", limit=10, lease_seconds=60)
        assert claim is not None
        served.append(claim.module)
        await journal.inbox.mark([changed(str(n), "Storm") for n in range(200)])

    assert {"Quiet", "Calm"} <= set(served[:3])


async def test_live_work_without_end_does_not_starve_a_backfill(journal: Journal) -> None:
    await journal.inbox.mark([backfilled("b", "Units")])

    served = []
    for n in range(20):
        await journal.inbox.mark([changed(str(n), "Storm")])
        claim = await journal.inbox.claim(owner="w", limit=1, lease_seconds=60)
        assert claim is not None
        served.append(claim.module)

    assert served.count("Units") == 1


async def test_a_poison_record_never_blocks_the_others(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.inbox.mark([changed("poison"), changed("good")])
    claim = await claim_one(journal)
    await journal.inbox.settle(claim, [retry("poison", clock.now() + 5), done("good")])
    await journal.inbox.mark([changed("later")])

    assert ids(await claim_one(journal)) == ["later"]
    clock.advance(6)
    assert ids(await claim_one(journal)) == ["poison"]


async def test_an_extended_lease_ends_later(journal: Journal, clock: ManualClock) -> None:
    await journal.inbox.mark([changed("1")])
    claim = await claim_one(journal, lease=60)
    clock.advance(50)

    extended = await journal.inbox.extend(claim, 60)

    assert extended.lease_until == clock.now() + 60
    clock.advance(50)
    assert await nothing_due(journal)
    assert (await journal.inbox.settle(extended, [done("1")])).done == 1


async def test_extending_tells_which_records_were_lost(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.inbox.mark([changed("1"), changed("2")])
    claim = await claim_one(journal, lease=10)
    clock.advance(11)
    taken_over = await journal.inbox.claim(owner="other", limit=1, lease_seconds=60)
    assert taken_over is not None

    extended = await journal.inbox.extend(claim, 60)

    assert set(ids(extended)) == {"1", "2"} - set(ids(taken_over))


async def test_released_records_are_due_at_once_and_the_try_is_not_counted(
    journal: Journal,
) -> None:
    await journal.inbox.mark([changed("1"), changed("2")])
    claim = await claim_one(journal)
    await journal.inbox.settle(claim, [done("2")])

    await journal.inbox.release(claim)

    (item,) = (await claim_one(journal)).items
    assert (item.record_id, item.attempts) == ("1", 0)


async def test_releasing_a_claim_that_was_taken_over_changes_nothing(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.inbox.mark([changed("1")])
    old = await claim_one(journal, lease=10)
    clock.advance(11)
    await claim_one(journal, lease=60)

    await journal.inbox.release(old)

    assert await nothing_due(journal)


async def test_counts_tell_due_leased_and_waiting_apart(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.inbox.mark([changed("waiting")])
    waiting = await claim_one(journal)
    await journal.inbox.settle(waiting, [retry("waiting", clock.now() + 60)])
    await journal.inbox.mark([changed("leased", "Classes")])
    await claim_one(journal)
    await journal.inbox.mark([changed("due"), changed("due", "Grades")])

    counts = await journal.inbox.counts()

    assert (counts.dirty, counts.due, counts.leased, counts.waiting) == (4, 2, 1, 1)
    assert counts.by_module == {"Students": 2, "Classes": 1, "Grades": 1}


@pytest.mark.parametrize("jump", [3600.0, -3600.0])
async def test_a_clock_that_jumps_an_hour_keeps_no_fresh_notice_waiting(
    journal: Journal, clock: ManualClock, jump: float
) -> None:
    await journal.inbox.mark([changed("before")])
    clock.set(clock.now() + jump)
    await journal.inbox.mark([changed("after")])

    assert sorted(ids(await claim_one(journal))) == ["after", "before"]


async def test_a_clock_set_back_a_day_stalls_no_retry_and_no_lease(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.inbox.mark([changed("retried")])
    claim = await claim_one(journal)
    await journal.inbox.settle(claim, [retry("retried", at=clock.now() + LONGEST_WAIT_SECONDS)])
    await journal.inbox.mark([changed("leased")])
    await claim_one(journal, lease=LONGEST_LEASE_SECONDS)
    clock.set(clock.now() - 86_400)
    assert await nothing_due(journal)

    clock.advance(LONGEST_LEASE_SECONDS)
    assert ids(await claim_one(journal)) == ["leased"]
    clock.advance(LONGEST_WAIT_SECONDS - LONGEST_LEASE_SECONDS)
    due = [ids(await claim_one(journal)) for _ in range(2)]
    assert ["retried"] in due


async def test_waits_within_the_longest_are_left_alone(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.inbox.mark([changed("1")])
    claim = await claim_one(journal)
    await journal.inbox.settle(claim, [retry("1", at=clock.now() + 600)])
    clock.set(clock.now() - 60)
    assert await nothing_due(journal)

    clock.advance(659)
    assert await nothing_due(journal)
    clock.advance(1)
    assert ids(await claim_one(journal)) == ["1"]


def test_the_longest_times_are_those_of_the_pipeline() -> None:
    assert LONGEST_WAIT_SECONDS == backoff.LONGEST_SECONDS
    assert LONGEST_PAUSE_SECONDS == pause.LONGEST_SECONDS


async def _crash(journal: Journal, clock: ManualClock, limit: int = 64) -> list[str]:
    """A claim whose process dies; its ids."""
    claim = await journal.inbox.claim(owner="dying", limit=limit, lease_seconds=60)
    assert claim is not None
    clock.advance(61)
    return ids(claim)


async def test_a_batch_that_crashed_is_claimed_again_in_smaller_pieces(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.inbox.mark([changed(str(n)) for n in range(64)])

    sizes = [len(await _crash(journal, clock)) for _ in range(2)]
    await journal.inbox.mark([changed("fresh", "Classes")])

    assert sizes == [64, 8]
    claim = await journal.inbox.claim(
        owner="w", limit=64, lease_seconds=60, exclude_modules={"Classes"}
    )
    assert claim is not None
    assert (len(claim.items), {item.crashes for item in claim.items}) == (8, {1})


async def test_a_record_that_crashed_thrice_stands_alone(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.inbox.mark([changed(str(n)) for n in range(3)])
    for _ in range(3):
        while await journal.inbox.claim(owner="dying", limit=100, lease_seconds=60):
            pass
        clock.advance(61)

    claim = await claim_one(journal)

    assert [item.crashes for item in claim.items] == [3]


async def test_an_orderly_retry_forgets_the_crashes(journal: Journal, clock: ManualClock) -> None:
    await journal.inbox.mark([changed("1"), changed("2")])
    await _crash(journal, clock)
    claim = await claim_one(journal)
    await journal.inbox.settle(claim, [retry(i, at=clock.now()) for i in ids(claim)])

    claim = await claim_one(journal)

    assert [item.crashes for item in claim.items] == [0, 0]


async def test_a_new_notice_does_not_forget_the_crashes(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.inbox.mark([changed("1")])
    await _crash(journal, clock)
    await journal.inbox.mark([changed("1")])

    (item,) = (await claim_one(journal)).items

    assert (item.crashes, item.attempts) == (1, 0)


async def test_what_is_excluded_is_not_next(journal: Journal, clock: ManualClock) -> None:
    await journal.inbox.mark([changed("1")])
    clock.advance(5)
    await journal.inbox.mark([changed("2", "Classes")])

    assert await journal.inbox.next_due({"Students"}) == clock.now()
    assert await journal.inbox.next_due({"Students", "Classes"}) is None


@pytest.mark.parametrize("jump", [3600.0, -3600.0])
async def test_a_clock_that_jumps_while_a_record_is_in_hand_loses_nothing(
    journal: Journal, clock: ManualClock, jump: float
) -> None:
    await journal.inbox.mark([changed("1"), changed("2")])
    claim = await claim_one(journal, lease=60)
    clock.set(clock.now() + jump)
    other = await journal.inbox.claim(owner="other", limit=9, lease_seconds=60)

    extended = await journal.inbox.extend(claim, 60)
    counts = await journal.inbox.settle(extended, [done(i) for i in ids(extended)])

    taken_over = 0 if other is None else len(other.items)
    assert (counts.done, counts.lost) == (2 - taken_over, 0)
    clock.advance(3600)
    while (rest := await journal.inbox.claim(owner="w", limit=9, lease_seconds=60)) is not None:
        await journal.inbox.settle(rest, [done(i) for i in ids(rest)])
    assert (await journal.inbox.counts()).dirty == 0
