"""A grade of Moodle stands once in the CRM, as Moodle told it last."""

from __future__ import annotations

from typing import Any

from tests.support.told import (
    GRADES,
    KEY_FIELD,
    ROWS,
    dead,
    found,
    graded,
    outcome,
    pushed,
    rows,
    tell,
    values,
    writes,
)
from tests.support.world import World


async def test_a_grade_becomes_a_record(world: World) -> None:
    await tell(world, "user_graded", graded(world))
    await pushed(world)
    kept = values(world)
    assert (kept["Grade"], kept["Attempt_Number"], kept["Attempt_Date"]) == ("M", 1, "2026-11-21")
    assert (kept["Grader_Name"], kept["IV_Name"]) == ("A. Teacher", None)
    assert kept["Grade_Status"] == "Marking completed"
    assert await dead(world) == []


async def test_a_grade_told_again_costs_no_call(world: World) -> None:
    await tell(world, "user_graded", graded(world))
    await pushed(world)
    await world.forget_calls("crm")
    await tell(world, "submission_graded", graded(world))
    await pushed(world)
    assert await writes(world) == 0 and len(found(world)) == 1


async def test_a_mark_that_changes_updates_its_attempt_and_leaves_the_offices_fields(
    world: World,
) -> None:
    await tell(world, "user_graded", graded(world))
    await pushed(world)
    (record_id,) = found(world)
    world.edit(GRADES, record_id, Grade_Status="Released")
    await tell(world, "user_graded", graded(world, finalgrade="80.00000"))
    await pushed(world)
    assert (values(world)["Grade"], values(world)["Grade_Status"]) == ("D", "Released")


async def test_another_attempt_is_another_record(world: World) -> None:
    await tell(world, "user_graded", graded(world, finalgrade="10.00000"))
    await tell(world, "user_graded", graded(world, attempt=2))
    await pushed(world)
    assert [values(world, f"12_3_9_{n}")["Grade"] for n in (1, 2)] == ["R", "M"]


async def test_a_burst_on_one_grade_is_one_write_of_the_last_state(world: World) -> None:
    for points in range(40, 80):
        await tell(world, "user_graded", graded(world, finalgrade=f"{points}.00000"))
    await pushed(world)
    assert values(world)["Grade"] == "D"
    assert await writes(world) == 1


async def test_a_hundred_grades_share_a_call(world: World) -> None:
    for attempt in range(1, 101):
        await tell(world, "user_graded", graded(world, attempt=attempt))
    await pushed(world)
    assert await writes(world) == 1
    assert all(len(found(world, f"12_3_9_{n}")) == 1 for n in range(1, 101))


async def test_a_record_that_the_crm_has_already_is_found_by_its_key(world: World) -> None:
    record_id = world.some(GRADES)
    world.edit(GRADES, record_id, **{KEY_FIELD: "12_3_9_1"})
    await tell(world, "user_graded", graded(world))
    await pushed(world)
    assert found(world) == [record_id] and values(world)["Grade"] == "M"


async def test_the_crms_id_that_moodle_knows_is_used(world: World) -> None:
    record_id = world.some(GRADES)
    world.edit(GRADES, record_id, Grade_Status="Released")
    await tell(world, "user_graded", graded(world, crm={"grade_id": record_id}))
    await pushed(world)
    assert found(world) == [record_id] and values(world)["Grade_Status"] == "Released"


async def test_a_record_that_the_office_deleted_is_made_anew(world: World) -> None:
    await tell(world, "user_graded", graded(world))
    await pushed(world)
    (record_id,) = found(world)
    world.crm.delete(GRADES, record_id)
    await tell(world, "user_graded", graded(world, finalgrade="80.00000"))
    await pushed(world)
    assert found(world) != [record_id] and values(world)["Grade"] == "D"


