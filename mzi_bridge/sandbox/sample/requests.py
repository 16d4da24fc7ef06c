"""What students ask for."""

from __future__ import annotations

from random import Random

from mzi_bridge.sandbox.sample import picklists as p
from mzi_bridge.sandbox.sample import words
from mzi_bridge.sandbox.sample.calendar import day
from mzi_bridge.sandbox.sample.identity import (
    PER_STUDENT,
    Kind,
    Record,
    link,
    record_id,
    stamp,
    subform_row,
)


def requests(n: int, rng: Random, student: Record, classes: list[Record]) -> list[Record]:
    """None, one or two."""
    return [_request(n, k, rng, student, classes) for k in range(n % 3)]


def _request(n: int, k: int, rng: Random, student: Record, classes: list[Record]) -> Record:
    asked = n // 3 + k
    kind = p.REQUEST_TYPES[asked % len(p.REQUEST_TYPES)]
    status = p.REQUEST_STATUSES[asked // 2 % len(p.REQUEST_STATUSES)]
    made = -rng.randrange(2, 120)
    record: Record = {
        "id": record_id(Kind.REQUEST, n * PER_STUDENT + k),
        "Name": f"REQ-{n * 2 + k + 1:07d}",
        "Student": link(student, "Display_Name"),
        "Moodle_User_ID": None,
        "Request_Type": kind,
        "Status": status,
        "Reason": words.REASONS[asked % len(words.REASONS)],
        "Fees_Amount": 10 if kind == "Student Card" else None,
        "Request_Date": day(made),
        "Handled_By": None,
        "Decision_Note": words.DECISION_NOTES.get(status),
    }
    stamp(record, rng, made)
    record["Change_Information"] = (
        [_change(n, k, student, record)] if kind == "Change Information" else []
    )
    drop = kind in ("Class Drop", "Enroll Next Semester")
    record["Requested_Classes"] = [_requested_class(n, k, classes, record)] if drop else []
    return record


def _change(n: int, k: int, student: Record, request: Record) -> Record:
    field = p.CHANGEABLE_FIELDS[n // 15 % len(p.CHANGEABLE_FIELDS)]
    row: Record = {
        "Field_Name": field,
        "Current_Value": student.get(field.replace(" ", "_")),
        "New_Value": f"New {field.lower()} {n + 1}",
    }
    return subform_row(row, Kind.REQUEST_ROW, n * PER_STUDENT + k * 10, request)


def _requested_class(n: int, k: int, classes: list[Record], request: Record) -> Record:
    taught = classes[k % len(classes)]
    row: Record = {"Moodle_Class_ID": str(n % 90 + 2), "Class_Title": taught["Class_Name"]}
    return subform_row(row, Kind.REQUEST_ROW, n * PER_STUDENT + k * 10 + 1, request)
