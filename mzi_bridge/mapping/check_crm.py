"""The CRM's end of a mapping: are the fields there, and do their types fit the rules?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mzi_bridge.mapping.crm_fields import (
    FEEDS,
    KNOWN_TYPES,
    LISTS,
    LOOKUPS,
    RECORD_IMAGE,
    ROWS,
    SYSTEM_FIELDS,
    CrmField,
)
from mzi_bridge.mapping.deny import DenyList
from mzi_bridge.mapping.finding import Finding, Severity
from mzi_bridge.mapping.nearest import nearest
from mzi_bridge.mapping.paths import PARENT
from mzi_bridge.mapping.preset import Child, Column, ModuleMapping

_ANY_TYPE = frozenset({"present_map", "rows"})


def crm_findings(
    mapping: ModuleMapping,
    fields: Sequence[CrmField],
    fields_by_module: Mapping[str, Sequence[CrmField]],
    deny: DenyList,
) -> Iterator[Finding]:
    """Missing fields, paths into what is no lookup, types that do not fit, fields nobody reads."""
    if not fields:
        message = "the CRM tells nothing of this module's fields, so they were not checked"
        yield Finding(Severity.WARNING, mapping.module, "", message)
        return
    own = {field.api_name: field for field in fields}
    for column in mapping.columns:
        yield from _column(mapping.module, f"columns.{column.name}", column, own)
    for child in mapping.children:
        yield from _child(mapping, child, own, fields_by_module)
    for subform in mapping.subforms:
        yield from _subform(mapping, subform, own, fields_by_module)
    yield from _closing(mapping, own)
    yield from _version(mapping, own)
    yield from _photo(mapping, own)
    yield from _unread(mapping, own, deny)


def subform_fields(
    subform: str, own: Mapping[str, CrmField], fields_by_module: Mapping[str, Sequence[CrmField]]
) -> dict[str, CrmField] | None:
    """The fields of a subform's rows, by the module it names or its own name; None if unknown."""
    field = own.get(subform)
    module = field.subform_module if field is not None and field.subform_module else subform
    found = fields_by_module.get(module, fields_by_module.get(subform))
    return {row.api_name: row for row in found} if found else None


def _column(
    module: str, key: str, column: Column, fields: Mapping[str, CrmField]
) -> Iterator[Finding]:
    for path in (*column.paths, *column.beside):
        name, *rest = path.split(".")
        if name == "id":
            continue
        field = fields.get(name)
        if field is None:
            near = nearest(name, fields)
            yield Finding(Severity.ERROR, module, key, f'the CRM has no field "{name}" here', near)
        elif rest and field.data_type not in LOOKUPS and field.data_type in KNOWN_TYPES:
            message = f'"{path}" goes into a lookup, but "{name}" is {field.data_type}'
            yield Finding(Severity.ERROR, module, key, message)
        elif not rest and path in column.paths:
            yield from _type(module, key, column, field)


def _type(module: str, key: str, column: Column, field: CrmField) -> Iterator[Finding]:
    if field.data_type not in KNOWN_TYPES or set(column.transforms) & _ANY_TYPE:
        return
    feeds = FEEDS[column.type]
    if {"lookup_id", "lookup_name"} & set(column.transforms):
        feeds = LOOKUPS
    elif "join" in column.transforms:
        feeds = LISTS
    if field.data_type not in feeds:
        message = f'"{field.api_name}" is {field.data_type}, which does not give {column.type}'
        yield Finding(Severity.ERROR, module, key, message)
    unknown = set(field.picklist) - column.values if column.values is not None else set()
    if unknown:
        listed = ", ".join(sorted(unknown))
        yield Finding(Severity.WARNING, module, key, f"the map does not know: {listed}")


