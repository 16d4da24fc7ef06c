"""`POST /coql`: a select over one module, with the limits of v2.

200 rows a call, offset to 10,000, 50 columns, 25 conditions, 50 values of `in`, 2 joins (columns
of looked-up records, `Student_ID.Last_Name`), no multi-line field in `where`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from mzi_bridge.sandbox.schema import FieldSpec
from mzi_bridge.sandbox.zoho.answers import answer, json_object, nothing
from mzi_bridge.sandbox.zoho.compare import (
    REFERENCES,
    kept_value,
    satisfies,
    sort_key,
    wanted_value,
)
from mzi_bridge.sandbox.zoho.coql_parser import PAGE_LIMIT, Condition, Query, Where, parse_query
from mzi_bridge.sandbox.zoho.emulator import emulator
from mzi_bridge.sandbox.zoho.record import Record
from mzi_bridge.sandbox.zoho.refusals import (
    Refusal,
    invalid_data,
    limit_exceeded,
    missing_field,
    unknown_module,
)
from mzi_bridge.sandbox.zoho.render import Renderer
from mzi_bridge.sandbox.zoho.state import Crm

OFFSET_LIMIT: Final = 10_000
COLUMN_LIMIT: Final = 50
CONDITION_LIMIT: Final = 25
IN_LIMIT: Final = 50
JOIN_LIMIT: Final = 2


async def run_query(request: Request) -> Response:
    """Rows with the columns asked for and their id; 204 without any."""
    parts = emulator(request)
    text = (await json_object(request)).get("select_query")
    if text is None:
        raise missing_field("select_query")
    if not isinstance(text, str):
        raise invalid_data(expected_data_type="text", api_name="select_query")
    query = parse_query(text)
    if query.module not in parts.crm.schema.modules:
        raise unknown_module()
    _within_limits(query)
    columns = {name: column_of(parts.crm, query.module, name) for name in query.columns}
    found = Selection(parts.crm, query).records()
    records = found[query.offset : query.offset + query.count]
    if not records:
        return nothing()
    rows = [_row(parts.renderer, columns, record) for record in records]
    more = query.offset + len(records) < len(found)
    return answer({"data": rows, "info": {"count": len(rows), "more_records": more}})


@dataclass(frozen=True)
class Column:
    """A column, or with `via` one of the record that a lookup points at."""

    crm: Crm
    field: FieldSpec
    via: FieldSpec | None = None

    def kept(self, record: Record) -> Any:
        """The canonical value; null where the looked-up record is not there."""
        if self.via is None:
            return kept_value(record, self.field.api_name)
        target = kept_value(record, self.via.api_name)
        joined = self.crm.get(self.via.lookup or "", target) if target is not None else None
        return None if joined is None else kept_value(joined, self.field.api_name)


class Selection:
    """The records a query means, in its order."""

    def __init__(self, crm: Crm, query: Query) -> None:
        self._crm = crm
        self._query = query
        self._conditions = {
            condition: self._bound(condition) for condition in _conditions(query.where)
        }

    def records(self) -> list[Record]:
        records = self._crm.records(self._query.module).values()
        found = [record for record in records if self._meets(self._query.where, record)]
        found.sort(key=lambda record: int(record.id))
        for name, descending in reversed(self._query.order):
            column = column_of(self._crm, self._query.module, name)
            if column.via is not None:
                raise _unknown_column(name)
            found.sort(key=sort_key(self._crm, column.field), reverse=descending)
        return found

    def _bound(self, condition: Condition) -> tuple[Column, tuple[Any, ...]]:
        column = column_of(self._crm, self._query.module, condition.column)
        if column.field.data_type == "textarea":
            raise Refusal("INVALID_QUERY", "data type not supported", column_name=condition.column)
        try:
            texts = condition.operator in ("like", "not_like")
            wanted = tuple(
                value if texts else wanted_value(column.field, value, self._crm)
                for value in condition.values
            )
        except ValueError:
            raise Refusal(
                "INVALID_QUERY",
                "value given seems to be invalid for the column",
                column_name=condition.column,
            ) from None
        return column, wanted

    def _meets(self, where: Where, record: Record) -> bool:
        if isinstance(where, Condition):
            column, wanted = self._conditions[where]
            value = column.kept(record)
            return satisfies(self._crm, column.field, value, where.operator, wanted)
        answers = (self._meets(part, record) for part in where.parts)
        return all(answers) if where.conjunction == "and" else any(answers)


def column_of(crm: Crm, module: str, name: str) -> Column:
    """The readable column, or one of the record it points at. Raises Refusal INVALID_QUERY."""
    lookup, dot, inner = name.partition(".")
    fields = crm.layouts[module].readable
    field = fields.get(lookup)
    if field is None:
        raise _unknown_column(name)
    if not dot:
        return Column(crm, field)
    if field.lookup is None or inner not in crm.layouts[field.lookup].readable:
        raise _unknown_column(name)
    return Column(crm, crm.layouts[field.lookup].readable[inner], field)


def _unknown_column(name: str) -> Refusal:
    return Refusal("INVALID_QUERY", "column given seems to be invalid", column_name=name)


def _within_limits(query: Query) -> None:
    conditions = list(_conditions(query.where))
    named = (*query.columns, *(condition.column for condition in conditions))
    joins = {name.partition(".")[0] for name in named if "." in name}
    if len(query.columns) > COLUMN_LIMIT:
        raise Refusal(
            "LIMIT_EXCEEDED", "select columns limit exceeded", clause="select", limit=COLUMN_LIMIT
        )
    if len(joins) > JOIN_LIMIT:
        raise Refusal("LIMIT_EXCEEDED", "join limit exceeded", clause="select", limit=JOIN_LIMIT)
    if len(conditions) > CONDITION_LIMIT:
        raise limit_exceeded(clause="where", limit=CONDITION_LIMIT)
    if any(len(c.values) > IN_LIMIT for c in conditions):
        raise limit_exceeded(clause="in", limit=IN_LIMIT)
    if query.count > PAGE_LIMIT:
        raise limit_exceeded(clause="limit", limit=PAGE_LIMIT)
    if query.offset > OFFSET_LIMIT:
        raise limit_exceeded(clause="offset", limit=OFFSET_LIMIT)


def _conditions(where: Where) -> Iterator[Condition]:
    if isinstance(where, Condition):
        yield where
    else:
        for part in where.parts:
            yield from _conditions(part)


def _row(renderer: Renderer, columns: dict[str, Column], record: Record) -> dict[str, Any]:
    row = {name: _shown(renderer, column, record) for name, column in columns.items()}
    return {**row, "id": record.id}


def _shown(renderer: Renderer, column: Column, record: Record) -> Any:
    kept = column.kept(record)
    if kept is None:
        return None
    if column.field.data_type in REFERENCES:
        return {"id": kept}
    return renderer.hour(kept) if column.field.data_type == "datetime" else kept
