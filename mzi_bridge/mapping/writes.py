"""The `writes` tables of a mapping file, compiled; and facts of Moodle made a row of the CRM."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mzi_bridge.mapping.dates import date_text
from mzi_bridge.mapping.deny import DenyList
from mzi_bridge.mapping.nearest import did_you_mean
from mzi_bridge.mapping.projection import FieldFault
from mzi_bridge.mapping.rules import API_NAME
from mzi_bridge.mapping.scalars import crm_id, storable
from mzi_bridge.mapping.tables import Place, read_rule
from mzi_bridge.mapping.values import FaultCode, JsonValue, Unfit
from mzi_bridge.mapping.write_rules import (
    KINDS,
    RowsTable,
    SourceTable,
    WriteField,
    WriteKind,
    WriteRows,
    WriteRule,
    WriteTable,
)

Facts = Mapping[str, Any]


def compile_writes(tables: Mapping[str, Any], place: Place, deny: DenyList) -> dict[str, WriteRule]:
    """The rules by kind; faulty ones are left out, their faults added at `place`."""
    compiled: dict[str, WriteRule] = {}
    for kind, raw in tables.items():
        here = place.at(kind)
        if kind not in KINDS:
            here.add("", f"no such kind of write{did_you_mean(kind, KINDS)}")
            continue
        before = here.count()
        table = read_rule(WriteTable, raw, here)
        rule = _compile(kind, table, here, deny) if table is not None else None
        if rule is not None and here.count() == before:
            compiled[kind] = rule
    return compiled


def project_write(
    rule: WriteRule, facts: Facts, *, new: bool
) -> tuple[dict[str, JsonValue], list[FieldFault]]:
    """The row that `facts` become, without its id, and what of them could not be sent.

    A fact that is absent leaves its field out, a null clears it. `new`: the record is not known
    to be there, so what `insert` says goes with it. Rows of a subform come from `outcomes`, or as
    they are from `details`; they are left out where the facts have none of these.
    """
    faults: list[FieldFault] = []
    row = _row(rule.fields, facts, "", faults)
    if new:
        row |= rule.insert
    if rule.rows is not None and "outcomes" in facts:
        row[rule.rows.subform] = [
            _row(rule.rows.fields, outcome, f"{rule.rows.subform}[{n}].", faults)
            for n, outcome in enumerate(facts["outcomes"])
        ]
    if KINDS[rule.kind].has_details:
        row |= facts.get("details") or {}
    return row, faults


def _row(
    fields: Sequence[WriteField], facts: Facts, label: str, faults: list[FieldFault]
) -> dict[str, JsonValue]:
    row: dict[str, JsonValue] = {}
    for field in fields:
        if field.fact not in facts:
            continue
        try:
            row[field.name] = _value(field, facts[field.fact])
        except Unfit as unfit:
            name = f"{label}{field.name}"
            faults.append(FieldFault(name, field.fact, unfit.code, unfit.message))
    return row


def _value(field: WriteField, value: Any) -> JsonValue:
    if value is None or value == "":
        return None
    if field.form == "lookup":
        return {"id": crm_id(value)}
    if field.form == "date":
        return date_text(value)
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, bool | int):
        return value
    raise Unfit(FaultCode.WRONG_TYPE, "a text or a whole number was expected")


def _compile(kind: str, table: WriteTable, place: Place, deny: DenyList) -> WriteRule:
    what = KINDS[kind]
    fields = _fields(table.fields, what.facts, place.at("fields"), deny)
    if not table.fields and not what.has_details:
        place.add("fields", "is missing: which CRM field is filled from what")
    _check_name(table.key, "key", what, fields, place)
    _check_name(table.mark, "mark", what, fields, place)
    _check_fields(table.insert, place.at("insert"), deny)
    for name in table.insert.keys() & table.fields.keys():
        place.add(f"insert.{name}", "is among the fields, too")
    return WriteRule(
        kind,
        table.module,
        fields,
        table.key,
        table.mark,
        dict(table.insert),
        _rows(table.rows, what, place.at("rows"), deny),
    )


_NAMED_BY = {"key": "key", "mark": "reason"}


def _check_name(
    field: str | None,
    way: str,
    what: WriteKind,
    fields: Sequence[WriteField],
    place: Place,
) -> None:
    """That the field by which records are known is named, and is filled."""
    if what.named_by != way:
        if field is not None:
            place.add(way, "this kind of write is known by something else")
        return
    fact = _NAMED_BY[way]
    if field is None:
        place.add(way, f'is missing: the CRM field that holds the fact "{fact}"')
    elif not any(one.name == field and one.fact == fact for one in fields):
        place.add(way, f'"{field}" must be among the fields and filled from "{fact}"')


def _rows(
    raw: dict[str, Any] | None, what: WriteKind, place: Place, deny: DenyList
) -> WriteRows | None:
    if raw is None:
        return None
    if not what.row_facts:
        place.add("", "this kind of write has no rows")
        return None
    table = read_rule(RowsTable, raw, place)
    if table is None:
        return None
    _check_fields([table.subform], place, deny)
    return WriteRows(table.subform, _fields(table.fields, what.row_facts, place.at("fields"), deny))


def _fields(
    raw: Mapping[str, Any], known: frozenset[str], place: Place, deny: DenyList
) -> tuple[WriteField, ...]:
    _check_fields(raw, place, deny)
    found = [_field(name, source, known, place) for name, source in raw.items()]
    return tuple(field for field in found if field is not None)


def _field(name: str, source: Any, known: frozenset[str], place: Place) -> WriteField | None:
    field: WriteField | None = None
    if isinstance(source, str):
        field = WriteField(name, source)
    elif isinstance(source, dict):
        table = read_rule(SourceTable, source, place.at(name))
        if table is None:
            return None
        if table.lookup is not None and table.date is None:
            field = WriteField(name, table.lookup, "lookup")
        elif table.date is not None and table.lookup is None:
            field = WriteField(name, table.date, "date")
    if field is None:
        place.add(name, 'a fact, { lookup = "…" } or { date = "…" } was expected')
    elif field.fact not in known:
        place.add(name, f'no fact is called "{field.fact}"{did_you_mean(field.fact, known)}')
        return None
    return field


def _check_fields(names: Iterable[str], place: Place, deny: DenyList) -> None:
    for name in names:
        if re.fullmatch(API_NAME, name) is None:
            place.add(name, f'"{name}" is no field name')
        elif (pattern := deny.pattern_for(name)) is not None:
            place.add(name, f'"{name}" must not be written (deny list: {pattern})')
