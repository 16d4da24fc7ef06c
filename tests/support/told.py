"""What Moodle tells in an emulated world: events straight into the journal, then the pusher."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from mzi_bridge.journal.push_records import PushRow, PushState
from mzi_bridge.pipeline.intents import Terms
from mzi_bridge.pipeline.push.worker import drain_pushes
from mzi_bridge.pipeline.take_events import EventAnswer, MoodleEvent, take_into
from mzi_bridge.sandbox.moodle.events import grade
from tests.support.world import World

GRADES = "BTEC_Grades"
STUDENTS = "BTEC_Students"
CLASSES = "BTEC_Classes"
KEY_FIELD = "Moodle_Grade_Composite_Key"
ROWS = "Learning_Outcomes_Assessm"


async def tell(
    world: World, event_type: str, data: dict[str, Any], terms: Terms | None = None
) -> EventAnswer:
    """One event, a second after the last one."""
    world.clock.advance(1)
    take = take_into(world.links.journal, world.links.preset, world.clock, terms)
    event = MoodleEvent(str(uuid4()), event_type, int(world.clock.now() * 1000), data)
    (answer,) = await take([event])
    return answer


def graded(world: World, **changes: Any) -> dict[str, Any]:
    """A graded attempt of a student and a class that the CRM has."""
    crm = {
        "student_id": world.some(STUDENTS),
        "class_id": world.some(CLASSES),
        "grade_id": None,
        "unit_name": "Unit 1",
        **changes.pop("crm", {}),
    }
    return grade(crm=crm, **changes)


def outcome(code: str, score: str = "Achieved", **changes: Any) -> dict[str, Any]:
    return {
        "code": code,
        "identification": code,
        "title": f"Title {code}",
        "score": score,
    } | changes


async def pushed(world: World) -> None:
    """Until nothing is due."""
    await drain_pushes(world.links)


def found(world: World, key: str = "12_3_9_1") -> list[Any]:
    """The CRM's grades of this key: their record ids."""
    records = world.crm.records(GRADES).items()
    return [record_id for record_id, record in records if record.values.get(KEY_FIELD) == key]


def values(world: World, key: str = "12_3_9_1") -> dict[str, Any]:
    """The fields of the one grade of this key."""
    (record_id,) = found(world, key)
    return dict(world.crm.records(GRADES)[record_id].values)


def rows(world: World, key: str = "12_3_9_1") -> list[tuple[str, str]]:
    """Code and score of the grade's outcomes."""
    (record_id,) = found(world, key)
    kept = world.crm.records(GRADES)[record_id].rows[ROWS]
    return [(row.values["LO_Code"], row.values["LO_Score"]) for row in kept]


async def dead(world: World) -> list[PushRow]:
    return list(await world.links.journal.pushes.list(PushState.DEAD))


async def writes(world: World) -> int:
    """Calls of the CRM that write, since the start or since `forget_calls`."""
    return sum(
        call["method"] in ("POST", "PUT") and "/crm/" in call["path"]
        for call in await world.calls("crm")
    )
