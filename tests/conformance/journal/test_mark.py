"""A notice makes its record dirty, once, durably."""

from __future__ import annotations

import anyio
import pytest

from mzi_bridge.errors import RejectRecord
from mzi_bridge.journal import Delivery, Journal, Notice, Operation, Source
from tests.support.clock import ManualClock
from tests.support.notices import (
    backfilled,
    changed,
    claim_one,
    deleted,
    done,
    ids,
    nothing_due,
    retry,
)


async def test_a_marked_record_is_claimed_with_all_that_its_notice_said(
    journal: Journal, clock: ManualClock
) -> None:
    assert await journal.inbox.mark([changed("1", at_ms=1234)]) == 1

    claim = await claim_one(journal, lease=30.0, owner="host:1")

    (item,) = claim.items
    assert (claim.module, claim.owner) == ("Students", "host:1")
    assert claim.lease_until == clock.now() + 30.0
    assert (item.record_id, item.generation, item.attempts) == ("1", 1, 0)
    assert (item.changed_at_ms, item.deleted_at_ms) == (1234, None)
    assert item.first_noticed_at == clock.now()


async def test_many_notices_of_one_record_are_one_row(journal: Journal) -> None:
    for at_ms in (10, 30, 20):
        await journal.inbox.mark([changed("1", at_ms=at_ms), changed("1", at_ms=at_ms - 5)])

    (item,) = (await claim_one(journal)).items

    assert item.changed_at_ms == 30
    assert item.generation == 3
    assert (await journal.inbox.counts()).dirty == 1


async def test_changes_and_deletions_keep_their_newest_times_apart(journal: Journal) -> None:
    await journal.inbox.mark([deleted("1", at_ms=50), changed("1", at_ms=70)])
    await journal.inbox.mark([deleted("1", at_ms=40)])
    await journal.inbox.mark([changed("1", at_ms=60)])

    (item,) = (await claim_one(journal)).items

    assert (item.changed_at_ms, item.deleted_at_ms) == (70, 50)


async def test_the_answer_counts_distinct_records(journal: Journal) -> None:
    notices = [changed("1"), changed("1"), changed("2"), changed("1", "Classes")]

    assert await journal.inbox.mark(notices) == 3
    assert await journal.inbox.mark([]) == 0


async def test_the_first_notice_gives_the_age_of_a_dirty_record(
    journal: Journal, clock: ManualClock
) -> None:
    first = clock.now()
    await journal.inbox.mark([changed("1")])
    clock.advance(100)
    await journal.inbox.mark([changed("1")])

    assert (await claim_one(journal)).items[0].first_noticed_at == first
    assert (await journal.inbox.counts()).oldest_noticed_at == first


async def test_a_new_notice_makes_a_record_in_backoff_due_at_once_with_fresh_attempts(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.inbox.mark([changed("1")])
    claim = await claim_one(journal)
    await journal.inbox.settle(claim, [retry("1", clock.now() + 3600)])
    assert await nothing_due(journal)

    await journal.inbox.mark([changed("1")])

    assert (await claim_one(journal)).items[0].attempts == 0


async def test_a_live_notice_raises_a_backfilled_record_and_never_the_other_way(
    journal: Journal,
) -> None:
    await journal.inbox.mark([backfilled("1"), backfilled("2"), changed("3")])
    await journal.inbox.mark([changed("2"), backfilled("3")])

    first = await journal.inbox.claim(owner="w", limit=2, lease_seconds=60)

    assert first is not None
    assert sorted(ids(first)) == ["2", "3"]


async def test_marks_that_wait_together_share_transactions(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits = 0
    write = journal.database.write

    def counted_write() -> object:
        nonlocal commits
        commits += 1
        return write()

    monkeypatch.setattr(journal.database, "write", counted_write)
    async with anyio.create_task_group() as tasks:
        for n in range(500):
            tasks.start_soon(journal.inbox.mark, [changed(str(n))])

    assert (await journal.inbox.counts()).dirty == 500
    assert commits <= 5


async def test_a_cancelled_caller_leaves_the_marks_of_others_alone(journal: Journal) -> None:
    async with anyio.create_task_group() as tasks:
        with anyio.CancelScope() as hasty:
            hasty.cancel()
            await journal.inbox.mark([changed("gone")])
        for n in range(20):
            tasks.start_soon(journal.inbox.mark, [changed(str(n))])

    assert (await journal.inbox.counts()).dirty >= 20


async def test_a_mark_and_its_deliveries_are_kept_together(journal: Journal) -> None:
    delivery = Delivery("c1", "Students", "update", 1, ("1",), 1000, "notification", "accepted")

    await journal.inbox.mark([changed("1")], deliveries=[delivery])

    (kept,) = await journal.deliveries.list()
    assert (kept.channel_id, kept.ids, kept.result) == ("c1", ("1",), "accepted")


async def test_a_done_record_starts_anew_at_its_next_notice(journal: Journal) -> None:
    await journal.inbox.mark([deleted("1", at_ms=90)])
    await journal.inbox.settle(await claim_one(journal), [done("1")])

    await journal.inbox.mark([changed("1", at_ms=80)])

    (item,) = (await claim_one(journal)).items
    assert (item.changed_at_ms, item.deleted_at_ms, item.generation) == (80, None, 1)


@pytest.mark.parametrize(
    ("module", "record_id", "at_ms", "reason"),
    [
        ("", "1", 0, "bad_module"),
        ("Stu dents", "1", 0, "bad_module"),
        ("Stüdents", "1", 0, "bad_module"),
        ("M" * 101, "1", 0, "bad_module"),
        ("Students", "", 0, "bad_record_id"),
        ("Students", "1\x00", 0, "bad_record_id"),
        ("Students", "\ud800", 0, "bad_record_id"),
        ("Students", "1\n", 0, "bad_record_id"),
        ("Students", "9" * 65, 0, "bad_record_id"),
        ("Students", "1", -1, "bad_time"),
        ("Students", "1", 2**63, "bad_time"),
    ],
)
async def test_what_cannot_be_stored_cannot_become_a_notice(
    module: str, record_id: str, at_ms: int, reason: str
) -> None:
    with pytest.raises(RejectRecord) as refused:
        Notice(module, record_id, Operation.UPDATE, at_ms, Source.NOTIFICATION)

    assert refused.value.reason == reason


async def test_which_of_some_records_are_dirty_can_be_asked(journal: Journal) -> None:
    await journal.inbox.mark([changed("1"), changed("2")])
    assert await journal.inbox.dirty_among("Students", ["2", "3"]) == {"2"}
    assert await journal.inbox.dirty_among("Elsewhere", ["1", "2"]) == frozenset()
    assert await journal.inbox.dirty_among("Students", []) == frozenset()
