"""A mapping file changed module by module: what is not touched keeps its lines and comments."""

from __future__ import annotations

import json
from collections.abc import Mapping, MutableMapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Array, InlineTable, Table

from mzi_bridge.mapping.faults import FaultList, MappingErrors

LONG_ARRAY = 4


def module_tables(text: str) -> dict[str, dict[str, Any]]:
    """Every table [modules.X] as plain JSON values, by CRM module, in the order of the file.

    Raises MappingErrors if the text is no TOML.
    """
    modules = _document(text).unwrap().get("modules")
    if not isinstance(modules, dict):
        return {}
    return {name: table for name, table in modules.items() if isinstance(table, dict)}


def with_module(text: str, module: str, table: Mapping[str, Any] | None) -> str:
    """The file with [modules.`module`] as `table` says, or without it where that is None.

    Raises MappingErrors if the text is no TOML, or the table holds what TOML cannot (null).
    """
    document = _document(text)
    modules = document.setdefault("modules", tomlkit.table(is_super_table=True))
    if table is None:
        modules.pop(module, None)
        return tomlkit.dumps(document)
    try:
        if module in modules:
            _become(modules[module], table)
        else:
            modules[module] = _table(table)
        return tomlkit.dumps(document)
    except (TOMLKitError, ValueError, TypeError) as error:
        raise _fault(f"modules.{module}", f"cannot be written: {error}") from None


def _become(target: MutableMapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Changes only what differs, so that the lines of the rest stay as they are."""
    for name in [name for name in target if name not in wanted]:
        del target[name]
    for name, value in wanted.items():
        there = target.get(name)
        if there is not None and _same(_plain(there), value):
            continue
        if isinstance(there, Table | InlineTable) and isinstance(value, Mapping):
            _become(there, value)
        else:
            target[name] = _part(name, value)


_TABLES = frozenset({"columns", "closing", "photo"})
"""Parts of a module, or of its children, that stand as tables; a rule stands on one line."""


def _part(name: str, value: Any) -> Any:
    if isinstance(value, Mapping) and name == "children":
        children = tomlkit.table(is_super_table=bool(value))
        for child, wanted in value.items():
            children[child] = _table(wanted)
        return children
    return _table(value) if isinstance(value, Mapping) and name in _TABLES else _value(value)


def _table(wanted: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    # A plain value that came after a table would belong to the table.
    for name, value in sorted(wanted.items(), key=lambda item: isinstance(item[1], Mapping)):
        table[name] = _part(name, value)
    return table


def _inline(wanted: Mapping[str, Any]) -> InlineTable:
    inline = tomlkit.inline_table()
    for name, value in wanted.items():
        inline[name] = _value(value)
    return inline


def _value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _inline(value)
    if isinstance(value, list | tuple):
        array = tomlkit.array()
        for item in value:
            array.append(_value(item))
        return array.multiline(len(array) > LONG_ARRAY)
    return tomlkit.item(value)


def _same(one: Any, other: Any) -> bool:
    # As texts, for to Python 1 is True.
    return _text(one) == _text(other)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=repr)


def _plain(item: Any) -> Any:
    return item.unwrap() if isinstance(item, Table | InlineTable | Array) else _unwrapped(item)


def _unwrapped(item: Any) -> Any:
    unwrap = getattr(item, "unwrap", None)
    return unwrap() if unwrap is not None else item


def _document(text: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text)
    except (TOMLKitError, RecursionError) as error:
        raise _fault("", f"is no TOML: {error}") from None


def _fault(key: str, message: str) -> MappingErrors:
    faults = FaultList("mapping")
    faults.add(key, message)
    return faults.error()
