"""What is owed to the CRM: handed out once, remembered when done, sealed for as long as owed."""

from __future__ import annotations

import anyio
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import select

from mzi_bridge.journal import Journal
from mzi_bridge.journal.push_records import (
    PushClaim,
    PushOutcome,
    PushOutcomeKind,
    PushState,
    PushStep,
)
from mzi_bridge.journal.tables import pushes
from tests.support.clock import ManualClock
from tests.support.moodle_events import KINDS, arrival, facts_of, owed

KEY = "12_3_9_1"


async def claim(journal: Journal, limit: int = 100, owner: str = "a") -> PushClaim:
    found = await perhaps(journal, limit, owner)
    assert found is not None
    return found


async def perhaps(journal: Journal, limit: int = 100, owner: str = "a") -> PushClaim | None:
    return await journal.pushes.claim(owner=owner, kinds=KINDS, lease_seconds=60, limit=limit)


def done(key: str = KEY, **written: object) -> PushOutcome:
    known = {"crm_id": "77", "content_hash": "c" * 64, "written_ms": 5000} | written
    return PushOutcome(key, PushOutcomeKind.DONE, **known)  # type: ignore[arg-type]


def again(key: str = KEY, at: float | None = None) -> PushOutcome:
    return PushOutcome(key, PushOutcomeKind.RETRY, "zoho_unavailable", retry_at=at)


def dead(key: str = KEY) -> PushOutcome:
    return PushOutcome(key, PushOutcomeKind.DEAD, "invalid_data", "The CRM refuses Grade.")


