"""The table of one CRM module in a mapping file, checked and compiled."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from mzi_bridge.mapping.children import compile_child
from mzi_bridge.mapping.closing import compile_closing
from mzi_bridge.mapping.columns import RESERVED, compile_columns
from mzi_bridge.mapping.deny import DenyList
from mzi_bridge.mapping.photos import compile_photo
from mzi_bridge.mapping.preset import READ_TIME, ModuleMapping
from mzi_bridge.mapping.rules import API_NAME, COLUMN_NAME, ModuleTable
from mzi_bridge.mapping.tables import Place, read_table


def compile_modules(
    tables: Mapping[str, Any], place: Place, deny: DenyList
) -> dict[str, ModuleMapping]:
    """The mappings by module name, in the order of the file; faulty ones are left out."""
    compiled: dict[str, ModuleMapping] = {}
    filled_by: dict[str, str] = {}
    for module, raw in tables.items():
        here = place.at(module)
        mapping = _compile_module(module, raw, here, deny)
        entity = raw.get("entity") if isinstance(raw, dict) else None
        if isinstance(entity, str) and filled_by.setdefault(entity, module) != module:
            here.add("entity", f'"{entity}" is filled by {filled_by[entity]} already')
        if mapping is not None:
            compiled[module] = mapping
    return compiled


def _compile_module(module: str, raw: Any, place: Place, deny: DenyList) -> ModuleMapping | None:
    before = place.count()
    table = read_table(ModuleTable, raw, place)
    if table is None:
        return None
    if re.fullmatch(API_NAME, module) is None:
        place.add("", "is no API name of a CRM module")
    columns = compile_columns(table.columns, table.key, place.at("columns"), deny)
    children = [
        compile_child(name, child, place.at("children", name), deny)
        for name, child in table.children.items()
    ]
    closing = compile_closing(table.closing, table.columns, columns, place.at("closing"))
    photo = compile_photo(table.photo, table.entity, place.at("photo"))
    _check_child_names(table, place.at("children"))
    _check_version(table.modified_time, place, deny)
    if place.count() > before:
        return None
    return ModuleMapping(
        module=module,
        entity=table.entity,
        key_column=table.key,
        columns=columns,
        children=tuple(child for child in children if child is not None),
        modified_time_field=None if table.modified_time == READ_TIME else table.modified_time,
        closing=closing,
        digest=_digest(raw),
        photo=photo,
    )


def _digest(raw: dict[str, Any]) -> str:
    # Photos are no part of a row.
    rows = {key: value for key, value in raw.items() if key != "photo"}
    return hashlib.sha256(json.dumps(rows, sort_keys=True, default=str).encode()).hexdigest()


def _check_child_names(table: ModuleTable, place: Place) -> None:
    for name in table.children:
        if name in table.columns:
            place.add(name, "duplicate target: a column has this name too")
        elif name in RESERVED or re.fullmatch(COLUMN_NAME, name) is None:
            place.add(name, "a child list cannot have this name")


def _check_version(field: str, place: Place, deny: DenyList) -> None:
    if re.fullmatch(API_NAME, field) is None:
        place.add("modified_time", f'a field name was expected, or "{READ_TIME}" for none')
    denied = deny.pattern_for(field)
    if denied is not None:
        place.add("modified_time", f'"{field}" must not be read (deny list: {denied})')
