"""Texts that the CRM may hold and the plugin's column may not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mzi_bridge.mapping.check_crm import subform_fields
from mzi_bridge.mapping.contract import Contract, ContractColumn
from mzi_bridge.mapping.crm_fields import CrmField
from mzi_bridge.mapping.finding import Finding, Severity
from mzi_bridge.mapping.preset import Column, ModuleMapping

_MAKES_OWN_TEXT = frozenset({"present_map", "map", "currency", "constant"})


def length_findings(
    mapping: ModuleMapping,
    fields: Sequence[CrmField],
    fields_by_module: Mapping[str, Sequence[CrmField]],
    plugin: Contract,
) -> Iterator[Finding]:
    """A warning for each text whose CRM field is longer than its column and has no `max_length`.

    The plugin refuses a row with a text too long; `max_length` leaves out that column alone.
    """
    entity = plugin.entities.get(mapping.entity)
    if entity is None:
        return
    own = {field.api_name: field for field in fields}
    yield from _columns(mapping.module, "columns", mapping.columns, own, entity.columns)
    for child in mapping.children:
        known = entity.children.get(child.name)
        rows = None if child.is_spread else subform_fields(child.source, own, fields_by_module)
        if known is not None and rows is not None:
            place = f"children.{child.name}.columns"
            yield from _columns(mapping.module, place, child.columns, rows, known.columns)


def _columns(
    module: str,
    place: str,
    columns: Sequence[Column],
    fields: Mapping[str, CrmField],
    known: Mapping[str, ContractColumn],
) -> Iterator[Finding]:
    for column in columns:
        target = known.get(column.name)
        if column.type != "text" or target is None or not target.length:
            continue
        key = f"{place}.{column.name}"
        if column.max_length is not None:
            if column.max_length > target.length:
                message = f"max_length is more than the {target.length} the column holds"
                yield Finding(Severity.WARNING, module, key, message)
            continue
        longest = _longest(column, fields)
        if longest > target.length:
            message = f"the CRM allows {longest} characters, the column holds {target.length}"
            yield Finding(Severity.WARNING, module, key, message)


def _longest(column: Column, fields: Mapping[str, CrmField]) -> int:
    """What the CRM allows for values that pass as they are; of a path into a lookup, unknown."""
    if not _MAKES_OWN_TEXT.isdisjoint(column.transforms):
        return 0
    lengths = [_length(fields[path]) for path in column.paths if path in fields]
    return sum(lengths) if "concat" in column.transforms else max(lengths, default=0)


def _length(field: CrmField) -> int:
    # The length of a picklist or an auto-number is nominal; its values are what counts.
    if field.picklist:
        return max(len(word) for word in field.picklist)
    return 0 if field.data_type in ("picklist", "autonumber") else field.length or 0
