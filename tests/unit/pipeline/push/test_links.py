"""Links and profiles: written to the record that they name."""

from __future__ import annotations

from mzi_bridge.pipeline.intents import Terms
from tests.support.told import CLASSES, STUDENTS, dead, pushed, tell
from tests.support.world import World


async def test_a_student_and_a_class_learn_their_moodle_ids(world: World) -> None:
    student, taught = world.some(STUDENTS), world.some(CLASSES)
    await tell(world, "student_linked", {"zoho_student_id": student, "userid": 12})
    await tell(world, "class_linked", {"zoho_class_id": taught, "courseid": 3})
    await pushed(world)
    assert world.crm.records(STUDENTS)[student].values["Student_Moodle_ID"] == 12
    assert world.crm.records(CLASSES)[taught].values["Moodle_Class_ID"] == 3


async def test_a_profile_writes_only_the_fields_that_are_allowed(world: World) -> None:
    student = world.some(STUDENTS)
    before = world.crm.records(STUDENTS)[student].values["Phone_Number"]
    data = {
        "userid": 12,
        "city": "Salt",
        "phone1": "+962790000000",
        "crm": {"student_ids": [student]},
    }
    await tell(world, "user_updated", data, Terms(profile_fields=frozenset({"City"})))
    await pushed(world)
    kept = world.crm.records(STUDENTS)[student].values
    assert (kept["City"], kept["Phone_Number"]) == ("Salt", before)


async def test_what_is_empty_in_a_profile_clears_nothing_in_the_crm(world: World) -> None:
    student = world.some(STUDENTS)
    before = world.crm.records(STUDENTS)[student].values["Phone_Number"]
    terms = Terms(profile_fields=frozenset({"City", "Phone_Number"}))
    data = {"userid": 12, "phone1": "", "crm": {"student_ids": [student]}}
    answer = await tell(world, "user_created", data | {"city": ""}, terms)
    assert answer.reason == "empty_profile"
    await tell(world, "user_updated", data | {"city": "Salt"}, terms)
    await pushed(world)
    kept = world.crm.records(STUDENTS)[student].values
    assert before
    assert (kept["City"], kept["Phone_Number"]) == ("Salt", before)


async def test_a_record_that_is_gone_is_tried_a_few_times_and_told(world: World) -> None:
    await tell(world, "student_linked", {"zoho_student_id": "999", "userid": 12})
    for _ in range(3):
        await pushed(world)
        world.clock.advance(600)
    assert [(row.record_key, row.reason) for row in await dead(world)] == [("999", "record_gone")]
