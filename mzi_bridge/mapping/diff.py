"""What a row would change, field by field: for previews and for what the demo prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from mzi_bridge.mapping.content_hash import META
from mzi_bridge.mapping.values import JsonValue


class FieldChange(Struct, frozen=True):
    """`column`, or `installments[5…1].amount` in a child; None before or after means empty."""

    column: str
    before: JsonValue
    after: JsonValue


def diff(
    stored: Mapping[str, Any],
    row: Mapping[str, Any],
    child_keys: Mapping[str, str] | None = None,
) -> tuple[FieldChange, ...]:
    """The changes that writing `row` over `stored` makes; columns the row leaves out stay.

    `stored` is a row as `local_mzi_get_rows` gives it ({} for a new record). `child_keys`
    (`ModuleMapping.child_keys`) says by which column the rows of a child are told apart;
    a child not in it is compared as one value.
    """
    keys = child_keys or {}
    changes: list[FieldChange] = []
    for name, after in row.items():
        if name in META:
            continue
        before = stored.get(name)
        if name in keys and isinstance(after, list):
            changes.extend(_child_changes(name, keys[name], before, after))
        elif before != after:
            changes.append(FieldChange(name, before, after))
    return tuple(changes)


def _child_changes(
    name: str, key: str, before: Any, after: list[Mapping[str, Any]]
) -> Iterator[FieldChange]:
    old = {row.get(key): row for row in before or () if isinstance(row, Mapping)}
    new = {row.get(key): row for row in after}
    for label, row in new.items():
        if label not in old:
            yield FieldChange(f"{name}[{label}]", None, dict(row))
            continue
        for column, value in row.items():
            if old[label].get(column) != value:
                yield FieldChange(f"{name}[{label}].{column}", old[label].get(column), value)
    for label, row in old.items():
        if label not in new:
            yield FieldChange(f"{name}[{label}]", dict(row), None)