def _child(
    mapping: ModuleMapping,
    child: Child,
    own: Mapping[str, CrmField],
    fields_by_module: Mapping[str, Sequence[CrmField]],
) -> Iterator[Finding]:
    key = f"children.{child.name}"
    for name in sorted(child.fields - own.keys()):
        message = f'the CRM has no field "{name}" here'
        yield Finding(Severity.ERROR, mapping.module, key, message, nearest(name, own))
    if child.is_spread:
        return
    rows = subform_fields(child.source, own, fields_by_module)
    for column in child.columns if rows is not None else ():
        if not any(path.startswith(f"{PARENT}.") for path in column.paths):
            yield from _column(mapping.module, f"{key}.columns.{column.name}", column, rows or {})


def _subform(
    mapping: ModuleMapping,
    subform: str,
    own: Mapping[str, CrmField],
    fields_by_module: Mapping[str, Sequence[CrmField]],
) -> Iterator[Finding]:
    field = own.get(subform)
    if field is None:
        near = nearest(subform, [name for name, f in own.items() if f.data_type in ROWS] or own)
        yield Finding(Severity.ERROR, mapping.module, subform, "the CRM has no such subform", near)
        return
    if field.data_type not in ROWS:
        message = f"is {field.data_type}, not a subform"
        yield Finding(Severity.ERROR, mapping.module, subform, message)
        return
    rows = subform_fields(subform, own, fields_by_module)
    if rows is None:
        message = "the fields of this subform are not known, so they were not checked"
        yield Finding(Severity.INFO, mapping.module, subform, message)
        return
    for key, wanted in _wanted(mapping, subform):
        for name in sorted(wanted - rows.keys() - {"id"}):
            message = f'the subform "{subform}" has no field "{name}"'
            yield Finding(Severity.ERROR, mapping.module, key, message, nearest(name, rows))


def _wanted(mapping: ModuleMapping, subform: str) -> Iterator[tuple[str, frozenset[str]]]:
    """What JSON columns and spread lists take of a subform; a list's own columns say theirs."""
    for column in mapping.columns:
        yield f"columns.{column.name}", frozenset(column.subforms.get(subform, ()))
    for child in mapping.children:
        if child.is_spread:
            yield f"children.{child.name}", child.subforms.get(subform, frozenset())


def _closing(mapping: ModuleMapping, own: Mapping[str, CrmField]) -> Iterator[Finding]:
    """A column whose picklist knows none of its closing values: most likely they are misspelt."""
    for column in mapping.columns:
        values = mapping.closing.get(column.name)
        if values is None or set(column.transforms) - {"strip"} or len(column.paths) != 1:
            continue
        field = own.get(column.paths[0])
        if field is not None and field.picklist and not set(values) & set(field.picklist):
            near = nearest(values[0], field.picklist)
            message = f'no value of "{field.api_name}" closes: the brake never holds a change of it'
            yield Finding(Severity.WARNING, mapping.module, f"closing.{column.name}", message, near)


def _version(mapping: ModuleMapping, own: Mapping[str, CrmField]) -> Iterator[Finding]:
    field = mapping.modified_time_field
    if field is None:
        return
    if field not in own:
        message = f'the CRM lists no "{field}" here: where a record has none, the read time counts'
        yield Finding(Severity.INFO, mapping.module, "modified_time", message)
    elif own[field].data_type != "datetime" and own[field].data_type in KNOWN_TYPES:
        message = f'"{field}" is {own[field].data_type}, not a datetime'
        yield Finding(Severity.ERROR, mapping.module, "modified_time", message)


def _photo(mapping: ModuleMapping, own: Mapping[str, CrmField]) -> Iterator[Finding]:
    if mapping.photo is not None and mapping.photo.record_image and RECORD_IMAGE not in own:
        message = f'the CRM lists no "{RECORD_IMAGE}" here: are record images switched on?'
        yield Finding(Severity.INFO, mapping.module, "photo.record_image", message)


def _unread(
    mapping: ModuleMapping, own: Mapping[str, CrmField], deny: DenyList
) -> Iterator[Finding]:
    for name in own:
        if deny.pattern_for(name) is not None:
            yield Finding(Severity.INFO, mapping.module, name, "is never read (deny list)")
        elif name not in mapping.source_fields and name not in SYSTEM_FIELDS:
            yield Finding(Severity.INFO, mapping.module, name, "no rule reads this CRM field")
