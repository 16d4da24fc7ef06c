"""Held changes: one live per record, kept until applied, discarded or overtaken; never lost."""

from __future__ import annotations

import anyio
import pytest

from mzi_bridge.journal import HeldKind, Journal, Outcome, OutcomeKind
from mzi_bridge.journal.held import HeldNow, HeldState, LiveChange, OpenChanges
from mzi_bridge.journal.records import SettleCounts
from tests.support.clock import ManualClock
from tests.support.notices import changed, claim_one, dead, deleted, done, nothing_due, retry

DELETE, CLOSING = HeldKind.DELETE, HeldKind.CLOSING


def held(record_id: str, kind: HeldKind = CLOSING, reason: str = "over_the_cap") -> Outcome:
    return Outcome(record_id, OutcomeKind.HELD, reason, closes=kind)


def applied(record_id: str, kind: HeldKind) -> Outcome:
    return Outcome(record_id, OutcomeKind.DONE, closes=kind)


async def hold(
    journal: Journal, *record_ids: str, kind: HeldKind = CLOSING, module: str = "Students"
) -> None:
    """Noticed, claimed and settled as held."""
    notice = deleted if kind is DELETE else changed
    await journal.inbox.mark([notice(record_id, module) for record_id in record_ids])
    await settle(journal, *(held(record_id, kind) for record_id in record_ids))


async def settle(journal: Journal, *outcomes: Outcome) -> SettleCounts:
    return await journal.inbox.settle(await claim_one(journal), outcomes)


async def states(journal: Journal) -> list[tuple[str, str, str]]:
    every = await journal.held.list(state=None)
    return [(one.record_id, one.kind.value, one.state.value) for one in every]


async def test_a_held_record_leaves_the_inbox_and_waits_for_the_operator(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.inbox.mark([changed("1")])
    clock.advance(5)

    assert await settle(journal, held("1", reason="over_the_cap")) == SettleCounts(held=1)

    (one,) = await journal.held.list()
    assert (one.module, one.record_id, one.kind) == ("Students", "1", CLOSING)
    assert (one.reason, one.state, one.held_at) == ("over_the_cap", HeldState.OPEN, clock.now())
    assert (one.confirmed_at, one.closed_at, one.note) == (None, None, "")
    assert (await journal.inbox.counts()).dirty == 0
    assert await journal.held.counts() == {"Students": 1}


async def test_a_newer_notice_keeps_the_record_dirty_and_holds_nothing(journal: Journal) -> None:
    await journal.inbox.mark([changed("1")])
    claim = await claim_one(journal)
    await journal.inbox.mark([changed("1", at_ms=2000)])

    assert await journal.inbox.settle(claim, [held("1")]) == SettleCounts(superseded=1)
    assert await journal.held.list(state=None) == ()
    assert (await journal.inbox.counts()).due == 1


async def test_a_change_held_again_is_still_the_same_one(
    journal: Journal, clock: ManualClock
) -> None:
    await hold(journal, "1")
    (first,) = await journal.held.list()
    clock.advance(60)

    await hold(journal, "1")

    (again,) = await journal.held.list(state=None)
    assert (again.id, again.held_at) == (first.id, first.held_at)
    assert again.last_held_at == first.held_at + 60


async def test_a_change_of_another_kind_takes_its_place(journal: Journal) -> None:
    await hold(journal, "1", kind=CLOSING)
    await hold(journal, "1", kind=DELETE)

    assert await states(journal) == [("1", "closing", "superseded"), ("1", "delete", "open")]


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (applied("1", DELETE), HeldState.APPLIED),
        (done("1"), HeldState.SUPERSEDED),
        (applied("1", CLOSING), HeldState.SUPERSEDED),
        (dead("1"), HeldState.SUPERSEDED),
    ],
)
async def test_a_record_that_is_settled_later_closes_its_held_change(
    journal: Journal, clock: ManualClock, outcome: Outcome, state: HeldState
) -> None:
    await hold(journal, "1", kind=DELETE)
    await journal.inbox.mark([changed("1")])
    clock.advance(9)

    assert (await settle(journal, outcome)).released == 1

    (one,) = await journal.held.list(state=None)
    assert (one.state, one.closed_at) == (state, clock.now())
    assert await journal.held.counts() == {}


