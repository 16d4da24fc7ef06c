"""The school at the start of every history: built once a process, copied for every seed."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from mzi_bridge.sandbox.moodle import Site, load_contract, users_from_csv
from mzi_bridge.sandbox.moodle.contract import Contract
from mzi_bridge.sandbox.moodle.users import User
from mzi_bridge.sandbox.sample import generate, moodle_users, schema
from mzi_bridge.sandbox.sample.identity import Record
from mzi_bridge.sandbox.sample.pictures import portrait
from mzi_bridge.sandbox.schema import FieldSpec
from mzi_bridge.sandbox.zoho import Crm
from mzi_bridge.sandbox.zoho.attach import attach
from mzi_bridge.sandbox.zoho.channels import Channel
from mzi_bridge.sandbox.zoho.record import Attachment
from mzi_bridge.sandbox.zoho.record import Record as Kept
from tests.simulation.virtual_time import WorldClock

CANARY = "KANARI"
"""Stands in texts of every record; whatever keeps it keeps a personal value."""

PICTURED = "BTEC_Students"
UNPICTURED = 4
"""Every fourth student has no photo at the start."""

RECORDS = 20
STUDENTS = 24

SUBSETS = (
    ("BTEC_Students", "BTEC_Teachers", "BTEC"),
    ("BTEC_Registrations", "BTEC_Grades", "BTEC_Enrollments"),
    ("BTEC_Payments", "BTEC_Student_Requests", "BTEC_Classes"),
    ("Products", "BTEC_Grades", "BTEC_Payments"),
    ("BTEC_Teachers", "BTEC_Enrollments", "BTEC_Registrations"),
)
"""What a seed may map. None of them looks up another of its own set: a record shows the name
of what it looks up, and no notice tells of a change over there."""


@dataclass(frozen=True)
class Standing:
    """Everything after the first sync: the CRM, its channels, Moodle's rows and photos, the
    journal."""

    crm: bytes
    channels: tuple[Channel, ...]
    tables: bytes
    photos: bytes
    journal: bytes
    passed: float

    def new_crm(self) -> Crm:
        crm: Crm = pickle.loads(self.crm)  # noqa: S301
        return crm

    def fill(self, site: Site) -> None:
        tables: dict[str, list[tuple[dict[str, Any], dict[str, Any]]]]
        tables = pickle.loads(self.tables)  # noqa: S301
        for entity, rows in tables.items():
            table = site.tables[entity]
            for row, children in rows:
                stored = table.create(row[table.entity.key], 0)
                stored.row.update(row)
                stored.children.update(children)
        site.photos.update(pickle.loads(self.photos))  # noqa: S301


def kept_tables(site: Site) -> bytes:
    return pickle.dumps(
        {
            entity: [(stored.row, stored.children) for stored in table.all()]
            for entity, table in site.tables.items()
        }
    )


@cache
def contract() -> Contract:
    return load_contract()


@cache
def _records(students: int = STUDENTS) -> dict[str, list[Record]]:
    return generate("btec", students, 1)


@cache
def users() -> list[User]:
    return users_from_csv(moodle_users(_records()))


def new_crm(subset: tuple[str, ...], students: int = STUDENTS, most: int = RECORDS) -> Crm:
    """Every module, those of the subset cut to `most` and with a canary in each record."""
    crm = Crm(schema("btec"), WorldClock())
    for module, records in _records(students).items():
        chosen = records[:most] if module in subset else records
        for n, record in enumerate(chosen):
            crm.insert(module, _marked(module, record, n) if module in subset else record)
    if PICTURED in subset:
        for n, kept in enumerate(crm.records(PICTURED).values()):
            if n % UNPICTURED:
                attach_photo(crm, kept, n)
    del crm.history[:]
    return crm


def attach_photo(crm: Crm, record: Kept, n: int) -> None:
    """The n-th picture, with the canary in it and in its name."""
    attach(crm, record, f"Personal_photo {CANARY} {n}.png", portrait(n) + CANARY.encode())


def photo_of(record: Kept) -> Attachment | None:
    """The newest; of two of one second the one that came later."""
    return max(
        record.attachments.values(), key=lambda kept: (kept.created, int(kept.id)), default=None
    )


def had_photo(crm: Crm, record_id: str, picture: bytes, second: int) -> bool:
    """Whether it has this very picture, and had it before this second."""
    record = crm.get(PICTURED, record_id)
    kept = record.attachments.values() if record is not None else ()
    return any(one.content == picture and one.created < second for one in kept)


@cache
def _newcomers(module: str) -> list[Record]:
    found = _records()[module]
    return found[RECORDS:] or found


def newcomer(crm: Crm, module: str, draw: Random) -> Record:
    """The values of a record that nobody has entered yet, without an id."""
    model = draw.choice(_newcomers(module))
    fields = crm.layouts[module].stored
    values = {
        name: value
        for name, value in model.items()
        if name in fields and not _is_given(fields[name])
    }
    for name in crm.schema.modules[module].subform_by_name:
        if isinstance(model.get(name), list):
            values[name] = [
                {key: value for key, value in row.items() if key != "id"} for row in model[name]
            ]
    return _marked(module, values, draw.randrange(10**6))


def editable(crm: Crm, module: str) -> list[FieldSpec]:
    """Fields whose change no other record shows."""
    spec = crm.schema.modules[module]
    return [
        field
        for field in spec.fields
        if field.data_type in _VALUES
        and not _is_given(field)
        and field.api_name != spec.display_field
        and not field.api_name.endswith("Moodle_ID")
    ]


def new_value(field: FieldSpec, draw: Random) -> Any:
    if field.data_type == "picklist" and field.picklist:
        return draw.choice(field.picklist)
    if not field.mandatory and draw.random() < 0.1:
        return None
    kind = _VALUES[field.data_type]
    if kind == "text":
        return f"{CANARY} {draw.randrange(10**6)}"[: field.length or 40]
    if kind == "date":
        return f"20{draw.randrange(20, 30)}-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}"
    return draw.randrange(100)


_VALUES = {
    "text": "text",
    "textarea": "text",
    "picklist": "text",
    "date": "date",
    "integer": "number",
    "double": "number",
    "currency": "number",
}


def _is_given(field: FieldSpec) -> bool:
    return field.read_only or field.unique or field.auto_number is not False


def _marked(module: str, record: Record, n: int) -> Record:
    """With the canary in the first plain text that may hold it."""
    for field in schema("btec").modules[module].fields:
        if field.data_type in ("text", "textarea") and not _is_given(field):
            return {**record, field.api_name: f"{CANARY} {n}"[: field.length or 40]}
    return record
