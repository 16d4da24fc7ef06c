"""Requests of students: each one record in the CRM whatever happens, known to Moodle by its id."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from mzi_bridge.journal.push_records import PushState
from mzi_bridge.pipeline.alarm_review import review_alarms
from mzi_bridge.pipeline.push.worker import PushWorker, drain_pushes
from tests.support.asked import REQUESTS, ask, known_as, records, step
from tests.support.clock import ManualClock
from tests.support.told import STUDENTS, dead, pushed, tell
from tests.support.world import World

CONFIRM = "local_mzi_confirm_requests"


async def test_a_request_becomes_a_record_and_moodle_learns_its_id(world: World) -> None:
    details = {"Change_Information": [{"Field_Name": "City", "New_Value": "Adana"}]}
    mark = await ask(world, details=details)
    await pushed(world)
    (record,) = records(world, mark)
    assert record.values["Student"] == world.some(STUDENTS)
    assert (record.values["Status"], record.values["Request_Type"]) == (
        "Pending",
        "Student Card",
    )
    assert [row.values["New_Value"] for row in record.rows["Change_Information"]] == ["Adana"]
    assert known_as(world, mark) == record.id
    assert await dead(world) == [] and (await world.links.journal.pushes.counts()).due == 0


async def test_many_requests_take_two_calls(world: World) -> None:
    await ask(world)
    await pushed(world)
    marks = [await ask(world, f"No. {n}") for n in range(12)]
    await world.forget_calls("crm")
    await world.forget_calls("moodle")
    await pushed(world)
    assert all(known_as(world, mark) for mark in marks)
    assert len(await world.calls("crm")) == len(await world.calls("moodle")) == 1


async def test_the_same_event_twice_is_one_request(world: World) -> None:
    mark = await ask(world)
    await pushed(world)
    made = world.site.requests[mark]
    again = {
        "requestid": made.requestid,
        "request_number": mark,
        "zoho_student_id": made.student,
        "request_type": "Student Card",
        "reason": f"Please\n[{mark}]",
    }
    await tell(world, "request_submitted", again)
    await step(world)
    assert len(records(world, mark)) == 1


async def test_a_lost_answer_leads_to_a_look_and_not_to_a_second_record(world: World) -> None:
    mark = await ask(world)
    await world.disturb("crm", {"kind": "lost_reply"}, times=1, path_contains=REQUESTS)
    await pushed(world)
    (record,) = records(world, mark)
    assert known_as(world, mark) is None
    await step(world)
    assert len(records(world, mark)) == 1 and known_as(world, mark) == record.id


async def test_what_never_reached_the_crm_is_sent_again_after_a_look(world: World) -> None:
    mark = await ask(world)
    await world.disturb("crm", {"kind": "drop_before"}, times=1, path_contains=REQUESTS)
    await pushed(world)
    assert records(world, mark) == []
    await step(world)
    assert len(records(world, mark)) == 1 and known_as(world, mark)


async def test_nothing_is_looked_for_before_the_crm_has_surely_ended(world: World) -> None:
    await ask(world)
    await world.disturb("crm", {"kind": "drop_before"}, times=1, path_contains=REQUESTS)
    await pushed(world)
    await world.forget_calls("crm")
    world.clock.advance(80)
    await pushed(world)
    assert await world.calls("crm") == []
    (row,) = await world.links.journal.pushes.list(PushState.DUE)
    assert row.reason == "looked_for" and row.ready_at > world.clock.now()


async def test_a_copy_for_another_student_is_not_the_request(world: World) -> None:
    mark = await ask(world)
    await world.disturb("crm", {"kind": "drop_before"}, times=1, path_contains=REQUESTS)
    await pushed(world)
    other = {"Student": {"id": world.some(STUDENTS, 1)}, "Reason": f"Please\n[{mark}]"}
    copy = world.crm.insert(REQUESTS, other)
    await step(world)
    assert len(records(world, mark)) == 2 and known_as(world, mark) not in (None, copy)


async def test_two_records_of_one_request_are_told_and_the_first_counts(world: World) -> None:
    mark = await ask(world)
    await world.disturb("crm", {"kind": "lost_reply"}, times=1, path_contains=REQUESTS)
    await pushed(world)
    (first,) = records(world, mark)
    values = {"Student": {"id": world.some(STUDENTS)}, "Reason": f"Please\n[{mark}]"}
    second = world.crm.insert(REQUESTS, values)
    await step(world)
    assert known_as(world, mark) == first.id

    async def told() -> list[str]:
        await review_alarms(world.links)
        return [a.subject for a in await world.links.journal.alarms.list("request_twice")]

    assert await told() == [mark]
    await world.disturb("crm", {"kind": "maintenance"}, times=1)
    assert await told() == [mark]
    # It ends once the office has deleted the one that does not count.
    world.crm.delete(REQUESTS, second)
    assert await told() == []


async def test_a_record_that_moves_while_many_are_looked_through_is_found(world: World) -> None:
    mark = await ask(world)
    await world.disturb("crm", {"kind": "lost_reply"}, times=1, path_contains=REQUESTS)
    await pushed(world)
    (record,) = records(world, mark)
    world.clock.advance(1)
    for number in range(250):
        other = {"Student": {"id": world.some(STUDENTS, 1)}, "Reason": f"No. {number}"}
        world.crm.insert(REQUESTS, other)
    edits = iter([{"Status": "Approved"}])

    def and_then_the_office_decides(path: str, body: Any) -> Any:
        if path.endswith(REQUESTS):
            for values in edits:
                world.edit(REQUESTS, record.id, **values)
        return body

    world.rewrite_crm(and_then_the_office_decides)
    await step(world)
    assert len(records(world, mark)) == 1 and known_as(world, mark) == record.id


async def test_a_clock_far_ahead_of_the_crm_finds_the_record_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = _Shifted(world.clock, 3600)
    monkeypatch.setattr(world.links.journal.pushes, "_clock", ahead)
    links = replace(world.links, clock=ahead)
    mark = await ask(world)
    await world.disturb("crm", {"kind": "lost_reply"}, times=1, path_contains=REQUESTS)
    await drain_pushes(links)
    assert len(records(world, mark)) == 1
    world.clock.advance(900)
    await drain_pushes(links)
    assert len(records(world, mark)) == 1 and known_as(world, mark)


async def test_a_clock_that_was_ahead_only_while_it_was_sent_finds_the_record(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = await ask(world)
    await world.disturb("crm", {"kind": "lost_reply"}, times=1, path_contains=REQUESTS)
    with monkeypatch.context() as jumped:
        ahead = _Shifted(world.clock, 3600)
        jumped.setattr(world.links.journal.pushes, "_clock", ahead)
        await drain_pushes(replace(world.links, clock=ahead))
    (record,) = records(world, mark)
    world.clock.advance(2 * 3600)
    await pushed(world)
    assert len(records(world, mark)) == 1 and known_as(world, mark) == record.id


@pytest.mark.parametrize("path", [REQUESTS, "Attachments"])
async def test_a_clock_that_jumps_ahead_brings_the_look_no_nearer(world: World, path: str) -> None:
    mark = await ask(world, files=[("one.pdf", b"%PDF one")])
    fault = {"kind": "drop_before"}
    await world.disturb("crm", fault, times=1, method="POST", path_contains=path)
    worker = PushWorker(world.links)
    await worker.run_once()
    await world.forget_calls("crm")
    for _ in range(3):
        world.clock.advance(3600)
        assert await worker.run_once()
    assert await world.calls("crm") == []
    await step(world)
    (record,) = records(world, mark)
    assert len(record.attachments) == 1


class _Shifted:
    def __init__(self, clock: ManualClock, by: float) -> None:
        self._clock, self._by = clock, by

    def now(self) -> float:
        return self._clock.now() + self._by

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)


async def test_a_notice_that_overtakes_the_confirmation_makes_no_second_request(
    world: World,
) -> None:
    mark = await ask(world)
    await world.disturb(
        "moodle", {"kind": "drop_before"}, times=1, body_contains="local_mzi_confirm_requests"
    )
    await pushed(world)
    (record,) = records(world, mark)
    world.edit(REQUESTS, record.id, Status="Approved")
    await world.carry(REQUESTS, record.id)
    assert known_as(world, mark) == record.id
    await step(world)
    row = world.row(REQUESTS, record.id)
    assert row is not None and (row["request_number"], row["status"]) == (mark, "Approved")
    assert await dead(world) == []


async def test_a_confirmation_that_fails_inserts_nothing_again(world: World) -> None:
    mark = await ask(world)
    await world.disturb(
        "moodle", {"kind": "drop_before"}, times=3, body_contains="local_mzi_confirm_requests"
    )
    await pushed(world)
    for _ in range(4):
        await step(world)
    assert len(records(world, mark)) == 1 and known_as(world, mark)


async def test_a_request_that_moodle_does_not_know_is_told(world: World) -> None:
    mark = await ask(world)
    del world.site.requests[mark]
    await pushed(world)
    assert [row.reason for row in await dead(world)] == ["unknown_request"]
    assert len(records(world, mark)) == 1


async def test_one_refused_request_keeps_no_good_one_back(world: World) -> None:
    good = await ask(world)
    bad = await ask(world, request_date="2026-99-99")
    other = await ask(world)
    await pushed(world)
    assert known_as(world, good) and known_as(world, other) and known_as(world, bad) is None
    assert [(row.record_key, row.reason) for row in await dead(world)] == [(bad, "invalid_data")]


async def test_a_text_without_its_number_is_never_sent(world: World) -> None:
    mark = await ask(world, reason="Please")
    await pushed(world)
    assert records(world, mark) == [] and records(world, "Please") == []
    assert [row.reason for row in await dead(world)] == ["mark_missing"]


async def test_a_pause_of_moodle_keeps_requests_back_and_nothing_else(world: World) -> None:
    mark = await ask(world)
    await world.links.journal.links.pause("moodle", "maintenance", world.clock.now() + 60)
    await pushed(world)
    assert records(world, mark) == []
    world.clock.advance(61)
    await world.work()
    await pushed(world)
    assert known_as(world, mark)
