"""The whole service: an event comes in by HTTP and stands in the CRM."""

from __future__ import annotations

import json
from typing import Any

import anyio
import httpx2
from pydantic import SecretStr

from mzi_bridge.pipeline.duties import KEPT_DAYS, tidy_once
from mzi_bridge.sandbox.moodle.events import EventSender, envelope
from tests.support.told import GRADES, dead, found, graded, tell, values
from tests.support.told import pushed as work
from tests.support.world import BRIDGE_URL, World

KEY = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


async def test_a_signed_event_stands_in_the_crm(world: World) -> None:
    sender = EventSender(BRIDGE_URL, [KEY])
    changes: dict[str, Any] = {"push_linger": 0.0, "moodle_enabled": False}
    changes["event_secrets"] = (SecretStr(KEY),)
    written = anyio.Event()

    async def heard(request: httpx2.Request, response: httpx2.Response) -> httpx2.Response:
        if request.method == "POST" and request.url.path.endswith(f"/{GRADES}"):
            written.set()
        return response

    world.wires.rewrite = heard
    event = envelope("user_graded", graded(world), at=world.clock.now())
    with anyio.fail_after(60):
        async with world.serving(**changes) as http:
            answer = await sender.post(http, [event], world.clock.now())
            assert answer.status_code == 200, answer.text
            assert json.loads(answer.text)["success"]
            await written.wait()
    assert values(world)["Grade"] == "M"


async def test_what_is_owed_waits_while_writing_is_switched_off(world: World) -> None:
    sender = EventSender(BRIDGE_URL, [KEY])
    changes: dict[str, Any] = {"push_linger": 0.0, "push": False}
    changes["event_secrets"] = (SecretStr(KEY),)
    event = envelope("user_graded", graded(world), at=world.clock.now())
    async with world.serving(**changes) as http:
        await sender.post(http, [event], world.clock.now())
        await anyio.wait_all_tasks_blocked()
    assert found(world) == []
    assert (await world.links.journal.pushes.counts()).due == 1


async def test_tidying_forgets_old_events_and_the_facts_of_what_died(world: World) -> None:
    await tell(world, "user_graded", graded(world, crm={"student_id": "999"}))
    await work(world)
    world.clock.advance(86_400 * KEPT_DAYS["push_facts"] + 1)
    await tidy_once(world.links)
    assert [row.reason for row in await dead(world)] == ["facts_erased"]
    assert await world.links.journal.events.latest() is not None
    world.clock.advance(86_400 * KEPT_DAYS["moodle_events"])
    await tidy_once(world.links)
    assert await world.links.journal.events.latest() is None
