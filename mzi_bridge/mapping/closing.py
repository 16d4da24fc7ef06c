"""The `closing` table of a module: which values of a column take something from a student."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mzi_bridge.mapping.nearest import did_you_mean
from mzi_bridge.mapping.preset import Column
from mzi_bridge.mapping.tables import Place


def compile_closing(
    table: Mapping[str, Any], mapped: Mapping[str, Any], columns: Sequence[Column], place: Place
) -> dict[str, tuple[str, ...]]:
    """Column → its closing values, as they stand in the row; faults are added at `place`.

    `mapped` are the rules of the module by column, `columns` those of them that are sound.
    """
    sound = {column.name: column for column in columns}
    closing: dict[str, tuple[str, ...]] = {}
    for name, values in table.items():
        column = sound.get(name)
        if column is None:
            if name not in mapped:
                place.add(name, f"no such column is mapped{did_you_mean(name, mapped)}")
        elif column.type != "text":
            place.add(name, f"only a text column can close, and this one is {column.type}")
        elif not _are_texts(values):
            place.add(name, "a list of texts was expected")
        else:
            closing[name] = tuple(dict.fromkeys(values))
    return closing


def _are_texts(values: Any) -> bool:
    return (
        isinstance(values, list)
        and bool(values)
        and all(isinstance(value, str) and value for value in values)
    )
