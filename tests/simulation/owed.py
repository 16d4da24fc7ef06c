"""What the CRM, Moodle and the journal must hold of what Moodle told, once all is at rest."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tests.simulation.moodle_side import (
    COURSE,
    GRADES,
    KEY_FIELD,
    RELEASED,
    REQUESTS,
    ROWS,
    MoodleSide,
    Owed,
)
from tests.simulation.world import World

NEW_STATUS = "Marking completed"
BANDS = ((70, "D"), (60, "M"), (40, "P"), (0, "R"))
WRITTEN = {
    *("Grade", "Attempt_Number", "Attempt_Date", "Feedback", "Grader_Name", "BTEC_Unit"),
    *("BTEC_Grade_Name", "Student", "Class", KEY_FIELD),
}


def wrongs(world: World, side: MoodleSide) -> Iterator[str]:
    yield from _events(side)
    yield from _journal(world)
    yield from _grades(world, side)
    yield from _by_hand(world, side)
    yield from _links(world, side)
    yield from _requests(world, side)


def _events(side: MoodleSide) -> Iterator[str]:
    for one in side.told:
        if one.answer is None:
            yield f"an event was never answered: {one.body['event_type']}"


def _journal(world: World) -> Iterator[str]:
    for kind, key, state, reason in world.ask_journal(
        "SELECT kind, record_key, state, last_reason FROM pushes WHERE state != 'done'"
    ):
        yield f"{state}: {kind} {key} {reason}"
    (facts,) = world.ask_journal("SELECT count(*) FROM pushes WHERE sealed IS NOT NULL")[0]
    if facts:
        yield f"facts of {facts} writes are kept though they are done"


def _grades(world: World, side: MoodleSide) -> Iterator[str]:
    found: dict[str, list[Any]] = {}
    for record in world.crm.records(GRADES).values():
        key = str(record.values.get(KEY_FIELD) or "")
        if f"_{COURSE}_" in key:
            found.setdefault(key, []).append(record)
    for key in found.keys() - side.grades.keys():
        if any(record.id not in side.by_hand for record in found[key]):
            yield f"a grade that nobody told: {key}"
    for key, owed in side.grades.items():
        records = found.get(key, [])
        if len(records) != 1:
            yield f"{len(records)} records of grade {key}"
        for record in records:
            yield from _grade(key, owed, record)
            status = RELEASED if record.id in side.by_hand else NEW_STATUS
            if record.values["Grade_Status"] != status:
                yield f"grade {key} is {record.values['Grade_Status']}"


def _grade(key: str, owed: Owed, record: Any) -> Iterator[str]:
    data, values = owed.data, record.values
    percent = Decimal(data["finalgrade"]) * 100 / Decimal(data["grademax"])
    wanted = {
        "Grade": next(letter for least, letter in BANDS if percent >= least),
        "Attempt_Number": data["attempt"],
        "Feedback": data["feedback"],
        "Grader_Name": data["grader"],
        "BTEC_Unit": "Unit 1",
        "BTEC_Grade_Name": data["itemname"],
    }
    wrong = [name for name, value in wanted.items() if values[name] != value]
    for name, known in (("Student", "student_id"), ("Class", "class_id")):
        if values[name] != data["crm"][known]:
            wrong.append(name)
    if wrong:
        yield f"grade {key} is not as Moodle told it last: {wrong}"
    rows = sorted((row.values["LO_Code"], row.values["LO_Score"]) for row in record.rows[ROWS])
    if rows != sorted((one["code"], one["score"]) for one in data["outcomes"]):
        yield f"grade {key} has the outcomes {rows}"


def _by_hand(world: World, side: MoodleSide) -> Iterator[str]:
    for record_id, before in side.before.items():
        now = world.crm.records(GRADES)[record_id].values
        for name in before.keys() - WRITTEN:
            if now[name] != before[name]:
                yield f"a grade made by hand has another {name}"


def _links(world: World, side: MoodleSide) -> Iterator[str]:
    for (module, record_id), owed in side.links.items():
        for name, number in owed.data.items():
            if str(world.crm.records(module)[record_id].values[name]) != str(number):
                yield f"{module} {record_id} has another {name}"


def _requests(world: World, side: MoodleSide) -> Iterator[str]:
    for mark, files in side.requests.items():
        records = [
            record
            for record in world.crm.records(REQUESTS).values()
            if str(record.values.get("Reason")).endswith(f"[{mark}]")
        ]
        if len(records) != 1:
            yield f"{len(records)} records of request {mark}"
        for record in records[:1]:
            found = sorted(file.content.decode() for file in record.attachments.values())
            if found != files:
                yield f"request {mark} has {len(found)} files, not {len(files)}"
            if world.site.requests[mark].zoho_id != record.id:
                yield f"Moodle does not know the record of request {mark}"