async def test_a_retry_leaves_the_held_change_as_it_is(journal: Journal) -> None:
    await hold(journal, "1")
    await journal.inbox.mark([changed("1")])

    assert await settle(journal, retry("1")) == SettleCounts(retried=1)
    assert await journal.held.counts() == {"Students": 1}


async def test_a_held_record_closes_its_dead_letter(journal: Journal) -> None:
    await journal.inbox.mark([changed("1")])
    await settle(journal, dead("1"))

    await hold(journal, "1")

    assert await journal.dead.count() == 0


async def test_the_proof_of_a_deletion_outlives_a_notice_that_knows_nothing_of_it(
    journal: Journal,
) -> None:
    await hold(journal, "1", kind=DELETE)
    await journal.inbox.mark([changed("1", at_ms=900)])
    assert (await journal.held.now("Students", ["1"])).live["1"].deleted_at_ms == 1000

    await settle(journal, held("1", DELETE))

    assert (await journal.held.now("Students", ["1"])).live["1"].deleted_at_ms == 1000
    await journal.held.confirm(["Students"], 1)
    (item,) = (await claim_one(journal)).items
    assert (item.changed_at_ms, item.deleted_at_ms) == (900, 1000)


async def test_what_is_live_now_is_told_by_record(journal: Journal) -> None:
    await hold(journal, "1", kind=DELETE)
    await hold(journal, "2", module="Classes")

    assert await journal.held.now("Students", ["1", "2"]) == HeldNow(
        waiting=True, live={"1": LiveChange(DELETE, confirmed=False, deleted_at_ms=1000)}
    )
    assert await journal.held.now("Students", []) == HeldNow(waiting=True, live={})
    assert await journal.held.now("Payments", ["1"]) == HeldNow(waiting=False, live={})


async def test_confirming_makes_exactly_the_held_records_dirty_with_their_proof(
    journal: Journal, clock: ManualClock
) -> None:
    await hold(journal, "1", "2", kind=DELETE)
    await hold(journal, "3")
    clock.advance(60)

    assert await journal.held.confirm(["Students"], 3) == 3

    claim = await claim_one(journal)
    assert {(i.record_id, i.changed_at_ms, i.deleted_at_ms) for i in claim.items} == {
        ("1", None, 1000),
        ("2", None, 1000),
        ("3", 1000, None),
    }
    assert await journal.held.counts() == {}
    now = await journal.held.now("Students", ["1"])
    assert (now.waiting, now.live["1"].confirmed) == (False, True)
    confirmed = await journal.held.list(state=HeldState.CONFIRMED)
    assert [one.confirmed_at for one in confirmed] == [clock.now()] * 3
    outcomes = [applied("1", DELETE), applied("2", DELETE), applied("3", CLOSING)]
    assert await journal.inbox.settle(claim, outcomes) == SettleCounts(done=3, released=3)
    assert {one.state for one in await journal.held.list(state=None)} == {HeldState.APPLIED}


@pytest.mark.parametrize("number", [0, 1, 3])
async def test_another_number_confirms_nothing_and_loses_nothing(
    journal: Journal, number: int
) -> None:
    await hold(journal, "1", "2")

    assert await journal.held.confirm(["Students"], number) == 2

    assert await journal.held.counts() == {"Students": 2}
    assert await nothing_due(journal)


async def test_confirming_is_by_module_or_for_all(journal: Journal) -> None:
    await hold(journal, "1")
    await hold(journal, "2", module="Classes")

    assert await journal.held.confirm(["Classes"], 1) == 1
    assert await journal.held.counts() == {"Students": 1}
    assert await journal.held.confirm(None, 2) == 1
    assert await journal.held.confirm(None, 1) == 1
    assert await journal.held.confirm(None, 0) == 0


