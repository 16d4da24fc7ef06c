"""What of Moodle becomes which field of the CRM: the kinds of writes, and a rule for each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final, Literal

from msgspec import Struct, field
from pydantic import Field

from mzi_bridge.mapping.rules import API_NAME, StrictTable
from mzi_bridge.mapping.values import JsonValue

Form = Literal["plain", "lookup", "date"]
"""`plain`: as it is. `lookup`: a CRM id, sent as a lookup. `date`: a day,
YYYY-MM-DD."""


class WriteKind(Struct, frozen=True):
    """What a rule of this kind may name: facts of the record, facts of its rows.

    `named_by` is what finds the record: a unique field of the CRM that holds the fact `key`, the
    record's `id`, or a `mark` in a text field.
    """

    named_by: Literal["key", "id", "mark"]
    facts: frozenset[str]
    row_facts: frozenset[str] = frozenset()
    has_details: bool = False


KINDS: Final[Mapping[str, WriteKind]] = {
    "grade": WriteKind(
        "key",
        frozenset(
            [
                "key",
                "student_id",
                "class_id",
                "letter",
                "attempt",
                "graded_on",
                "feedback",
                "grader",
                "internal_verifier",
                "unit_name",
                "itemname",
                "userid",
                "courseid",
            ]
        ),
        frozenset(["code", "identification", "title", "definition", "score", "feedback"]),
    ),
    "student_link": WriteKind("id", frozenset({"userid"})),
    "class_link": WriteKind("id", frozenset({"courseid"})),
    "profile": WriteKind(
        "id",
        frozenset(
            [
                "username",
                "firstname",
                "lastname",
                "email",
                "idnumber",
                "phone1",
                "city",
                "country",
                "countryname",
            ]
        ),
    ),
    "request": WriteKind(
        "mark",
        frozenset(["student_id", "userid", "request_type", "reason", "request_date"]),
        has_details=True,
    ),
}


class SourceTable(StrictTable):
    """`{ lookup = "fact" }` or `{ date = "fact" }`."""

    lookup: str | None = None
    date: str | None = None


class RowsTable(StrictTable):
    """`[writes.X.rows]`: facts of each row, and the subform they go to."""

    subform: str = Field(pattern=API_NAME)
    fields: dict[str, Any] = Field(default_factory=dict)


class WriteTable(StrictTable):
    """`[writes.X]`: `fields` are sent always, `insert` only with a new record."""

    module: str = Field(pattern=API_NAME)
    key: str | None = None
    mark: str | None = None
    fields: dict[str, Any] = Field(default_factory=dict)
    insert: dict[str, str | int | bool] = Field(default_factory=dict)
    rows: dict[str, Any] | None = None


class WriteField(Struct, frozen=True):
    """CRM field `name` is filled from `fact`."""

    name: str
    fact: str
    form: Form = "plain"


class WriteRows(Struct, frozen=True):
    subform: str
    fields: tuple[WriteField, ...]


class WriteRule(Struct, frozen=True, dict=True):
    """How facts of one kind become a record of `module`.

    `key` is the unique field that names the record, `mark` the text field that carries the mark
    of a request; None where the kind has none.
    """

    kind: str
    module: str
    fields: tuple[WriteField, ...]
    key: str | None = None
    mark: str | None = None
    insert: Mapping[str, JsonValue] = field(default_factory=dict)
    rows: WriteRows | None = None

    @cached_property
    def facts(self) -> frozenset[str]:
        """The facts it takes: nothing else need be kept."""
        return frozenset(one.fact for one in self.fields)

    def writes(self, fact: str) -> tuple[str, ...]:
        """The CRM fields that are filled from `fact`."""
        return tuple(one.name for one in self.fields if one.fact == fact)
