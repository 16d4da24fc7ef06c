"""What became of a record: written exactly with its settlement, bounded, and nothing else."""

from __future__ import annotations

import pytest

from mzi_bridge.journal import (
    HeldKind,
    Journal,
    JournalUnavailable,
    Outcome,
    OutcomeKind,
    settling,
)
from mzi_bridge.journal.dead import Choice
from mzi_bridge.journal.deliveries import Delivery
from mzi_bridge.journal.errors import unavailable
from mzi_bridge.journal.history import MOST_TURNS, HistoryRow, Turn
from mzi_bridge.journal.push_records import (
    Arrival,
    EventResult,
    NewPush,
    PushOutcome,
    PushOutcomeKind,
)
from tests.support.clock import ManualClock
from tests.support.notices import backfilled, changed, claim_one, dead, deleted, done, retry

DAY = 86_400.0


async def told(journal: Journal, record_id: str) -> list[tuple[str, str, str]]:
    return [(one.source, one.outcome, one.reason) for one in await journal.history.of(record_id)]


def as_(action: str, record_id: str) -> Outcome:
    return Outcome(record_id, OutcomeKind.DONE, action)


def held(record_id: str) -> Outcome:
    return Outcome(record_id, OutcomeKind.HELD, "over_the_cap", closes=HeldKind.DELETE)


async def test_each_way_to_end_is_told_in_its_words(journal: Journal, clock: ManualClock) -> None:
    await journal.inbox.mark([changed(str(n), at_ms=5000) for n in range(1, 8)])
    clock.advance(3)
    claim = await claim_one(journal)
    outcomes = [
        as_("updated", "1"),
        as_("updated", "2"),
        as_("absent", "3"),
        retry("4"),
        dead("5"),
        held("6"),
        done("7"),
    ]
    await journal.inbox.settle(claim, outcomes)
    found = {str(n): await told(journal, str(n)) for n in range(1, 8)}
    assert found == {
        "1": [("notice", "updated", "")],
        "2": [("notice", "updated", "")],
        "3": [("notice", "absent", "")],
        "4": [("notice", "retry", "moodle_down")],
        "5": [("notice", "dead", "required")],
        "6": [("notice", "held", "over_the_cap")],
        "7": [("notice", "done", "")],
    }
    [row] = await journal.history.of("1")
    assert row == HistoryRow(
        "Students",
        "1",
        "notice",
        "updated",
        "",
        5000,
        clock.now() - 3,
        1,
        id=row.id,
        at=clock.now(),
    )


async def test_a_part_of_a_claim_tells_of_that_part_only(journal: Journal) -> None:
    await journal.inbox.mark([changed(str(n)) for n in range(5)])
    claim = await claim_one(journal)
    await journal.inbox.settle(claim, [as_("updated", "1"), as_("updated", "2")])
    assert [len(await told(journal, str(n))) for n in range(5)] == [0, 1, 1, 0, 0]


async def test_a_record_that_came_up_in_several_ways_is_told_by_the_most_urgent(
    journal: Journal,
) -> None:
    await journal.inbox.mark([backfilled("1"), backfilled("2")])
    await journal.inbox.mark([deleted("1", at_ms=9000)])
    claim = await claim_one(journal)
    await journal.inbox.settle(claim, [as_("deleted", "1"), as_("deleted", "2")])
    assert await told(journal, "1") == [("notice", "deleted", "")]
    assert await told(journal, "2") == [("sync", "deleted", "")]
    assert (await journal.history.of("1"))[0].changed_at_ms == 9000


async def test_a_dead_letter_that_is_retried_is_told_as_the_operators(journal: Journal) -> None:
    await journal.inbox.mark([changed("1")])
    await journal.inbox.settle(await claim_one(journal), [dead("1")])
    await journal.dead.retry(Choice(module="Students"))
    await journal.inbox.settle(await claim_one(journal), [as_("updated", "1")])
    assert await told(journal, "1") == [("operator", "updated", ""), ("notice", "dead", "required")]


