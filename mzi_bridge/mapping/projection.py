"""A CRM record becomes a row of the plugin: pure, and an answer for any JSON whatsoever.

A field that does not fit is named and its column left out of the row, so that the plugin keeps
what it has. A record without a sound id, version or required field gives no row at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from mzi_bridge.mapping.content_hash import content_hash
from mzi_bridge.mapping.dates import epoch_seconds
from mzi_bridge.mapping.preset import Child, Column, ModuleMapping
from mzi_bridge.mapping.values import ABSENT, FaultCode, JsonValue, Record, Unfit


class FieldFault(Struct, frozen=True):
    """`column` of the row (`installments[0].amount` in a child), `source` path in the CRM.

    `message` says what was expected and never holds the value.
    """

    column: str
    source: str
    code: FaultCode
    message: str


class Projection(Struct, frozen=True):
    """`row` is ready for the plugin's JSON parameter; None when the record is rejected.

    `zoho_id` is known even of a rejected record, unless its id is at fault.
    """

    entity: str
    zoho_id: str | None
    row: Mapping[str, JsonValue] | None
    faults: tuple[FieldFault, ...]


def project(mapping: ModuleMapping, record: Mapping[str, Any], read_time: int) -> Projection:
    """The row of `record`, read from the CRM at `read_time` (UTC epoch seconds). Never raises."""
    if not isinstance(record, Mapping):
        fault = FieldFault("", mapping.module, FaultCode.WRONG_TYPE, "a record was expected")
        return Projection(mapping.entity, None, None, (fault,))
    faults: list[FieldFault] = []
    values: dict[str, Any] = {}
    sound = _read_columns(mapping.columns, record, values, faults, "")
    for child in mapping.children:
        rows = _child_rows(child, record, faults)
        if rows is not ABSENT:
            values[child.name] = rows
    modified_time = _modified_time(mapping.modified_time_field, record, read_time, faults)
    zoho_id = values.get(mapping.key_column)
    if not sound or modified_time is None:
        return Projection(mapping.entity, zoho_id, None, tuple(faults))
    digest = content_hash(values)
    values["modified_time"] = modified_time
    values["read_time"] = read_time
    values["content_hash"] = digest
    return Projection(mapping.entity, zoho_id, values, tuple(faults))


def _read_columns(
    columns: Sequence[Column],
    record: Record,
    values: dict[str, Any],
    faults: list[FieldFault],
    place: str,
) -> bool:
    """Puts the columns that fit into `values`; False when a required one is missing."""
    sound = True
    for column in columns:
        try:
            value = column.read(record)
        except Unfit as unfit:
            sound = sound and not column.required
            faults.append(FieldFault(place + column.name, column.source, unfit.code, unfit.message))
            continue
        if column.required and (value is ABSENT or value is None):
            sound = False
            message = "a value is required"
            faults.append(
                FieldFault(place + column.name, column.source, FaultCode.REQUIRED, message)
            )
        elif value is not ABSENT:
            values[column.name] = value
    return sound


def _child_rows(child: Child, record: Record, faults: list[FieldFault]) -> Any:
    def row_fault(label: str, source: str, code: FaultCode, message: str) -> None:
        faults.append(FieldFault(f"{child.name}[{label}]", source, code, message))

    try:
        raw = child.rows(record, row_fault)
    except Unfit as unfit:
        faults.append(FieldFault(child.name, child.source, unfit.code, unfit.message))
        return ABSENT
    if raw is ABSENT:
        return ABSENT
    rows: list[dict[str, Any]] = []
    seen: set[Any] = set()
    for label, source in raw:
        values: dict[str, Any] = {}
        if not _read_columns(child.columns, source, values, faults, f"{child.name}[{label}]."):
            continue
        key = values[child.key_column]
        if key in seen:
            row_fault(label, child.source, FaultCode.DUPLICATE, "another row has the same key")
            continue
        seen.add(key)
        rows.append(values)
    return rows


def _modified_time(
    field: str | None, record: Record, read_time: int, faults: list[FieldFault]
) -> int | None:
    """The record's version; `read_time` where the module has none, None when it is unreadable."""
    value = None if field is None else record.get(field)
    if value is None or value == "":
        return read_time
    try:
        seconds = epoch_seconds(value)
    except Unfit as unfit:
        faults.append(FieldFault("modified_time", field or "", unfit.code, unfit.message))
        return None
    return read_time if seconds is None else seconds
