"""COQL: `select … from … where …`, a page at a time. Lookups come as `{"id": …}` only.

Bounds of v2 (Zoho's COQL-Limitations page): 200 rows a call, 50 columns, two joins, no
offset past 10,000.
"""

from __future__ import annotations

import re

from mzi_bridge.zoho.errors import BadArgument
from mzi_bridge.zoho.rows import Page, page_of
from mzi_bridge.zoho.transport import Call, Sender

ROW_LIMIT = 200
OFFSET_LIMIT = 10_000

_SELECT = re.compile(r"\s*select\s", re.IGNORECASE)
_LIMIT = re.compile(r"\s(limit\s+\d+(\s*,\s*\d+)?|offset\s+\d+)\s*$", re.IGNORECASE)


class Coql:
    """The query family of one API version. A query reads, though it is sent by POST."""

    def __init__(self, transport: Sender, version: str) -> None:
        self._transport = transport
        self._path = f"/crm/{version}/coql"

    async def select(self, statement: str, *, offset: int = 0, limit: int = ROW_LIMIT) -> Page:
        """Rows `offset` to `offset + limit` of the statement, which has no `limit` itself.

        Raises InvalidQuery for what Zoho cannot read, with line and column if it says so.
        """
        if not _SELECT.match(statement) or _LIMIT.search(statement):
            raise BadArgument("A COQL statement begins with select and has no limit of its own.")
        if offset < 0 or not 1 <= limit <= ROW_LIMIT or offset + limit > OFFSET_LIMIT:
            raise BadArgument(f"COQL gives {ROW_LIMIT} rows a call, up to row {OFFSET_LIMIT}.")
        query = f"{statement.strip()} limit {offset},{limit}"
        call = Call("coql.select", "POST", self._path, body={"select_query": query})
        return page_of(await self._transport.call(call), per_page=limit)


def quoted(text: str) -> str:
    """A text as a COQL literal, in single quotes, with quotes and backslashes escaped."""
    if "\n" in text or "\r" in text:
        raise BadArgument("A COQL literal is one line.")
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
