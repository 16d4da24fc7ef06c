"""Lists of rows under a record: rows of a subform, or fields side by side spread into rows."""

from __future__ import annotations

import re
from itertools import chain
from typing import Any

from mzi_bridge.mapping.columns import compile_columns
from mzi_bridge.mapping.deny import DenyList
from mzi_bridge.mapping.paths import PARENT, field_of
from mzi_bridge.mapping.preset import Child, Column
from mzi_bridge.mapping.rules import ChildTable, Spread
from mzi_bridge.mapping.spread import SPREAD_FIELDS, SpreadPart, spread_rows
from mzi_bridge.mapping.subforms import subform_rows
from mzi_bridge.mapping.tables import Place, read_rule, read_table

_RANGE = re.compile(r"([A-Za-z]+)([0-9]{1,3})\.\.([A-Za-z]+)([0-9]{1,3})")
_CODE = re.compile(r"[A-Za-z]+[0-9]+")


def compile_child(name: str, raw: Any, place: Place, deny: DenyList) -> Child | None:
    """A child list, or None after its faults were added at `place`."""
    before = place.count()
    table = read_table(ChildTable, raw, place)
    if table is None:
        return None
    columns = compile_columns(table.columns, table.key, place.at("columns"), deny, in_child=True)
    if (table.subform is None) == (not table.spread):
        place.add("", 'either "subform" or "spread" says where the rows come from')
    parts = _spread_parts(table, place, deny)
    if table.subform is not None:
        _refuse_denied((table.subform,), place.at("subform"), deny)
    if table.spread:
        _check_spread_paths(columns, place.at("columns"))
    if place.count() > before:
        return None
    return (
        _from_subform(name, table, columns)
        if table.subform
        else _from_spread(name, table, columns, parts)
    )


def _check_spread_paths(columns: tuple[Column, ...], place: Place) -> None:
    for column in columns:
        for path in column.paths:
            if path not in SPREAD_FIELDS and not path.startswith(f"{PARENT}."):
                known = ", ".join(SPREAD_FIELDS)
                place.add(f"{column.name}.from", f"a spread row has only {known} and parent.…")


def _spread_parts(table: ChildTable, place: Place, deny: DenyList) -> tuple[SpreadPart, ...]:
    parts: list[SpreadPart] = []
    for number, raw in enumerate(table.spread):
        here = place.at("spread", str(number))
        spread = read_rule(Spread, raw, here)
        if spread is None:
            continue
        codes = tuple(chain.from_iterable(_codes(text, here) for text in spread.codes))
        if "{code}" not in spread.source:
            here.add("from", "must hold {code}, where the code stands in the field's name")
        part = SpreadPart(
            tuple((c, spread.source.replace("{code}", c)) for c in codes), spread.subform
        )
        _refuse_denied((*part.fields, spread.subform or ""), here.at("from"), deny)
        parts.append(part)
    codes_seen = [code for part in parts for code, _ in part.cells]
    for code in sorted({code for code in codes_seen if codes_seen.count(code) > 1}):
        place.add("spread", f'the code "{code}" is there twice')
    return tuple(parts)


def _codes(text: str, place: Place) -> tuple[str, ...]:
    """`P1..P3` → P1, P2, P3; a single code stands for itself."""
    match = _RANGE.fullmatch(text)
    if match is not None and match[1] == match[3] and int(match[2]) <= int(match[4]):
        return tuple(f"{match[1]}{n}" for n in range(int(match[2]), int(match[4]) + 1))
    if _CODE.fullmatch(text) is not None:
        return (text,)
    place.add("codes", f'"{text}" is no code like P1 and no range like P1..P10')
    return ()


def _refuse_denied(names: tuple[str, ...], place: Place, deny: DenyList) -> None:
    denied = deny.first_denied(names)
    if denied is not None:
        place.add("", f'"{denied[0]}" must not be read (deny list: {denied[1]})')


def _parent_fields(columns: tuple[Column, ...]) -> frozenset[str]:
    paths = (path for column in columns for path in (*column.paths, *column.beside))
    return frozenset(field_of(path) for path in paths if path.startswith(f"{PARENT}."))


def _from_subform(name: str, table: ChildTable, columns: tuple[Column, ...]) -> Child:
    subform = table.subform or ""
    paths = (path for column in columns for path in (*column.paths, *column.beside))
    taken = (path.split(".")[0] for path in paths if not path.startswith(f"{PARENT}."))
    return Child(
        name=name,
        key_column=table.key,
        columns=columns,
        rows=subform_rows(subform),
        source=subform,
        fields=_parent_fields(columns),
        subforms={subform: frozenset(taken)},
        is_spread=False,
    )


def _from_spread(
    name: str, table: ChildTable, columns: tuple[Column, ...], parts: tuple[SpreadPart, ...]
) -> Child:
    own = frozenset(chain.from_iterable(part.fields for part in parts if part.subform is None))
    return Child(
        name=name,
        key_column=table.key,
        columns=columns,
        rows=spread_rows(parts),
        source=", ".join(_first_and_last(part) for part in parts),
        fields=own | _parent_fields(columns),
        subforms={p.subform: frozenset(p.fields) for p in parts if p.subform is not None},
        is_spread=True,
    )


def _first_and_last(part: SpreadPart) -> str:
    return part.fields[0] if len(part.fields) == 1 else f"{part.fields[0]}…{part.fields[-1]}"