async def test_a_confirmed_change_that_is_held_even_so_is_open_anew(journal: Journal) -> None:
    await hold(journal, "1", kind=CLOSING)
    await journal.held.confirm(["Students"], 1)

    await settle(journal, held("1", DELETE))

    assert await states(journal) == [("1", "closing", "superseded"), ("1", "delete", "open")]


async def test_a_confirmation_while_the_record_is_in_hand_is_not_lost(journal: Journal) -> None:
    await hold(journal, "1")
    await journal.inbox.mark([changed("1")])
    claim = await claim_one(journal)
    await journal.held.confirm(["Students"], 1)

    assert await journal.inbox.settle(claim, [held("1")]) == SettleCounts(superseded=1)

    assert (await journal.held.now("Students", ["1"])).live["1"].confirmed
    assert (await journal.inbox.counts()).due == 1


async def test_a_discarded_change_keeps_its_note_and_is_not_applied(
    journal: Journal, clock: ManualClock
) -> None:
    await hold(journal, "1", "2")
    await hold(journal, "3", module="Classes")
    first, second = await journal.held.list("Students")

    assert await journal.held.discard([first.id, 999], note="still enrolled") == 1
    assert await journal.held.discard([second.id], module="Classes") == 0
    assert await journal.held.discard(module="Students") == 1
    assert await journal.held.discard([first.id]) == 0

    kept, *_ = await journal.held.list(state=HeldState.DISCARDED)
    assert (kept.id, kept.note, kept.closed_at) == (first.id, "still enrolled", clock.now())
    assert await journal.held.counts() == {"Classes": 1}
    assert await nothing_due(journal)


async def test_a_walk_holds_at_once_and_leaves_the_record_to_the_worker(journal: Journal) -> None:
    changes = {"1": CLOSING, "2": DELETE}

    await journal.held.hold("Students", changes, reason="brake_on", at_ms={"1": 5000, "2": 6000})

    assert await states(journal) == [("1", "closing", "open"), ("2", "delete", "open")]
    claim = await claim_one(journal)
    times = {i.record_id: (i.changed_at_ms, i.deleted_at_ms) for i in claim.items}
    assert times == {"1": (5000, None), "2": (None, 6000)}
    assert (await journal.inbox.settle(claim, [done("1"), held("2", DELETE)])).released == 1
    assert await states(journal) == [("1", "closing", "superseded"), ("2", "delete", "open")]


async def test_a_walk_never_undoes_a_confirmation(journal: Journal) -> None:
    await hold(journal, "1")
    await journal.held.confirm(["Students"], 1)

    await journal.held.hold("Students", {"1": CLOSING}, reason="brake_on", at_ms={"1": 5000})
    await journal.held.hold("Students", {}, reason="brake_on", at_ms={})

    assert await states(journal) == [("1", "closing", "confirmed")]


async def test_pages_and_pruning_forget_only_what_is_closed(
    journal: Journal, clock: ManualClock
) -> None:
    await hold(journal, *[str(n) for n in range(5)])
    page = await journal.held.list(limit=3)
    assert len(await journal.held.list(limit=3, after=page[-1].id)) == 2
    await journal.inbox.mark([changed(one.record_id) for one in page])
    await settle(journal, *[applied(one.record_id, CLOSING) for one in page])
    clock.advance(100)

    assert await journal.held.prune(clock.now()) == 3
    assert len(await journal.held.list(state=None)) == 2


