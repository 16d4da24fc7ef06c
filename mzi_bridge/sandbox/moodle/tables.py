"""The plugin's tables in memory: rows by CRM id, with their children."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from mzi_bridge.sandbox.moodle.contract import Entity, Table, TableField

Row = dict[str, Any]

META: Final = (
    "modified_time",
    "content_hash",
    "synced_at",
    "deleted_at",
    "timecreated",
    "timemodified",
)


@dataclass
class Stored:
    """A row with every column of its table, and each children list that was ever sent."""

    row: Row
    children: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def deleted(self) -> bool:
        return self.row["deleted_at"] is not None


class EntityTable:
    """`entity`'s rows; `tables` tells which columns exist and what they default to."""

    def __init__(self, entity: Entity, tables: Mapping[str, Table]) -> None:
        self.entity = entity
        self._blank = _blank(tables[entity.table].fields)
        self._child_blanks = {
            name: _blank(tables[child.table].fields) for name, child in entity.children.items()
        }
        self._rows: dict[str, Stored] = {}
        self._sorted: list[str] | None = None
        self._serial = count(1)
        self._child_serial = count(1)

    def get(self, zoho_id: str) -> Stored | None:
        return self._rows.get(zoho_id)

    def all(self) -> Iterable[Stored]:
        return self._rows.values()

    def create(self, zoho_id: str, now: int) -> Stored:
        """A new row of defaults under this id."""
        row = {**self._blank, "id": next(self._serial), self.entity.key: zoho_id}
        row["timecreated"] = row["timemodified"] = now
        stored = Stored(row)
        self._rows[zoho_id] = stored
        self._sorted = None
        return stored

    def set_children(self, stored: Stored, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Replaces the list as a whole, in the order given."""
        child = self.entity.children[name]
        blank = self._child_blanks[name]
        parent = {child.parent: stored.row[self.entity.key]}
        stored.children[name] = [
            {**blank, **values, **parent, "id": next(self._child_serial), **_order(blank, n)}
            for n, values in enumerate(rows)
        ]

    def after(self, zoho_id: str, limit: int) -> list[Stored]:
        """At most `limit` rows whose id sorts behind `zoho_id`."""
        if self._sorted is None:
            self._sorted = sorted(self._rows)
        start = bisect_right(self._sorted, zoho_id)
        return [self._rows[key] for key in self._sorted[start : start + limit]]


def _order(blank: Row, place: int) -> Row:
    return {"sortorder": place} if "sortorder" in blank else {}


def _blank(fields: Mapping[str, TableField]) -> Row:
    return {name: _default(spec) for name, spec in fields.items() if name != "id"}


def _default(spec: TableField) -> Any:
    if spec.default is None:
        return None
    return int(spec.default) if spec.type == "int" else str(spec.default)
