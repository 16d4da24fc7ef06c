"""Rows of a subform, each seen together with the record it hangs under."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mzi_bridge.mapping.paths import PARENT
from mzi_bridge.mapping.preset import RowFault
from mzi_bridge.mapping.values import ABSENT, FaultCode, Record, Unfit


def subform_rows(subform: str) -> Callable[[Record, RowFault], Any]:
    """The rows of a subform: ABSENT when it was not fetched, none for null or an empty list.

    Raises Unfit when the field holds no list. A row that is no object is named and skipped.
    """

    def rows(record: Record, fault: RowFault) -> Any:
        raw = raw_rows(record, subform)
        if raw is ABSENT:
            return ABSENT
        found: list[tuple[str, Mapping[str, Any]]] = []
        for number, row in enumerate(raw):
            if isinstance(row, Mapping):
                found.append((str(number), {**row, PARENT: record}))
            else:
                fault(str(number), subform, FaultCode.WRONG_TYPE, "a row was expected")
        return found

    return rows


def raw_rows(record: Record, subform: str) -> Any:
    """The list as the CRM sent it; null and "" are a list without rows."""
    raw = record.get(subform, ABSENT)
    if raw is ABSENT:
        return ABSENT
    if raw is None or raw == "":
        return []
    if not isinstance(raw, list):
        raise Unfit(FaultCode.WRONG_TYPE, "rows of a subform were expected")
    return raw
