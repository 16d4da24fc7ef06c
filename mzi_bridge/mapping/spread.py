"""Fields side by side (`P1_description`, `P2_description`, …) made into rows, one per code.

The set of rows is known only when every field of it was sent: a list made of part of them would
delete the rest, so it is left alone and named instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from mzi_bridge.mapping.gathers import is_blank
from mzi_bridge.mapping.paths import PARENT
from mzi_bridge.mapping.preset import RowFault
from mzi_bridge.mapping.subforms import raw_rows
from mzi_bridge.mapping.values import ABSENT, FaultCode, Record, Unfit

SPREAD_FIELDS = ("code", "letter", "text")
"""What a spread row holds: the code (P1), its letters (P), the text of its field."""


class SpreadPart(Struct, frozen=True):
    """`cells`: code and field. `subform`: whose rows hold the fields, else the record itself."""

    cells: tuple[tuple[str, str], ...]
    subform: str | None

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(field for _, field in self.cells)


def spread_rows(parts: tuple[SpreadPart, ...]) -> Callable[[Record, RowFault], Any]:
    """One row per filled field, labelled by its code; ABSENT when the set was not fetched.

    Raises Unfit when only part of the record's own fields was sent. Of several subform rows that
    fill one field the first counts; the others are named.
    """

    def rows(record: Record, fault: RowFault) -> Any:
        found = [_texts(part, record, fault) for part in parts]
        if any(texts is ABSENT for texts in found):
            return ABSENT
        return [
            (code, _row(code, text, record))
            for texts in found
            for code, text in texts
            if not is_blank(text)
        ]

    return rows


def _texts(part: SpreadPart, record: Record, fault: RowFault) -> Any:
    if part.subform is not None:
        return _in_subform(part, part.subform, record, fault)
    missing = [field for field in part.fields if field not in record]
    if len(missing) == len(part.cells):
        return ABSENT
    if missing:
        raise Unfit(FaultCode.INCOMPLETE, f"{missing[0]} was not sent, so the list is not whole")
    return [(code, record[field]) for code, field in part.cells]


def _in_subform(part: SpreadPart, subform: str, record: Record, fault: RowFault) -> Any:
    raw = raw_rows(record, subform)
    if raw is ABSENT:
        return ABSENT
    taken: dict[str, Any] = {}
    for row in raw:
        if not isinstance(row, Mapping):
            raise Unfit(FaultCode.WRONG_TYPE, "rows of a subform were expected")
        for code, field in part.cells:
            text = row.get(field)
            if is_blank(text):
                continue
            if code in taken:
                source = f"{subform}.{field}"
                fault(code, source, FaultCode.DUPLICATE, "an earlier row already fills this field")
            else:
                taken[code] = text
    return [(code, taken[code]) for code, _ in part.cells if code in taken]


def _row(code: str, text: Any, record: Record) -> dict[str, Any]:
    return {"code": code, "letter": code.rstrip("0123456789"), "text": text, PARENT: record}
