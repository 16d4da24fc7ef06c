"""One rule of a mapping file, checked and compiled to a column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from mzi_bridge.mapping.chain_types import article, chain_of
from mzi_bridge.mapping.chains import Chain, read_chain, read_money
from mzi_bridge.mapping.content_hash import META
from mzi_bridge.mapping.deny import DenyList
from mzi_bridge.mapping.paths import PARENT, is_path, reader
from mzi_bridge.mapping.preset import Column
from mzi_bridge.mapping.rules import COLUMN_NAME, Rule
from mzi_bridge.mapping.tables import Place, read_rule
from mzi_bridge.mapping.values import Absent, Unfit

RESERVED = META | {"id", "synced_at", "deleted_at", "timecreated", "timemodified"}
"""Columns that the bridge or the plugin fills itself."""


def compile_columns(
    rules: Mapping[str, Any], key: str, place: Place, deny: DenyList, *, in_child: bool = False
) -> tuple[Column, ...]:
    """The columns of a module or child. The `key` column must be among them and is required."""
    if key and key not in rules:
        place.add("", f'the key column "{key}" is missing')
    columns: list[Column] = []
    for name, rule in rules.items():
        here = place.at(name)
        if name in RESERVED:
            here.add("", "is filled by the bridge or the plugin and cannot be mapped")
        elif re.fullmatch(COLUMN_NAME, name) is None:
            here.add("", "a column name has small letters, digits and _, beginning with a letter")
        column = compile_column(name, rule, here, deny, in_child=in_child)
        if column is not None:
            columns.append(column if name != key else _as_key(column, here, in_child))
    return tuple(columns)


def _as_key(column: Column, place: Place, in_child: bool) -> Column:
    if column.type != "id" and not (in_child and column.type == "text"):
        place.add("type", f"a key is a CRM id, which {article(column.type)} column cannot hold")
    return replace(column, required=True)


def compile_column(
    name: str, raw: Any, place: Place, deny: DenyList, *, in_child: bool = False
) -> Column | None:
    """A column, or None after its faults were added at `place`.

    A bare field name stands for `{ from = "…" }`. Without a type, a path ending in `id` gives
    an id, a transform what it gives, anything else text.
    """
    rule = _rule(raw, place)
    if rule is None:
        return None
    before = place.count()
    _check_paths(rule, place, deny, in_child)
    chain = chain_of(rule, place)
    if place.count() > before or chain is None:
        return None
    return _column(name, rule, chain, place, deny)


def _rule(raw: Any, place: Place) -> Rule | None:
    if isinstance(raw, str):
        raw = {"from": raw}
    if not isinstance(raw, dict):
        place.add("", 'a field name or a rule { from = "…" } was expected')
        return None
    return read_rule(Rule, raw, place)


def _check_paths(rule: Rule, place: Place, deny: DenyList, in_child: bool) -> None:
    for key, path in _all_paths(rule):
        steps = path.split(".")
        if not is_path(path):
            place.add(key, f'"{path}" is no field name and no path into a lookup')
        elif steps[0] == PARENT and (not in_child or len(steps) < 2):
            place.add(key, '"parent." is for the columns of a child and needs a field after it')
        denied = deny.first_denied((path, *steps))
        if denied is not None:
            place.add(key, f'"{denied[0]}" must not be read (deny list: {denied[1]})')
    if in_child and rule.subforms:
        place.add("subforms", "a row of a subform holds no subforms")


def _all_paths(rule: Rule) -> Iterator[tuple[str, str]]:
    for path in rule.paths:
        yield "from", path
    if rule.currency is not None:
        yield "currency", rule.currency
    for subform, fields in (rule.subforms or {}).items():
        for name in (subform, *fields):
            yield f"subforms.{subform}", name


def _column(name: str, rule: Rule, chain: Chain, place: Place, deny: DenyList) -> Column | None:
    try:
        read = read_chain(rule, chain, deny)
        if rule.currency is not None:
            read = read_money(rule, chain, deny, reader(rule.currency))
        if "constant" in chain.names and isinstance(read({}), Absent | None):
            place.add("value", "a constant needs a value")
    except Unfit as unfit:
        key = "value" if "constant" in chain.names else "default"
        place.add(key, unfit.message)
        return None
    strict_map = rule.values is not None and rule.otherwise is None
    return Column(
        name=name,
        type=chain.type,
        paths=rule.paths,
        beside=(rule.currency,) if rule.currency is not None else (),
        required=rule.required,
        read=read,
        transforms=rule.transform,
        max_length=rule.max_length,
        values=frozenset(rule.values or ()) if strict_map else None,
        subforms={name: tuple(fields) for name, fields in (rule.subforms or {}).items()},
    )
