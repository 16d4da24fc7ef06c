from __future__ import annotations

import json
from uuid import uuid4

import pytest

from mzi_bridge.pipeline.doctor_events import event_keys
from mzi_bridge.pipeline.take_events import MoodleEvent, take_into
from tests.support.told import GRADES, graded, pushed, tell
from tests.support.world import World
from tests.unit.pipeline.test_doctor import line, lines


async def test_a_working_way_back_is_said_to_be_well(world: World) -> None:
    seen = await lines(world)
    assert seen["writes into zoho"].state == seen["events of moodle"].state == "ok"
    assert seen[f"writing {GRADES}"].state == "ok"


async def test_looking_changes_nothing_in_the_crm(world: World) -> None:
    before = len(world.crm.history)
    await lines(world)
    assert len(world.crm.history) == before


async def test_a_user_who_may_not_write_is_told(world: World) -> None:
    body = {"code": "NO_PERMISSION", "message": "", "status": "error", "details": {}}
    fault = {"kind": "status", "status": 403, "body": json.dumps(body)}
    await world.disturb("crm", fault, method="PUT", path_contains=GRADES)
    state, detail, fix = await line(world, f"writing {GRADES}")
    assert (state, detail) == ("failed", "no_permission: the token's user may not") and fix


async def test_writes_that_were_given_up_are_told(world: World) -> None:
    await tell(world, "user_graded", graded(world, crm={"student_id": "999999999999999999"}))
    await pushed(world)
    assert (await line(world, "writes into zoho"))[:2] == ("warning", "0 owed, 1 given up")


async def test_writes_that_wait_too_long_are_told(world: World) -> None:
    await tell(world, "user_graded", graded(world))
    assert (await line(world, "writes into zoho"))[0] == "ok"
    world.clock.advance(3 * 3600)
    state, detail, _ = await line(world, "writes into zoho")
    assert (state, detail) == ("warning", "1 owed, 0 given up; the oldest for 3.0 h")


@pytest.mark.parametrize(
    ("changes", "state"),
    [({"queued": 3}, "ok"), ({"failed": 1}, "warning"), ({"oldest": 7200}, "warning")],
)
async def test_events_that_do_not_leave_moodle_are_told(
    world: World, changes: dict[str, int], state: str
) -> None:
    if "oldest" in changes:
        changes = {"queued": 1, "oldest": int(world.clock.now()) - changes["oldest"]}
    world.site.outbox.update(changes)
    assert (await line(world, "events of moodle"))[0] == state


@pytest.mark.parametrize(
    ("ahead", "state", "detail"),
    [
        (-7200, "ok", "came 3 min ago, 7200 s after it was"),
        (0, "ok", "came 3 min ago, 0 s after it was"),
        (200, "warning", "Moodle's clock was 200 s ahead of this one"),
    ],
)
async def test_a_clock_of_moodle_that_runs_ahead_is_told_by_its_last_event(
    world: World, ahead: int, state: str, detail: str
) -> None:
    assert (await line(world, "last event of moodle"))[1] == "none has come yet"
    take = take_into(world.links.journal, world.links.preset, world.clock)
    at = int((world.clock.now() + ahead) * 1000)
    await take([MoodleEvent(str(uuid4()), "user_graded", at, graded(world))])
    world.clock.advance(180)
    assert (await line(world, "last event of moodle"))[:2] == (state, detail)


def test_a_bridge_without_a_key_takes_no_event_and_says_so() -> None:
    assert (event_keys(True).state, event_keys(False).state) == ("ok", "warning")
