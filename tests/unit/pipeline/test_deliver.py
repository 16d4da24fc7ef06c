from __future__ import annotations

import pytest

from mzi_bridge.journal.records import Operation
from tests.support.world import World

STUDENTS = "BTEC_Students"


async def test_a_field_that_does_not_fit_is_left_out_and_remembered(world: World) -> None:
    student = world.some(STUDENTS)
    world.rewrite_records(STUDENTS, lambda record: {**record, "Birth_Date": "soon"})
    await world.carry(STUDENTS, student)
    assert world.stands(STUDENTS, student)
    (fault,) = await world.faults()
    assert (fault.module, fault.record_id, fault.column) == (STUDENTS, student, "birth_date")
    assert fault.code == "invalid_value"


async def test_a_bad_field_leaves_the_value_that_stood_there(world: World) -> None:
    student = world.some(STUDENTS)
    await world.carry(STUDENTS, student)
    before = world.row(STUDENTS, student)
    world.edit(STUDENTS, student, City="Salt")
    world.rewrite_records(STUDENTS, lambda record: {**record, "Birth_Date": "soon"})
    await world.carry(STUDENTS, student)
    after = world.row(STUDENTS, student)
    assert before is not None and after is not None
    assert (after["city"], after["birth_date"]) == ("Salt", before["birth_date"])


async def test_a_fault_is_forgotten_once_the_field_fits(world: World) -> None:
    student = world.some(STUDENTS)
    world.rewrite_records(STUDENTS, lambda record: {**record, "Birth_Date": "soon"})
    await world.carry(STUDENTS, student)
    world.wires.rewrite = None
    await world.carry(STUDENTS, student)
    assert await world.faults() == ()


async def test_the_faults_of_a_deleted_record_are_forgotten(world: World) -> None:
    student = world.some(STUDENTS)
    world.rewrite_records(STUDENTS, lambda record: {**record, "Birth_Date": "soon"})
    await world.carry(STUDENTS, student)
    world.crm.delete(STUDENTS, student)
    await world.notice(STUDENTS, student, operation=Operation.DELETE)
    await world.work()
    assert await world.faults() == ()


async def test_faults_are_logged_without_the_value(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.rewrite_records(STUDENTS, lambda record: {**record, "Birth_Date": "canary"})
    await world.carry(STUDENTS, world.some(STUDENTS))
    assert "birth_date ← Birth_Date" in caplog.text
    assert "canary" not in caplog.text


async def test_a_storm_of_notices_is_few_calls(world: World) -> None:
    payments = sorted(world.crm.records("BTEC_Payments"))[:5]
    for _ in range(40):
        await world.notice("BTEC_Payments", *payments)
    await world.work()
    assert [call["label"] for call in await world.calls("moodle")] == ["local_mzi_upsert_payments"]
    reads = [call for call in await world.calls("crm") if "BTEC_Payments" in call["path"]]
    assert len(reads) == 1


async def test_children_of_a_record_travel_with_it(world: World) -> None:
    with_schedule = next(
        record_id
        for record_id, record in sorted(world.crm.records("BTEC_Registrations").items())
        if record.rows["Payment_Schedule"]
    )
    await world.carry("BTEC_Registrations", with_schedule)
    row = world.row("BTEC_Registrations", with_schedule)
    record = world.crm.records("BTEC_Registrations")[with_schedule]
    assert row is not None
    assert len(row["installments"]) == len(record.rows["Payment_Schedule"])


async def test_the_students_moodle_account_is_linked(world: World) -> None:
    student = world.some(STUDENTS)
    await world.carry(STUDENTS, student)
    row = world.row(STUDENTS, student)
    assert row is not None and row["moodle_user_id"] is not None
