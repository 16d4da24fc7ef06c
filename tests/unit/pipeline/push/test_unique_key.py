"""Grades wait rather than double while the CRM does not keep their key unique."""

from __future__ import annotations

from typing import Any

from mzi_bridge.pipeline.push.worker import PushWorker
from tests.support.told import GRADES, KEY_FIELD, dead, found, graded, pushed, tell
from tests.support.world import World


def not_unique(path: str, body: Any) -> Any:
    for field in body.get("fields", ()):
        if field["api_name"] == KEY_FIELD:
            field["unique"] = {}
    return body


async def test_without_a_unique_key_grades_wait_and_nothing_is_made(world: World) -> None:
    world.rewrite_crm(not_unique)
    await tell(world, "user_graded", graded(world))
    await pushed(world)
    assert found(world) == [] and await dead(world) == []
    (state,) = (await world.links.journal.links.all()).values()
    assert state.reason == "key_not_unique"
    assert [a.subject for a in await world.links.journal.alarms.list()] == [f"{GRADES}:push"]


async def test_a_crm_that_says_nothing_of_its_fields_is_not_taken_at_its_word(world: World) -> None:
    await world.disturb("crm", {"kind": "status", "status": 204}, path_contains="settings/fields")
    await tell(world, "user_graded", graded(world))
    await pushed(world)
    assert found(world) == [] and await dead(world) == []
    await world.behave("crm")
    world.clock.advance(61)
    await pushed(world)
    assert len(found(world)) == 1


async def test_grades_go_on_by_themselves_once_it_is_unique(world: World) -> None:
    world.rewrite_crm(not_unique)
    await tell(world, "user_graded", graded(world))
    await pushed(world)
    world.wires.rewrite = None
    world.clock.advance(61)
    await pushed(world)
    assert len(found(world)) == 1 and await world.links.journal.links.all() == {}


async def test_the_crm_is_asked_once_an_hour(world: World) -> None:
    def asked(calls: list[dict[str, Any]]) -> int:
        return sum(call["path"].endswith("/settings/fields") for call in calls)

    worker = PushWorker(world.links)
    for attempt in (1, 2):
        await tell(world, "user_graded", graded(world, attempt=attempt))
        while await worker.run_once():
            pass
    assert asked(await world.calls("crm")) == 1
    world.clock.advance(3601)
    await tell(world, "user_graded", graded(world, attempt=3))
    while await worker.run_once():
        pass
    assert asked(await world.calls("crm")) == 2
