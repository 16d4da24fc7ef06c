"""Moodle's events: each is taken in once, whatever comes again."""

from __future__ import annotations

import anyio
import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from mzi_bridge.errors import OperatorError, RejectRecord
from mzi_bridge.journal import Journal
from mzi_bridge.journal.push_records import EventResult, Taken
from mzi_bridge.journal.tables import moodle_events, pushes
from tests.support.clock import ManualClock
from tests.support.moodle_events import KINDS, arrival, event_id, facts_of, owed


async def rows(journal: Journal) -> tuple[int, int]:
    """How many events and how many owed writes are stored."""
    async with journal.database.read() as connection:
        counted = [
            (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            for table in (moodle_events, pushes)
        ]
    return counted[0], counted[1]


async def claimed(journal: Journal) -> dict[str, object]:
    claim = await journal.pushes.claim(owner="a", kinds=KINDS, lease_seconds=60)
    return facts_of(claim)


async def test_an_event_and_what_it_makes_owed_are_stored_together(journal: Journal) -> None:
    taken = await journal.events.take([arrival(1, owed(letter="D"))])
    assert taken == [Taken(event_id(1), EventResult.ACCEPTED, "", 1_750_000_000.0)]
    assert await claimed(journal) == {"12_3_9_1": {"letter": "D"}}


async def test_a_repeat_is_answered_as_the_first_and_stores_nothing(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.events.take([arrival(1, owed()), arrival(2, reason="no_class")])
    clock.advance(3600)
    again = await journal.events.take([arrival(1, owed()), arrival(2, reason="no_class")])
    assert [(taken.result, taken.reason) for taken in again] == [
        (EventResult.ACCEPTED, ""),
        (EventResult.NOTED, "no_class"),
    ]
    assert {taken.received_at for taken in again} == {1_750_000_000.0}
    assert all(taken.is_repeat and not taken.is_other for taken in again)
    assert await rows(journal) == (2, 1)


async def test_another_event_under_a_known_id_stores_nothing(journal: Journal) -> None:
    await journal.events.take([arrival(1, owed(letter="P"))])
    other = await journal.events.take([arrival(1, owed(letter="D", occurred=2000), body="b")])
    assert [taken.is_other for taken in other] == [True]
    assert await claimed(journal) == {"12_3_9_1": {"letter": "P"}}


async def test_an_id_twice_in_one_post_counts_once(journal: Journal) -> None:
    taken = await journal.events.take(
        [arrival(1, owed(letter="P")), arrival(1, owed(letter="P")), arrival(1, body="b")]
    )
    assert [(one.is_repeat, one.is_other) for one in taken] == [
        (False, False),
        (True, False),
        (True, True),
    ]
    assert await rows(journal) == (1, 1)


async def test_an_event_posted_many_times_at_once_is_taken_in_once(
    journal: Journal, url: str, clock: ManualClock, secret_key: SecretStr
) -> None:
    answers: list[Taken] = []
    async with Journal.open(url, clock=clock, secret_keys=[secret_key]) as other:

        async def post(where: Journal) -> None:
            answers.extend(await where.events.take([arrival(1, owed()), arrival(2, owed("k"))]))

        async with anyio.create_task_group() as tasks:
            for where in [journal, other] * 8:
                tasks.start_soon(post, where)
    assert len(answers) == 32
    assert sum(not taken.is_repeat for taken in answers) == 2
    assert await rows(journal) == (2, 2)


async def test_the_newest_facts_of_a_record_stand_whatever_their_order(journal: Journal) -> None:
    first = await journal.events.take([arrival(1, owed(letter="D", occurred=2000))])
    late = await journal.events.take([arrival(2, owed(letter="P", occurred=1000))])
    assert [taken.result for taken in first] == [EventResult.ACCEPTED]
    assert [(taken.result, taken.reason) for taken in late] == [(EventResult.NOTED, "superseded")]
    repeated = await journal.events.take([arrival(2, owed(letter="P", occurred=1000))])
    assert [(taken.result, taken.reason) for taken in repeated] == [
        (EventResult.NOTED, "superseded")
    ]
    assert await claimed(journal) == {"12_3_9_1": {"letter": "D"}}


async def test_within_one_post_the_newest_stands_and_of_equals_the_later(journal: Journal) -> None:
    taken = await journal.events.take(
        [
            arrival(1, owed(letter="R", occurred=1000)),
            arrival(2, owed(letter="D", occurred=3000)),
            arrival(3, owed(letter="P", occurred=2000)),
            arrival(4, owed(letter="M", occurred=3000)),
        ]
    )
    assert [one.reason for one in taken] == ["", "", "superseded", ""]
    assert await claimed(journal) == {"12_3_9_1": {"letter": "M"}}


async def test_tenants_share_no_event(
    journal: Journal, url: str, clock: ManualClock, secret_key: SecretStr
) -> None:
    await journal.events.take([arrival(1, owed(letter="P"))])
    async with Journal.open(url, clock=clock, secret_keys=[secret_key], tenant="two") as other:
        taken = await other.events.take([arrival(1, owed(letter="D"), body="b")])
        assert not taken[0].is_repeat and not taken[0].is_other
        assert await claimed(other) == {"12_3_9_1": {"letter": "D"}}
        clock.advance(10)
        await other.events.prune(clock.now())
    assert await rows(journal) == (1, 2)


async def test_old_events_are_forgotten_and_what_they_made_owed_is_not(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.events.take([arrival(1, owed())])
    clock.advance(100)
    await journal.events.take([arrival(2, owed("k"))])
    assert await journal.events.prune(clock.now()) == 1
    assert await rows(journal) == (1, 2)


async def test_nothing_is_kept_unsealed(journal: Journal) -> None:
    await journal.events.take([arrival(1, owed(feedback="a word to a student"))])
    async with journal.database.read() as connection:
        stored = [str(tuple(row)) for row in await connection.execute(select(pushes))]
    assert len(stored) == 1 and "word" not in stored[0] and "feedback" not in stored[0]


async def test_without_a_key_nothing_is_taken_in(url: str, clock: ManualClock) -> None:
    async with Journal.open(url, clock=clock) as journal:
        with pytest.raises(OperatorError) as caught:
            await journal.events.take([arrival(1, owed())])
        assert caught.value.reason == "secret_key_missing"
        assert await rows(journal) == (0, 0)


async def test_the_last_event_is_told(journal: Journal, clock: ManualClock) -> None:
    assert await journal.events.latest() is None
    await journal.events.take([arrival(1, owed(occurred=5000))])
    assert await journal.events.latest() == (5000, clock.now())


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 65])
def test_a_key_that_cannot_be_stored_is_refused(key: str) -> None:
    with pytest.raises(RejectRecord):
        owed(key)
