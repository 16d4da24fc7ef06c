"""The list of deleted records: the proof a deletion needs.

The recycle bin is kept 60 days, the list of permanent deletions 120; names and deleters in
the rows are dropped here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from mzi_bridge.zoho.errors import UnexpectedAnswer
from mzi_bridge.zoho.naming import module_path
from mzi_bridge.zoho.records import PAGE_LIMIT, page_params
from mzi_bridge.zoho.rows import page_of, text_of
from mzi_bridge.zoho.times import epoch, iso
from mzi_bridge.zoho.transport import Call, Sender

Kind = Literal["all", "recycle", "permanent"]


class DeletedRecord(Struct, frozen=True):
    """`deleted_time` is in epoch seconds, by the CRM's clock."""

    id: str
    deleted_time: int
    kind: Literal["recycle", "permanent"]


class DeletedPage(Struct, frozen=True):
    records: tuple[DeletedRecord, ...]
    more: bool
    read_time: int
    not_modified: bool = False


class Deleted:
    """The deleted-records family of one API version."""

    def __init__(self, transport: Sender, version: str) -> None:
        self._transport = transport
        self._root = f"/crm/{version}"

    async def page(
        self,
        module: str,
        page: int = 1,
        per_page: int = PAGE_LIMIT,
        *,
        since: datetime | None = None,
        kind: Kind = "all",
    ) -> DeletedPage:
        """One page of deletions, counted from 1, in no documented order. `since` includes
        its own second. Costs two credits."""
        call = Call(
            "deleted.page",
            "GET",
            f"{self._root}/{module_path(module)}/deleted",
            {"type": kind, **page_params(page, per_page)},
            if_modified_since=iso(since) if since else None,
            cost=2,
        )
        found = page_of(await self._transport.call(call), per_page=per_page)
        records = tuple(_deleted(row) for row in found.records)
        return DeletedPage(records, found.more, found.read_time, found.not_modified)


def _deleted(row: Mapping[str, Any]) -> DeletedRecord:
    record_id = text_of(row, "id")
    if record_id is None:
        raise UnexpectedAnswer("A row of the deleted records has no id.")
    kind: Literal["recycle", "permanent"] = (
        "permanent" if row.get("type") == "permanent" else "recycle"
    )
    return DeletedRecord(record_id, epoch(row.get("deleted_time")), kind)