async def test_what_was_discarded_is_told_by_its_newest_time_and_never_forgotten(
    journal: Journal, clock: ManualClock
) -> None:
    await hold(journal, "1", kind=DELETE)
    await journal.inbox.mark([changed("2", at_ms=3000)])
    await settle(journal, Outcome("2", OutcomeKind.HELD, closes=CLOSING, version=7))
    await journal.held.discard()
    clock.advance(100)

    assert await journal.held.prune(clock.now()) == 0
    now = await journal.held.now("Students", ["1", "2", "3"])
    assert (now.waiting, now.live) == (False, {})
    assert now.discarded == {("1", DELETE): 1000, ("2", CLOSING): 7000}
    assert (await journal.held.now("Classes", ["1", "2"])).discarded == {}


async def test_a_discard_can_be_taken_back_unless_something_newer_is_held(
    journal: Journal,
) -> None:
    await hold(journal, "1", "2", kind=DELETE)
    first, second = await journal.held.list()
    await journal.held.discard()
    await hold(journal, "2", kind=DELETE)

    assert await journal.held.reopen([first.id], module="Classes") == 0
    assert await journal.held.reopen([first.id, second.id, 999], module="Students") == 1
    assert await journal.held.reopen([first.id], module="Students") == 0

    (oldest, _) = await journal.held.list("Students")
    assert oldest.id == first.id
    assert (await journal.held.now("Students", ["1"])).discarded == {}
    assert await journal.held.confirm(["Students"], 2) == 2


async def test_one_out_and_one_in_while_the_operator_reads_confirms_nothing(
    journal: Journal,
) -> None:
    await hold(journal, "1", "2")
    seen = (await journal.held.open_now())["Students"]
    assert seen == OpenChanges(2, (await journal.held.list())[-1].id)
    await journal.inbox.mark([changed("1")])
    await settle(journal, done("1"))
    await hold(journal, "3")

    assert await journal.held.confirm(["Students"], 2, up_to=seen.last) == 1
    assert await journal.held.counts() == {"Students": 2}
    assert await journal.held.confirm(["Students"], 1, up_to=seen.last) == 1
    (left,) = await journal.held.list()
    assert left.record_id == "3"


async def test_tenants_hold_apart(url: str, clock: ManualClock) -> None:
    async with (
        Journal.open(url, clock=clock, tenant="north") as north,
        Journal.open(url, clock=clock, tenant="south") as south,
    ):
        await hold(north, "1")
        assert await south.held.counts() == {}
        assert not (await south.held.now("Students", ["1"])).waiting
        assert await south.held.confirm(None, 1) == 0
        assert await south.held.discard() == 0
        await hold(south, "1")
        assert await north.held.confirm(None, 1) == 1
        assert await south.held.counts() == {"Students": 1}


async def test_holding_confirming_and_discarding_at_once_never_lose_a_record(
    url: str, clock: ManualClock
) -> None:
    """Several writers at a time: whatever the order, each record ends in exactly one place."""
    records = [str(n) for n in range(40)]
    async with (
        Journal.open(url, clock=clock) as one,
        Journal.open(url, clock=clock) as other,
    ):

        async def work(journal: Journal) -> None:
            for _ in range(6):
                await journal.inbox.mark([changed(i) for i in records])
                claim = await journal.inbox.claim(owner="w", limit=25, lease_seconds=60)
                if claim is not None:
                    await journal.inbox.settle(claim, [held(i.record_id) for i in claim.items])
                    await journal.inbox.release(claim)

        async def decide(journal: Journal) -> None:
            for _ in range(12):
                waiting = await journal.held.list("Students", limit=1000)
                await journal.held.confirm(["Students"], len(waiting))
                await journal.held.discard([change.id for change in waiting[::3]])

        async with anyio.create_task_group() as tasks:
            for journal in (one, other):
                tasks.start_soon(work, journal)
                tasks.start_soon(decide, journal)
        await one.inbox.mark([changed(i) for i in records])
        while (claim := await one.inbox.claim(owner="w", limit=99, lease_seconds=60)) is not None:
            await one.inbox.settle(claim, [held(i.record_id) for i in claim.items])
        live = await one.held.list(limit=1000)
        assert sorted(change.record_id for change in live) == sorted(records)