async def test_outcomes_are_rows_and_keep_their_ids(world: World) -> None:
    told = [outcome("P1"), outcome("M1", "Not Achieved")]
    await tell(world, "user_graded", graded(world, outcomes=told))
    await pushed(world)
    assert rows(world) == [("P1", "Achieved"), ("M1", "Not Achieved")]
    (record_id,) = found(world)
    before = [row.id for row in world.crm.records(GRADES)[record_id].rows[ROWS]]
    told = [outcome("P1"), outcome("M1"), outcome("D1")]
    await tell(world, "user_graded", graded(world, outcomes=told))
    await pushed(world)
    assert rows(world) == [("P1", "Achieved"), ("M1", "Achieved"), ("D1", "Achieved")]
    after = [row.id for row in world.crm.records(GRADES)[record_id].rows[ROWS]]
    assert after[:2] == before


async def test_an_outcome_that_is_gone_is_deleted_by_name(world: World) -> None:
    sent = spied_rows(world)
    await tell(world, "user_graded", graded(world, outcomes=[outcome("P1"), outcome("P2")]))
    await pushed(world)
    for told in ([outcome("P2")], []):
        await tell(world, "user_graded", graded(world, outcomes=told))
        await pushed(world)
    assert rows(world) == []
    deleted = [row for call in sent for row in call if "_delete" in row]
    assert len(deleted) == 2


async def test_rows_that_did_not_change_are_left_alone(world: World) -> None:
    await tell(world, "user_graded", graded(world, outcomes=[outcome("P1")]))
    await pushed(world)
    (record_id,) = found(world)
    kept = world.crm.records(GRADES)[record_id].rows[ROWS][0].id
    sent = spied_rows(world)
    again = graded(world, finalgrade="80.00000", outcomes=[outcome("P1")])
    await tell(world, "user_graded", again)
    await pushed(world)
    assert sent == [] and world.crm.records(GRADES)[record_id].rows[ROWS][0].id == kept


async def test_rows_that_come_back_after_they_were_emptied_are_written(world: World) -> None:
    for told in ([outcome("P1")], [], [outcome("P1")]):
        await tell(world, "user_graded", graded(world, outcomes=told))
        await pushed(world)
    assert rows(world) == [("P1", "Achieved")]


async def test_rows_of_a_lost_answer_go_when_moodle_has_them_no_more(world: World) -> None:
    lost = {"kind": "lost_reply"}
    await world.disturb("crm", lost, times=1, method="POST", path_contains="/BTEC_Grades")
    await tell(world, "user_graded", graded(world, outcomes=[outcome("P1")]))
    await pushed(world)
    assert rows(world) == [("P1", "Achieved")]
    await tell(world, "user_graded", graded(world, finalgrade="80", outcomes=[]))
    world.clock.advance(600)
    await pushed(world)
    assert (values(world)["Grade"], rows(world)) == ("D", [])


async def test_rows_that_the_office_made_stay_where_moodle_has_none(world: World) -> None:
    record_id = world.some(GRADES)
    world.edit(GRADES, record_id, **{KEY_FIELD: "12_3_9_1", ROWS: [{"LO_Code": "P7"}]})
    lost = {"kind": "lost_reply"}
    await world.disturb("crm", lost, times=1, method="POST", path_contains="/BTEC_Grades")
    for points in ("65", "80"):
        await tell(world, "user_graded", graded(world, finalgrade=points, outcomes=[]))
        await pushed(world)
        world.clock.advance(600)
    await pushed(world)
    assert values(world)["Grade"] == "D" and [code for code, _ in rows(world)] == ["P7"]


def spied_rows(world: World) -> list[list[dict[str, Any]]]:
    """The subform of each row that is sent from now on."""
    sent: list[list[dict[str, Any]]] = []
    records = world.links.zoho.records
    write = records._write

    def spy(operation: str, method: str, module: str, given: Any, *rest: Any) -> Any:
        sent.extend(row[ROWS] for row in given if ROWS in row)
        return write(operation, method, module, given, *rest)

    records._write = spy  # type: ignore[method-assign, assignment]
    return sent


async def test_a_name_that_is_too_long_is_shortened_and_the_grade_arrives(world: World) -> None:
    long = graded(world, itemname="س" * 400, grader="G" * 300, outcomes=[outcome("P1")])
    answer = await tell(world, "user_graded", long)
    assert answer.success
    await pushed(world)
    assert values(world)["BTEC_Grade_Name"] == "س" * 255
