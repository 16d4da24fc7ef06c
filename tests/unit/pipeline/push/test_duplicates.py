"""A record that is there already, though nobody knew: it is updated, never doubled."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from mzi_bridge.journal.tables import pushes
from mzi_bridge.sandbox.zoho import Switches
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
)
from tests.support.world import World, open_world
from tests.unit.pipeline.push.test_grades import spied_rows


async def duplicate(world: World, **details: Any) -> None:
    """The next insert, and the upsert behind it, answer DUPLICATE_DATA with these details."""
    row = {"code": "DUPLICATE_DATA", "details": details, "message": "x", "status": "error"}
    fault = {"kind": "status", "status": 202, "body": json.dumps({"data": [row]})}
    await world.disturb("crm", fault, times=2, method="POST", path_contains="/BTEC_Grades")


async def released(world: World) -> str:
    """A grade that the office made by hand, under a key of Moodle's."""
    record_id = world.some(GRADES)
    world.edit(GRADES, record_id, **{KEY_FIELD: "12_3_9_1", "Grade_Status": "Released"})
    world.clock.advance(3600)
    return record_id


@pytest.fixture(params=["named", "left out"])
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """A CRM that says which record is in the way, and one that does not; the search finds
    nothing that is new."""
    switches = Switches(duplicate_id=request.param, search_lag=86_400.0)
    async with open_world(tmp_path, switches=switches) as opened:
        yield opened


async def test_a_record_that_was_released_by_hand_stays_released(either: World) -> None:
    record_id = await released(either)
    await tell(either, "user_graded", graded(either))
    await pushed(either)
    assert found(either) == [record_id]
    kept = values(either)
    assert (kept["Grade"], kept["Grade_Status"]) == ("M", "Released")
    assert await dead(either) == []


async def test_a_new_record_among_released_ones_gets_what_a_new_one_gets(either: World) -> None:
    await released(either)
    await tell(either, "user_graded", graded(either))
    await tell(either, "user_graded", graded(either, attempt=2))
    await pushed(either)
    statuses = [values(either, f"12_3_9_{n}")["Grade_Status"] for n in (1, 2)]
    assert statuses == ["Released", "Marking completed"]


async def test_an_insert_without_an_answer_is_one_record_with_what_a_new_one_gets(
    either: World,
) -> None:
    lost = {"kind": "lost_reply"}
    await either.disturb("crm", lost, times=1, method="POST", path_contains="/BTEC_Grades")
    await tell(either, "user_graded", graded(either))
    await pushed(either)
    either.clock.advance(600)
    await pushed(either)
    (record_id,) = found(either)
    assert values(either)["Grade_Status"] == "Marking completed"
    assert await dead(either) == []
    # Released between our insert and the next mark.
    either.edit(GRADES, record_id, Grade_Status="Released")
    await forget(either)
    await tell(either, "user_graded", graded(either, finalgrade="80"))
    await pushed(either)
    assert (values(either)["Grade"], values(either)["Grade_Status"]) == ("D", "Released")


@pytest.mark.parametrize("names_it", [True, False])
async def test_the_record_in_the_way_is_updated(world: World, names_it: bool) -> None:
    record_id = world.some(GRADES)
    world.edit(GRADES, record_id, **{KEY_FIELD: "12_3_9_1", "Grade_Status": "Released"})
    world.clock.advance(3600)
    details = {"api_name": KEY_FIELD} | ({"id": record_id} if names_it else {})
    await duplicate(world, **details)
    await tell(world, "user_graded", graded(world))
    await pushed(world)
    assert found(world) == [record_id]
    assert (values(world)["Grade"], values(world)["Grade_Status"]) == ("M", "Released")


async def test_of_two_similar_keys_only_the_very_one_is_updated(world: World) -> None:
    longer, same = world.some(GRADES), world.some(GRADES, 1)
    world.edit(GRADES, longer, **{KEY_FIELD: "12_3_9_10", "Grade": "P"})
    world.edit(GRADES, same, **{KEY_FIELD: "12_3_9_1", "Grade": "P"})
    world.clock.advance(3600)
    await duplicate(world, api_name=KEY_FIELD)
    await tell(world, "user_graded", graded(world))
    await pushed(world)
    assert values(world)["Grade"] == "M" and found(world) == [same]
    assert world.crm.records(GRADES)[longer].values["Grade"] == "P"


async def test_a_similar_key_alone_is_not_the_record_in_the_way(world: World) -> None:
    longer = world.some(GRADES)
    world.edit(GRADES, longer, **{KEY_FIELD: "12_3_9_10", "Grade": "P"})
    world.clock.advance(3600)
    await duplicate(world, api_name=KEY_FIELD)
    await tell(world, "user_graded", graded(world))
    await pushed(world)
    assert world.crm.records(GRADES)[longer].values[KEY_FIELD] == "12_3_9_10"
    assert world.crm.records(GRADES)[longer].values["Grade"] == "P"


async def test_a_record_in_the_way_that_nobody_finds_is_tried_again_and_then_told(
    world: World,
) -> None:
    await tell(world, "user_graded", graded(world))
    for tries in range(3):
        assert await dead(world) == [], f"given up after {tries}"
        await duplicate(world, api_name=KEY_FIELD)
        await pushed(world)
        world.clock.advance(600)
    assert [row.reason for row in await dead(world)] == ["duplicate_data"]


async def test_another_record_with_the_same_of_something_else_is_left_alone(
    world: World,
) -> None:
    record_id = world.some(GRADES)
    before = dict(world.crm.records(GRADES)[record_id].values)
    await duplicate(world, api_name="Another_Field", id=record_id)
    await tell(world, "user_graded", graded(world))
    await pushed(world)
    assert world.crm.records(GRADES)[record_id].values == before
    (letter,) = await dead(world)
    assert (letter.reason, letter.message) == ("duplicate_data", "The CRM refuses Another_Field.")


async def test_rows_that_stayed_beside_those_sent_are_deleted_by_name(world: World) -> None:
    await tell(world, "user_graded", graded(world, outcomes=[outcome("P1"), outcome("P9")]))
    await pushed(world)
    (record_id,) = found(world)
    kept = {"id": "4242", "LO_Code": "P9", "LO_Score": "Achieved"}
    await forget(world)

    def with_the_old_row(record: dict[str, Any]) -> dict[str, Any]:
        return {**record, ROWS: [*record[ROWS], kept]} if ROWS in record else record

    world.rewrite_records(GRADES, with_the_old_row)
    sent = spied_rows(world)
    await tell(world, "user_graded", graded(world, outcomes=[outcome("P1")]))
    await pushed(world)
    assert found(world) == [record_id] and rows(world) == [("P1", "Achieved")]
    assert [len(one) for one in sent] == [1, 1, 2]
    assert sent[2][1] == {"id": "4242", "_delete": None} and "id" in sent[2][0]


async def forget(world: World) -> None:
    """As if this journal had never written: its memory of what is done is gone."""
    async with world.links.journal.database.write() as connection:
        await connection.execute(delete(pushes))
