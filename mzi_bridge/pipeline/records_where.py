"""Records of a module by the value of one field, asked of the CRM itself.

By COQL: exact, of this moment, one credit for 200 records. A search costs as much, but its index
lags behind writes and finds what contains the value, too; it stands in where the CRM answers no
query (a linking module, a token without the scope).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec import Struct

from mzi_bridge.errors import OperatorError
from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.pipeline.links import Links
from mzi_bridge.zoho.coql import OFFSET_LIMIT, ROW_LIMIT, quoted
from mzi_bridge.zoho.criteria import where
from mzi_bridge.zoho.errors import ScopeMissing
from mzi_bridge.zoho.naming import field_name, module_path
from mzi_bridge.zoho.rows import Page
from mzi_bridge.zoho.search import RESULT_LIMIT

Ask = Callable[[int], Awaitable[Page]]
"""The page of this number, counted from 0."""


class FoundIds(Struct, frozen=True):
    """`read_time` (epoch s, by the CRM's clock) is that of the first answer."""

    ids: tuple[str, ...]
    read_time: int


async def records_where(links: Links, module: str, field: str, value: str) -> FoundIds:
    """Those whose field is `value`, or looks up the record of this id; 10,000 at most.

    Raises BadArgument for what cannot stand in a query, and what the CRM's client raises.
    """
    name = field_name(field)
    condition = f"{name} = {quoted(value)}"
    statement = " ".join(("select", name, "from", module_path(module), "where", condition))
    criteria = where(field, "equals", value)

    async def query(number: int) -> Page:
        return await links.zoho.coql.select(statement, offset=number * ROW_LIMIT)

    async def search(number: int) -> Page:
        return await links.zoho.search.by_criteria(module, criteria, number + 1)

    try:
        return await _all(query, OFFSET_LIMIT // ROW_LIMIT, field, value)
    except (OperatorError, ScopeMissing):
        return await _all(search, RESULT_LIMIT // ROW_LIMIT, field, value)


def only_field(mapping: ModuleMapping, column: str) -> str | None:
    """The one field of the record that fills a column: itself, or the id of what it looks up."""
    paths = next((one.paths for one in mapping.columns if one.name == column), ())
    if len(paths) != 1:
        return None
    field, _, rest = paths[0].partition(".")
    return field if rest in ("", "id") else None


async def _all(ask: Ask, most: int, field: str, value: str) -> FoundIds:
    ids: list[str] = []
    first = page = await ask(0)
    for number in range(1, most + 1):
        # Neither way tells capitals from small letters.
        ids += [str(row["id"]) for row in page.records if _value(row, field) == value]
        if not page.more or number == most:
            break
        page = await ask(number)
    return FoundIds(tuple(ids), first.read_time)


def _value(row: Mapping[str, Any], field: str) -> Any:
    value = row.get(field)
    return value.get("id") if isinstance(value, Mapping) else value