async def test_a_newer_notice_and_a_lost_lease_are_told_apart(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.inbox.mark([changed("1"), changed("2"), changed("3")])
    claim = await claim_one(journal)
    await journal.inbox.mark([changed("2", at_ms=2000)])
    clock.advance(61)
    stolen = await claim_one(journal, owner="thief")
    await journal.inbox.settle(claim, [as_("updated", str(n)) for n in (1, 2, 3)])
    taken = {item.record_id for item in stolen.items}
    assert {i: await told(journal, i) for i in taken} == {i: [] for i in taken}
    for record_id in {"1", "2", "3"} - taken:
        expected = ("superseded", "updated") if record_id == "2" else ("updated", "")
        assert await told(journal, record_id) == [("notice", *expected)]


async def test_a_superseded_outcome_says_so(journal: Journal) -> None:
    await journal.inbox.mark([changed("1"), changed("2")])
    claim = await claim_one(journal)
    await journal.inbox.mark([changed("2", at_ms=2000)])
    await journal.inbox.settle(claim, [as_("updated", "1"), as_("updated", "2")])
    assert await told(journal, "1") == [("notice", "updated", "")]
    assert await told(journal, "2") == [("notice", "superseded", "updated")]


async def test_a_settlement_that_fails_tells_nothing(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    await journal.inbox.mark([changed("1")])
    claim = await claim_one(journal)

    async def fails(*_: object) -> int:
        raise unavailable("database_full")

    with monkeypatch.context() as broken:
        broken.setattr(settling, "settle_held", fails)
        with pytest.raises(JournalUnavailable):
            await journal.inbox.settle(claim, [as_("updated", "1")])
    assert await told(journal, "1") == []
    await journal.inbox.settle(claim, [as_("updated", "1")])
    assert await told(journal, "1") == [("notice", "updated", "")]


async def test_a_write_into_the_crm_is_told_of_its_record(
    journal: Journal, clock: ManualClock
) -> None:
    async def owed(number: int) -> None:
        pushes = (NewPush("grade", "7_1_1_0", "Grades", 1000 + number, '{"letter": "P"}'),)
        event = f"00000000-0000-4000-8000-00000000000{number}"
        arrival = Arrival(event, "user_graded", "0" * 64, 1000, EventResult.ACCEPTED, "", pushes)
        await journal.events.take([arrival])

    async def settle(outcome: PushOutcome) -> None:
        claim = await journal.pushes.claim(owner="pusher", kinds=["grade"], lease_seconds=60)
        assert claim is not None
        await journal.pushes.settle(claim, [outcome])

    await owed(1)
    key = "7_1_1_0"
    # Not known yet which record it is: there is nothing to tell it of.
    await settle(PushOutcome(key, PushOutcomeKind.RETRY, "rate_limited"))
    clock.advance(1)
    written = PushOutcome(key, PushOutcomeKind.DONE, crm_id="77", written_ms=5000)
    await settle(written)
    await owed(2)
    await settle(PushOutcome(key, PushOutcomeKind.DEAD, "invalid_data", "The CRM refuses Grade."))
    assert await told(journal, "77") == [
        ("push:grade", "dead", "invalid_data"),
        ("push:grade", "written", ""),
    ]
    assert (await journal.history.of("77"))[1].changed_at_ms == 5000


async def test_tenants_and_modules_are_told_apart(url: str, clock: ManualClock) -> None:
    async with (
        Journal.open(url, clock=clock) as journal,
        Journal.open(url, clock=clock, tenant="other") as other,
    ):
        await journal.history.add(
            [Turn("A", "1", "sync", "updated"), Turn("B", "1", "poll", "stale")]
        )
        assert await told(journal, "1") == [("poll", "stale", ""), ("sync", "updated", "")]
        assert [row.module for row in await journal.history.of("1", "A")] == ["A"]
        assert len(await journal.history.of("1", limit=1)) == 1
        assert await other.history.of("1") == ()


async def test_old_turns_and_all_but_the_newest_of_a_record_are_forgotten(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.history.add([Turn("A", "old", "sync", "updated")])
    clock.advance(31 * DAY)
    for start in range(0, MOST_TURNS + 50, 50):
        await journal.history.add(
            [Turn("A", "busy", "notice", "retry", str(start + n)) for n in range(50)]
        )
    await journal.history.add([Turn("A", "calm", "sync", "updated")])
    assert await journal.history.prune(clock.now() - 30 * DAY) == 51
    assert await journal.history.of("old") == ()
    assert len(await journal.history.of("calm")) == 1
    busy = await journal.history.of("busy", limit=1000)
    assert [row.reason for row in busy] == [str(n) for n in reversed(range(50, MOST_TURNS + 50))]
    clock.advance(-3 * DAY)
    assert await journal.history.prune(clock.now() - 30 * DAY) == MOST_TURNS + 1


def notice_of(*ids: str, module: str = "Students") -> Delivery:
    return Delivery("c1", module, "update", len(ids), ids, 1000, "notification", "accepted")


async def test_the_notices_that_named_a_record_are_found(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = [
        notice_of("12"),
        notice_of("1", "12", "123"),
        notice_of("123"),
        notice_of("12", module="Other"),
        notice_of("a_2"),
        notice_of("ab2"),
    ]
    for one in given:
        await journal.inbox.mark([], deliveries=[one])

    async def naming(record_id: str, module: str | None = None) -> list[tuple[str, ...]]:
        return [one.ids for one in await journal.deliveries.naming(record_id, module)]

    assert await naming("12", "Students") == [("1", "12", "123"), ("12",)]
    assert len(await naming("12")) == 3
    assert await naming("a_2", "Students") == [("a_2",)]
    assert await naming("2", "Students") == await naming('1", "12') == await naming("%") == []
    assert len(await journal.deliveries.naming("12", limit=1)) == 1
    monkeypatch.setattr("mzi_bridge.journal.deliveries.LOOKED_THROUGH", 2)
    assert await naming("12", "Students") == []
