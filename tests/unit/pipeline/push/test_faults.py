"""What goes wrong on the way into the CRM: one bad row, a lost answer, a pause."""

from __future__ import annotations

import json
from typing import Any

import anyio

from mzi_bridge.journal.push_records import PushState
from mzi_bridge.pipeline.push.process import push
from mzi_bridge.pipeline.push.worker import PushWorker
from tests.support.told import GRADES, dead, found, graded, pushed, tell, values
from tests.support.world import World

REFUSED = "999999999999999999"


def crm_says(status: int, code: str) -> dict[str, Any]:
    body = {"code": code, "message": "", "status": "error", "details": {}}
    return {"kind": "status", "status": status, "body": json.dumps(body)}


async def test_one_refused_row_keeps_no_good_one_from_arriving(world: World) -> None:
    await tell(world, "user_graded", graded(world))
    await tell(world, "user_graded", graded(world, attempt=2, crm={"student_id": REFUSED}))
    await tell(world, "user_graded", graded(world, attempt=3))
    await pushed(world)
    assert len(found(world)) == len(found(world, "12_3_9_3")) == 1
    (letter,) = await dead(world)
    assert (letter.record_key, letter.reason) == ("12_3_9_2", "invalid_data")
    assert "Student" in letter.message and REFUSED not in letter.message


async def test_a_lost_answer_leads_to_no_second_record(world: World) -> None:
    await world.disturb("crm", {"kind": "lost_reply"}, times=1, path_contains="/BTEC_Grades")
    await tell(world, "user_graded", graded(world))
    await pushed(world)
    assert len(found(world)) == 1
    assert (await world.links.journal.pushes.counts()).due == 1
    world.clock.advance(60)
    await pushed(world)
    assert len(found(world)) == 1
    assert (await world.links.journal.pushes.counts()).due == 0


async def test_facts_that_no_key_opens_are_dead_and_said_so(world: World) -> None:
    await tell(world, "user_graded", graded(world))
    world.links.journal.pushes._seal.open = lambda sealed: None  # type: ignore[method-assign]
    await pushed(world)
    assert [row.reason for row in await dead(world)] == ["sealed_lost"]
    assert found(world) == []


async def test_a_newer_event_brings_a_dead_grade_back(world: World) -> None:
    await tell(world, "user_graded", graded(world, crm={"student_id": REFUSED}))
    await pushed(world)
    await tell(world, "user_graded", graded(world))
    await pushed(world)
    assert values(world)["Grade"] == "M" and await dead(world) == []


async def test_reading_goes_on_while_writing_is_not_allowed(world: World) -> None:
    await world.disturb(
        "crm", crm_says(403, "NO_PERMISSION"), method="POST", path_contains="/BTEC_Grades"
    )
    await tell(world, "user_graded", graded(world))
    await pushed(world)
    record = world.some(GRADES)
    await world.carry(GRADES, record)
    assert world.stands(GRADES, record)
    await world.behave("crm")
    world.clock.advance(61)
    await pushed(world)
    assert values(world)["Grade"] == "M"
    assert not any("push" in name for name in await world.links.journal.links.all())


async def test_used_up_credits_cost_no_attempt(world: World) -> None:
    spent = crm_says(429, "") | {"headers": {"x-api-credits-remaining": "0"}}
    await world.disturb("crm", spent, times=1, path_contains="/BTEC_Grades")
    await tell(world, "user_graded", graded(world))
    await pushed(world)
    assert "zoho" in await world.links.journal.links.all()
    (row,) = await world.links.journal.pushes.list(PushState.DUE)
    assert (row.attempts, found(world)) == (0, [])
    world.clock.advance(3600)
    await pushed(world)
    assert values(world)["Grade"] == "M"
    assert await world.links.journal.links.all() == {}


async def test_a_write_that_kills_its_process_again_and_again_is_dead(world: World) -> None:
    await tell(world, "user_graded", graded(world))
    pushes = world.links.journal.pushes
    for _ in range(5):
        assert await pushes.claim(owner="killed", kinds=["grade"], lease_seconds=60) is not None
        world.clock.advance(61)
    await pushed(world)
    assert [row.reason for row in await dead(world)] == ["poison"]
    assert found(world) == []


async def test_a_pusher_that_stood_still_longer_than_its_lease_writes_nothing(
    world: World,
) -> None:
    await tell(world, "user_graded", graded(world))
    pushes = world.links.journal.pushes
    stale = await pushes.claim(owner="slow", kinds=["grade"], lease_seconds=60)
    assert stale is not None
    world.clock.advance(61)
    assert await pushes.claim(owner="other", kinds=["grade"], lease_seconds=60) is not None
    await push(world.links, stale)
    assert found(world) == [] and (await pushes.counts()).leased == 1


async def test_a_pusher_works_by_itself_until_it_is_stopped(world: World) -> None:
    done = anyio.Event()
    worker = PushWorker(world.links, on_pushed=lambda pushed: done.set())
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(worker.run)
            await anyio.wait_all_tasks_blocked()
            await tell(world, "user_graded", graded(world))
            await done.wait()
            worker.stop()
    assert values(world)["Grade"] == "M"
