"""Ids, links between records and the system fields that every record carries."""

from __future__ import annotations

from enum import IntEnum
from random import Random
from typing import Any, Final

from mzi_bridge.sandbox.sample.calendar import moment

Record = dict[str, Any]

ORG_PREFIX: Final = "7300000"
USER: Final[dict[str, str]] = {
    "name": "Registrar Office",
    "id": "7300000000000680001",
    "email": "registrar@example.edu",
}


class Kind(IntEnum):
    """The two digits after the organisation's prefix: no two kinds share an id."""

    PROGRAM = 11
    UNIT = 12
    UNIT_ROW = 13
    TEACHER = 14
    CLASS = 15
    STUDENT = 16
    REGISTRATION = 17
    INSTALLMENT = 18
    PAYMENT = 19
    ENROLLMENT = 20
    GRADE = 21
    OUTCOME = 22
    REQUEST = 23
    REQUEST_ROW = 24
    LEAD = 25
    CONTACT = 26


PER_STUDENT: Final = 1000
"""A student's own records are numbered from student number × this."""

_OPENS: Final = 8 * 3600
_OPEN_SECONDS: Final = 9 * 3600
_LONGEST_EDIT: Final = 2 * 3600


def record_id(kind: Kind, number: int) -> str:
    """A 19-digit string, the length of live CRM ids."""
    return f"{ORG_PREFIX}{kind:02d}{number:010d}"


def link(record: Record, name_field: str) -> dict[str, str]:
    """The JSON of a lookup to `record`."""
    return {"name": record[name_field], "id": record["id"]}


def stamp(record: Record, rng: Random, created_day: int) -> Record:
    """Adds owner, author and times; `created_day` counts from REFERENCE and is below zero."""
    chance = rng.random()
    modified_day = created_day - int(created_day * chance)
    second = _OPENS + int(_OPEN_SECONDS * chance)
    later = second if modified_day > created_day else second + int(_LONGEST_EDIT * chance)
    record["Owner"] = USER
    record["Created_By"] = USER
    record["Modified_By"] = USER
    record["Created_Time"] = moment(created_day, second)
    record["Modified_Time"] = moment(modified_day, later)
    return record


def subform_row(row: Record, kind: Kind, number: int, parent: Record) -> Record:
    """A subform's row as a get-by-id shows it; the parent has its times already."""
    row["id"] = record_id(kind, number)
    row["Parent_Id"] = {"name": parent.get("Name"), "id": parent["id"]}
    row["Created_Time"] = parent["Created_Time"]
    row["Modified_Time"] = parent["Modified_Time"]
    return row
