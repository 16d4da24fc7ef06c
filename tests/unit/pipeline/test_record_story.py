"""The story of a record, and what is counted beside it, through the whole bridge."""

from __future__ import annotations

from sqlalchemy import select

from mzi_bridge.journal.console_tables import activity, record_history
from mzi_bridge.journal.deliveries import Delivery
from mzi_bridge.journal.records import Notice, Operation, Source
from mzi_bridge.pipeline.accept import accept_into
from mzi_bridge.pipeline.record_story import EventKind, RecordStory, story_of
from mzi_bridge.pipeline.resync_student import resync_student
from mzi_bridge.pipeline.sync import Mode, sync_module
from tests.support.drift import PAYMENTS, REGISTRATIONS, STUDENTS, in_step
from tests.support.world import World

GRADES = "BTEC_Grades"


def told(story: RecordStory) -> list[tuple[EventKind, str, str]]:
    return [(event.kind, event.source, event.outcome) for event in story.events]


async def notice(world: World, module: str, record_id: str, operation: str = "update") -> None:
    """As the door takes it in, with its audit row."""
    journal = world.links.journal
    accept = accept_into(journal.inbox, world.links.preset.modules, note=journal.activity.note)
    at_ms = int(world.links.clock.now() * 1000)
    await accept(
        [Notice(module, record_id, Operation(operation), at_ms, Source.NOTIFICATION, "1")],
        [Delivery("1", module, operation, 1, (record_id,), at_ms, "notification", "accepted")],
    )


async def queries(world: World) -> int:
    return sum(call["path"].endswith("/coql") for call in await world.calls("crm"))


async def test_the_way_of_a_change_is_told_from_its_notice_to_its_row(world: World) -> None:
    record_id = world.some(STUDENTS)
    await notice(world, STUDENTS, record_id)
    waiting = await story_of(world.links, record_id)
    assert [(one.module, one.in_hand) for one in waiting.now.waiting] == [(STUDENTS, False)]
    await world.work()
    story = await story_of(world.links, record_id)
    turns = [one for one in told(story) if one[1] != "photo"]
    assert turns == [
        (EventKind.TURN, "notice", "inserted"),
        (EventKind.NOTICE, "notification", "accepted"),
    ]
    assert story.modules == (STUDENTS,)
    assert not story.now.waiting
    totals = await world.links.journal.activity.totals(24)
    assert totals.accepted == 1 and totals.delivered >= 1 and totals.p95 is not None


async def test_why_a_record_did_not_arrive_is_part_of_its_story(world: World) -> None:
    record_id = world.some(PAYMENTS)
    world.rewrite_records(PAYMENTS, lambda record: {**record, "Modified_Time": "never"})
    await world.carry(PAYMENTS, record_id)
    story = await story_of(world.links, record_id, PAYMENTS)
    assert told(story) == [(EventKind.TURN, "notice", "dead")]
    [letter] = story.now.dead
    assert letter.reason == story.events[0].reason == "projection"
    totals = await world.links.journal.activity.totals(24)
    assert (totals.rejected, totals.p50) == (1, None)


async def test_a_sync_tells_what_it_changed_and_nothing_of_the_rest(world: World) -> None:
    await sync_module(world.links, PAYMENTS, Mode.FULL)
    record_id, other = world.some(PAYMENTS), world.some(PAYMENTS, 1)
    assert told(await story_of(world.links, record_id)) == [(EventKind.TURN, "sync", "inserted")]
    await sync_module(world.links, PAYMENTS, Mode.FULL)
    world.edit(PAYMENTS, record_id, Note="New")
    await sync_module(world.links, PAYMENTS, Mode.FULL)
    assert [outcome for *_, outcome in told(await story_of(world.links, record_id))] == [
        "updated",
        "inserted",
    ]
    assert len(told(await story_of(world.links, other))) == 1
    totals = await world.links.journal.activity.totals(24)
    assert totals.unchanged > 0 and totals.p50 is None


async def test_a_resync_reads_the_student_and_every_record_that_names_them(world: World) -> None:
    await in_step(world)
    records = world.crm.records(REGISTRATIONS)
    registration = next(i for i, one in records.items() if one.values["Student_ID"])
    student = records[registration].values["Student_ID"]
    mine = {i for i, one in records.items() if one.values["Student_ID"] == student}
    await world.forget_calls("crm")
    done = await resync_student(world.links, student)
    assert await queries(world) == 5
    assert done.not_asked == {}
    assert done.marked[STUDENTS] == 1 and done.marked[REGISTRATIONS] == len(mine)
    assert await world.dirty() == done.total
    await world.work()
    story = await story_of(world.links, registration)
    assert (story.events[0].source, story.events[0].outcome) == ("operator", "unchanged")


async def test_counters_and_histories_hold_no_value_of_a_record(world: World) -> None:
    canary = "Canary-7f3a"
    for module in (STUDENTS, PAYMENTS, GRADES):
        record_id = world.some(module)
        fields = world.crm.records(module)[record_id].values
        world.spoil(module, record_id, **dict.fromkeys(fields, canary))
        await notice(world, module, record_id)
    await world.work()
    for module in (STUDENTS, PAYMENTS, GRADES):
        await sync_module(world.links, module, Mode.FULL)
    await world.links.journal.activity.flush()
    async with world.links.journal.database.read() as connection:
        kept = [
            str(tuple(row))
            for table in (activity, record_history)
            for row in await connection.execute(select(table))
        ]
    assert len(kept) > 10
    assert not [row for row in kept if canary.lower() in row.lower()]
