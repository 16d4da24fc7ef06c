"""What would become of one record if it were carried over now; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from mzi_bridge.errors import MziError
from mzi_bridge.journal.records import HeldKind
from mzi_bridge.mapping import FieldChange, FieldFault, ModuleMapping, project
from mzi_bridge.mapping.values import FaultCode
from mzi_bridge.pipeline.brake import versions_of
from mzi_bridge.pipeline.foresee import changes_of, foresee
from mzi_bridge.pipeline.foresee_brake import ForeseenBrake, takes_away
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.resolve import resolve

ABSENT = "absent"


class Field(Struct, frozen=True):
    """One column, or one child list as a whole: what stands, what the record says.

    `sent` is False where the row leaves the column out, so that it would stay as it is.
    """

    column: str
    stands: Any
    says: Any
    sent: bool
    changes: bool


class Preview(Struct, frozen=True):
    """`action` in Moodle's words: inserted, updated, unchanged, stale, held, rejected; `discarded`
    where the operator has decided against the change; `absent` where the CRM shows no such
    record, which by itself does nothing. `changes` are the differences in detail, down to columns
    of child rows."""

    module: str
    record_id: str
    action: str
    fields: tuple[Field, ...] = ()
    changes: tuple[FieldChange, ...] = ()
    faults: tuple[FieldFault, ...] = ()
    reason: str = ""


async def preview(links: Links, mapping: ModuleMapping, record_id: str) -> Preview:
    """Reads the record, projects it, reads the row. Raises what the links raise."""
    module = mapping.module
    resolution = await resolve(links.zoho, mapping, [record_id])
    if record_id in resolution.refused:
        return _refused(module, record_id, resolution.refused[record_id])
    rows = await links.moodle.rows(mapping.entity, [record_id])
    stored = rows[0] if rows else None
    read = resolution.found.get(record_id)
    if read is None:
        return Preview(module, record_id, ABSENT, _fields(mapping, stored, {}))
    projection = project(mapping, read.record, read.read_time)
    if projection.row is None:
        fields = _fields(mapping, stored, {})
        return Preview(module, record_id, "rejected", fields, (), projection.faults, "projection")
    row, faults = projection.row, projection.faults
    fields = _fields(mapping, stored, row)
    changes = changes_of(mapping, stored or {}, row)
    refused = _refusals(mapping, row, await links.moodle.contract())
    if refused:
        faults = (*faults, *refused)
        return Preview(module, record_id, "rejected", fields, changes, faults, "moodle")
    action, _ = foresee(mapping, stored, row)
    if action == "updated" and takes_away(mapping, stored or {}, row):
        versions = versions_of(mapping, {record_id: row})
        held = await ForeseenBrake(links, mapping).hold(HeldKind.CLOSING, versions)
        action = held.get(record_id, action)
    return Preview(module, record_id, action, fields, changes, faults)


def _refused(module: str, record_id: str, error: MziError) -> Preview:
    return Preview(module, record_id, "rejected", reason=error.reason)


def _fields(
    mapping: ModuleMapping, stored: Mapping[str, Any] | None, row: Mapping[str, Any]
) -> tuple[Field, ...]:
    changed = {c.column.split("[")[0] for c in changes_of(mapping, stored or {}, row)}
    names = [column.name for column in mapping.columns]
    names += [child.name for child in mapping.children]
    return tuple(
        Field(name, (stored or {}).get(name), row.get(name), name in row, name in changed)
        for name in names
    )


def _refusals(
    mapping: ModuleMapping, row: Mapping[str, Any], contract: Mapping[str, Any]
) -> tuple[FieldFault, ...]:
    """What the plugin's own description says it would refuse: unknown columns, long texts."""
    entity = contract["entities"].get(mapping.entity)
    if entity is None:
        return (FieldFault("", mapping.entity, FaultCode.INVALID_VALUE, "no such entity"),)
    known = {entity["key"], "modified_time", "read_time", "content_hash", *entity["children"]}
    sources = {column.name: column.source for column in mapping.columns}
    faults = []
    for name, value in row.items():
        column = entity["columns"].get(name)
        if column is None and name not in known:
            message = "Moodle's table has no such column"
            faults.append(FieldFault(name, sources.get(name, ""), FaultCode.INVALID_VALUE, message))
        elif column is not None and _is_too_long(column, value):
            message = f"a text of at most {column['length']} characters was expected"
            faults.append(FieldFault(name, sources.get(name, ""), FaultCode.TOO_LONG, message))
    return tuple(faults)


def _is_too_long(column: Mapping[str, Any], value: Any) -> bool:
    longest = column.get("length") or 0
    return bool(longest and isinstance(value, str) and len(value) > longest)
