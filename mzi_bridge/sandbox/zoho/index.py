"""Order and look-up for the records of one module, kept until the module changes.

A page of a 50,000-record module must not sort 50,000 records: sorted ids are cached per
(order, filter) and dropped at the next write; equality look-ups are built at their first use
and then kept up to date.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from mzi_bridge.sandbox.zoho.record import Record

CACHED_ORDERS = 16


def folded(value: Any) -> Any:
    """Texts compare without regard to case."""
    return value.casefold() if isinstance(value, str) else value


class ModuleIndex:
    def __init__(self, records: Mapping[str, Record]) -> None:
        self._records = records
        self._orders: dict[Hashable, list[str]] = {}
        self._equal: dict[str, dict[Any, dict[str, None]]] = {}

    def order(self, key: Hashable, build: Callable[[], list[str]]) -> list[str]:
        """The ids `build` gave for this key since the last change."""
        if key not in self._orders:
            if len(self._orders) >= CACHED_ORDERS:
                self._orders.pop(next(iter(self._orders)))
            self._orders[key] = build()
        return self._orders[key]

    def with_value(self, field: str, value: Any) -> list[str]:
        """Ids of the records whose field equals the value, oldest first."""
        if field not in self._equal:
            table: dict[Any, dict[str, None]] = {}
            for record in self._records.values():
                _note(table, record, field)
            self._equal[field] = table
        return list(self._equal[field].get(folded(value), ()))

    def forget(self, record: Record) -> None:
        """Call before the record changes or goes."""
        self._orders.clear()
        for field, table in self._equal.items():
            value = record.values.get(field)
            if not isinstance(value, list):
                table.get(folded(value), {}).pop(record.id, None)

    def learn(self, record: Record) -> None:
        """Call after the record has changed or come."""
        self._orders.clear()
        for field, table in self._equal.items():
            _note(table, record, field)


def _note(table: dict[Any, dict[str, None]], record: Record, field: str) -> None:
    value = record.values.get(field)
    if value is not None and not isinstance(value, list):
        table.setdefault(folded(value), {})[record.id] = None
