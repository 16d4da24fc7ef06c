"""What students ask for in an emulated world, and what becomes of it in the CRM."""

from __future__ import annotations

from typing import Any

from mzi_bridge.sandbox.moodle.requests import make_request
from tests.support.told import STUDENTS, pushed, tell
from tests.support.world import World

REQUESTS = "BTEC_Student_Requests"


async def ask(world: World, text: str = "Please", number: int = 0, **changes: Any) -> str:
    """A student makes a request; its number."""
    data = make_request(world.site, world.some(STUDENTS, number), changes.pop("files", ()))
    mark = data["request_number"]
    event = {
        "moodle_user_id": 12,
        "request_type": "Student Card",
        "reason": f"{text}\n[{mark}]",
        "request_date": "2026-11-21",
        "details": None,
        "timesubmitted": int(world.clock.now()),
        **data,
        **changes,
    }
    answer = await tell(world, "request_submitted", event)
    assert answer.success and not answer.reason, answer
    return str(mark)


def records(world: World, mark: str) -> list[Any]:
    """The CRM's requests with this mark, the first one first."""
    all_of_them = world.crm.records(REQUESTS)
    found = [i for i, r in all_of_them.items() if mark in str(r.values.get("Reason"))]
    return [all_of_them[i] for i in sorted(found)]


def known_as(world: World, mark: str) -> str | None:
    return world.site.requests[mark].zoho_id


async def step(world: World) -> None:
    """What was owed is tried, a quarter of an hour later."""
    world.clock.advance(900)
    await pushed(world)