async def test_what_is_owed_lingers_for_others_from_the_first_on(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.events.take([arrival(1, owed("a"))], linger=2.0)
    clock.advance(1.5)
    await journal.events.take(
        [arrival(2, owed("a", occurred=2000)), arrival(3, owed("b"))], linger=2.0
    )
    assert await perhaps(journal) is None
    assert await journal.pushes.next_due(KINDS) == clock.now() + 0.5
    clock.advance(0.5)
    assert set(facts_of(await perhaps(journal))) == {"a"}
    clock.advance(1.5)
    assert set(facts_of(await perhaps(journal))) == {"b"}


async def test_a_claim_is_of_one_kind_and_of_a_hundred_at_most(journal: Journal) -> None:
    await journal.events.take(
        [
            *(arrival(n, owed(f"k{n:03}")) for n in range(120)),
            arrival(900, owed("M-000001", kind="request")),
        ]
    )
    sizes = []
    while (taken := await perhaps(journal)) is not None:
        assert len({taken.kind}) == 1
        sizes.append((taken.kind, len(taken.items)))
    assert sorted(sizes) == [("grade", 20), ("grade", 100), ("request", 1)]


async def test_of_two_kinds_the_one_that_waits_longest_is_served(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.events.take([arrival(1, owed("M-000001", kind="request"))])
    clock.advance(1)
    await journal.events.take([arrival(2, owed())])
    assert (await claim(journal)).kind == "request"
    only = await journal.pushes.claim(owner="a", kinds=["request"], lease_seconds=60)
    assert only is None


async def test_nothing_owed_is_in_two_hands(
    journal: Journal, url: str, clock: ManualClock, secret_key: SecretStr
) -> None:
    await journal.events.take([arrival(n, owed(f"k{n}")) for n in range(60)])
    found: list[str] = []
    async with Journal.open(url, clock=clock, secret_keys=[secret_key]) as other:

        async def work(where: Journal, owner: str) -> None:
            while (taken := await perhaps(where, 5, owner)) is not None:
                found.extend(item.record_key for item in taken.items)

        async with anyio.create_task_group() as tasks:
            for number, where in enumerate([journal, other] * 4):
                tasks.start_soon(work, where, str(number))
    assert sorted(found) == sorted(f"k{n}" for n in range(60))


async def test_what_is_done_is_remembered_and_its_facts_are_not(journal: Journal) -> None:
    await journal.events.take([arrival(1, owed())])
    settled = await journal.pushes.settle(await claim(journal), [done(rows_hash="r" * 64)])
    assert settled.done == 1
    assert await perhaps(journal) is None
    async with journal.database.read() as connection:
        assert (await connection.execute(select(pushes.c.sealed))).scalar_one() is None
    await journal.events.take([arrival(2, owed(occurred=2000))])
    (item,) = (await claim(journal)).items
    assert (item.crm_id, item.content_hash, item.rows_hash) == ("77", "c" * 64, "r" * 64)
    assert (item.generation, item.attempts, item.crashes) == (2, 0, 0)


async def test_facts_that_come_during_the_flight_are_owed_and_the_record_is_known(
    journal: Journal,
) -> None:
    await journal.events.take([arrival(1, owed(letter="P"))])
    taken = await claim(journal)
    await journal.events.take([arrival(2, owed(letter="D", occurred=2000))])
    assert await perhaps(journal) is None
    settled = await journal.pushes.settle(taken, [done()])
    assert (settled.done, settled.superseded) == (0, 1)
    following = await claim(journal)
    assert facts_of(following) == {KEY: {"letter": "D"}}
    assert following.items[0].crm_id == "77"


@pytest.mark.parametrize("in_flight", [False, True])
async def test_going_back_to_what_stood_before_an_unfinished_write_is_written_again(
    journal: Journal, in_flight: bool
) -> None:
    await journal.events.take([arrival(1, owed(letter="P"))])
    await journal.pushes.settle(await claim(journal), [done()])
    await journal.events.take([arrival(2, owed(letter="D", occurred=2000))])
    taken = await claim(journal)
    if not in_flight:
        await journal.pushes.settle(taken, [again()])
    # Whether this one reached the CRM nobody knows.
    await journal.events.take([arrival(3, owed(letter="P", occurred=3000))])
    if in_flight:
        await journal.pushes.settle(taken, [again()])
    (item,) = (await claim(journal)).items
    assert (item.content_hash, item.crm_id) == (None, "77")


async def test_a_retry_waits_for_its_hour_and_counts_its_attempts(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.events.take([arrival(1, owed())])
    await journal.pushes.settle(await claim(journal), [again(at=clock.now() + 30)])
    assert await perhaps(journal) is None
    clock.advance(30)
    (item,) = (await claim(journal)).items
    assert item.attempts == 1
    await journal.pushes.release(PushClaim("grade", (item,), "a", 0.0, "of nobody"))
    assert (await journal.pushes.counts()).leased == 1


async def test_what_is_handed_back_costs_no_attempt(journal: Journal) -> None:
    await journal.events.take([arrival(1, owed())])
    await journal.pushes.release(await claim(journal))
    assert (await claim(journal)).items[0].attempts == 0


async def test_the_writes_of_a_killed_process_are_claimed_anew_in_smaller_pieces(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.events.take([arrival(n, owed(f"k{n:02}")) for n in range(64)])
    late = await claim(journal, 64)
    clock.advance(61)
    for _ in range(8):
        assert len((await claim(journal, 64)).items) == 8
    assert await perhaps(journal, 64) is None
    settled = await journal.pushes.settle(late, [done("k00"), done("k63")])
    assert (settled.done, settled.lost) == (0, 2)
    clock.advance(61)
    assert len((await claim(journal, 64)).items) == 1


async def test_a_lease_that_is_kept_alive_does_not_run_out(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.events.take([arrival(1, owed())])
    taken = await claim(journal)
    clock.advance(40)
    taken = await journal.pushes.extend(taken, 60)
    clock.advance(40)
    assert await perhaps(journal) is None
    clock.advance(21)
    await claim(journal)
    assert (await journal.pushes.extend(taken, 60)).items == ()


async def test_steps_are_kept_while_the_lease_is_held(journal: Journal, clock: ManualClock) -> None:
    await journal.events.take([arrival(1, owed("M-000001", kind="request"))])
    taken = await claim(journal)
    assert await journal.pushes.sending(taken, ["M-000001"]) == {"M-000001"}
    sent_at = clock.now()
    clock.advance(61)
    following = await claim(journal)
    assert (following.items[0].step, following.items[0].sent_at) == ("sending", sent_at)
    assert await journal.pushes.sending(taken, ["M-000001"]) == frozenset()
    inserted = PushStep("M-000001", "inserted", crm_id="88", written_ms=7000)
    assert await journal.pushes.step(following, [inserted]) == {"M-000001"}
    await journal.pushes.release(following)
    (item,) = (await claim(journal)).items
    assert (item.step, item.crm_id, item.sent_at) == ("inserted", "88", sent_at)
    written = await journal.pushes.written_by_us("BTEC_Grades", ["88", "99"])
    assert written == {"88": 7000}


async def test_a_dead_write_is_told_retried_and_discarded(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.events.take([arrival(1, owed()), arrival(2, owed("other"))])
    await journal.pushes.settle(await claim(journal), [dead(), dead("other")])
    assert (await journal.pushes.counts()).dead == 2
    shown = await journal.pushes.list(PushState.DEAD)
    assert [(row.record_key, row.reason) for row in shown] == [
        (KEY, "invalid_data"),
        ("other", "invalid_data"),
    ]
    assert await journal.pushes.discard("grade", "other") == 1
    assert await journal.pushes.discard("grade", "other") == 0
    assert await journal.pushes.retry("grade") == 1
    assert set(facts_of(await claim(journal))) == {KEY}


async def test_a_newer_event_revives_a_dead_write(journal: Journal) -> None:
    await journal.events.take([arrival(1, owed())])
    await journal.pushes.settle(await claim(journal), [dead()])
    await journal.events.take([arrival(2, owed(letter="D", occurred=2000))])
    assert facts_of(await claim(journal)) == {KEY: {"letter": "D"}}
    assert (await journal.pushes.counts()).dead == 0


async def test_the_facts_of_a_dead_write_are_erased_in_time(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.events.take([arrival(1, owed())])
    await journal.pushes.settle(await claim(journal), [dead()])
    assert await journal.pushes.erase(clock.now()) == 0
    clock.advance(1)
    assert await journal.pushes.erase(clock.now()) == 1
    assert [row.reason for row in await journal.pushes.list(PushState.DEAD)] == ["facts_erased"]
    assert await journal.pushes.retry("grade") == 0


async def test_facts_that_no_key_opens_are_lost_and_said_so(
    journal: Journal, url: str, clock: ManualClock
) -> None:
    await journal.events.take([arrival(1, owed())])
    other_key = SecretStr(Fernet.generate_key().decode())
    async with Journal.open(url, clock=clock, secret_keys=[other_key]) as other:
        (item,) = (await claim(other)).items
        assert item.facts is None


async def test_an_echo_is_counted_where_we_wrote(journal: Journal) -> None:
    await journal.events.take([arrival(1, owed())])
    await journal.pushes.settle(await claim(journal), [done()])
    await journal.pushes.count_echoes("BTEC_Grades", ["77", "78"])
    await journal.pushes.count_echoes("BTEC_Grades", [])
    assert await journal.pushes.written_by_us("BTEC_Grades", ["77", "78"]) == {"77": 5000}
    assert await journal.pushes.written_by_us("BTEC_Students", ["77"]) == {}


async def test_what_was_written_of_late_is_told_from_what_is_owed(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.events.take([arrival(1, owed())])
    await journal.pushes.settle(await claim(journal), [done()])
    settled = clock.now()
    clock.advance(100)
    of_late = journal.pushes.of_late
    assert await of_late("BTEC_Grades", ["77", "78"], settled) == {"77": False}
    assert await of_late("BTEC_Grades", ["77"], settled + 1) == {}
    assert await of_late("BTEC_Students", ["77"], settled) == {}
    await journal.events.take([arrival(2, owed())])
    assert await of_late("BTEC_Grades", ["77"], clock.now()) == {"77": True}
    assert await of_late("BTEC_Grades", [], 0.0) == {}


async def test_counts_tell_what_is_owed_in_hand_and_dead(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.events.take([arrival(n, owed(f"k{n}")) for n in range(3)])
    started = clock.now()
    clock.advance(5)
    await journal.events.take([arrival(9, owed("M-000001", kind="request"))])
    await claim(journal, 1)
    counts = await journal.pushes.counts()
    assert (counts.due, counts.leased, counts.dead, counts.oldest_at) == (4, 1, 0, started)
    assert counts.by_kind == {"grade": 3, "request": 1}


async def test_a_clock_set_back_delays_nothing_for_long(
    journal: Journal, clock: ManualClock
) -> None:
    clock.advance(86_400)
    await journal.events.take([arrival(1, owed())], linger=2.0)
    assert await perhaps(journal) is None
    clock.set(clock.now() - 86_400)
    assert await perhaps(journal) is None
    clock.advance(61)
    assert await perhaps(journal) is not None


@pytest.mark.parametrize("seconds", [1.0, 60.0])
async def test_a_pusher_that_waits_is_woken_by_an_event(journal: Journal, seconds: float) -> None:
    assert await perhaps(journal) is None
    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(journal.pushes.wait, seconds)
            await anyio.wait_all_tasks_blocked()
            await journal.events.take([arrival(1, owed())])
