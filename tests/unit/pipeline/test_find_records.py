"""Records found as people name them: in one module or in all, by id, number or word."""

from __future__ import annotations

import pytest

from mzi_bridge.errors import OperatorError
from mzi_bridge.pipeline.find_records import Found, Hit, Known, find_records
from tests.support.drift import PAYMENTS, STUDENTS, in_step
from tests.support.world import World

NOBODY = "7300000000000999999"


async def queries(world: World) -> int:
    return sum(call["path"].endswith("/coql") for call in await world.calls("crm"))


async def test_an_id_is_found_where_it_is_known(world: World) -> None:
    await in_step(world)
    record_id = world.some(PAYMENTS)
    found = await find_records(world.links, f" {record_id} ")
    assert found == Found((Hit(PAYMENTS, record_id, known=Known(True, True)),))
    assert found.only is not None
    assert await queries(world) == 0
    assert await find_records(world.links, NOBODY) == Found()


async def test_a_side_out_of_reach_is_told_beside_what_was_found(world: World) -> None:
    await in_step(world)
    record_id = world.some(PAYMENTS)
    await world.disturb("moodle", {"kind": "maintenance"})
    unsure = await find_records(world.links, record_id)
    assert [hit.known for hit in unsure.hits] == [Known(True, False)]
    assert len(unsure.troubles) == 1 and unsure.only is None


async def test_a_student_is_found_by_the_number_and_no_other(world: World) -> None:
    record_id = world.some(STUDENTS)
    number = world.crm.records(STUDENTS)[record_id].values["Name"]
    await in_step(world, STUDENTS)
    assert await find_records(world.links, f" {number} ") == Found((Hit(STUDENTS, record_id),))
    assert await queries(world) == 1
    assert not (await find_records(world.links, number[:-1])).hits
    assert not (await find_records(world.links, "' or id is not null or Name = '")).hits


async def test_in_one_module_a_word_is_searched_and_an_id_is_answered_unread(
    world: World,
) -> None:
    students = world.links.preset.modules[STUDENTS]
    record_id = world.some(STUDENTS)
    name = world.crm.records(STUDENTS)[record_id].values["Name"]
    found = await find_records(world.links, f" {name} ", students)
    [hit] = found.hits
    assert (hit.module, hit.record_id) == (STUDENTS, record_id) and name in hit.words
    await world.forget_calls("crm")
    assert await find_records(world.links, NOBODY, students) == Found((Hit(STUDENTS, NOBODY),))
    assert await world.calls("crm") == []


async def test_one_character_is_no_word_to_search(world: World) -> None:
    with pytest.raises(OperatorError) as refused:
        await find_records(world.links, " x ", world.links.preset.modules[STUDENTS])
    assert refused.value.reason == "search_too_short"


async def test_a_crm_out_of_reach_is_a_trouble_in_one_module_too(world: World) -> None:
    await world.disturb("crm", {"kind": "drop_before"})
    found = await find_records(world.links, "somebody", world.links.preset.modules[STUDENTS])
    assert found.hits == () and len(found.troubles) == 1
