"""Records of any module: read by id, in pages, and written with a result for each row.

Custom subforms come only with `by_id`; a list or `by_ids` leaves their key out, which must
never be read as "empty" (observed by several v2 clients).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from mzi_bridge.zoho.errors import BadArgument
from mzi_bridge.zoho.naming import field_list, field_name, id_list, id_path, module_path
from mzi_bridge.zoho.rows import Page, RowResult, page_of, row_results
from mzi_bridge.zoho.times import iso
from mzi_bridge.zoho.transport import Call, Sender

PAGE_LIMIT = 200
ROW_LIMIT = 100

Row = Mapping[str, Any]


class Records:
    """The records family of one API version."""

    def __init__(self, transport: Sender, version: str) -> None:
        self._transport = transport
        self._root = f"/crm/{version}"

    async def by_id(self, module: str, record_id: str) -> Page:
        """The whole record with its subforms: a page of one, or of none if the CRM has no
        such record for this user."""
        path = f"{self._root}/{module_path(module)}/{id_path(record_id)}"
        return page_of(await self._transport.call(Call("records.by_id", "GET", path)))

    async def by_ids(
        self, module: str, ids: Sequence[str], fields: Sequence[str] | None = None
    ) -> Page:
        """Up to 100 records without subforms; ids the CRM does not know are left out."""
        params = {"ids": id_list(ids), "per_page": str(PAGE_LIMIT)}
        if fields:
            params["fields"] = field_list(fields)
        call = Call("records.by_ids", "GET", f"{self._root}/{module_path(module)}", params)
        return page_of(await self._transport.call(call), per_page=PAGE_LIMIT)

    async def page(
        self,
        module: str,
        page: int = 1,
        per_page: int = PAGE_LIMIT,
        *,
        modified_since: datetime | None = None,
        sort_by: str | None = None,
        sort_order: Literal["asc", "desc"] | None = None,
        fields: Sequence[str] | None = None,
    ) -> Page:
        """One page of a module, counted from 1. `modified_since` includes its own second;
        nothing changed gives `not_modified`. Zoho ignores a `sort_by` it does not know."""
        params = page_params(page, per_page)
        if sort_by:
            params["sort_by"] = field_name(sort_by)
        if sort_order:
            params["sort_order"] = sort_order
        if fields:
            params["fields"] = field_list(fields)
        call = Call(
            "records.page",
            "GET",
            f"{self._root}/{module_path(module)}",
            params,
            if_modified_since=iso(modified_since) if modified_since else None,
        )
        return page_of(await self._transport.call(call), per_page=per_page)

    async def insert(
        self, module: str, rows: Sequence[Row], *, trigger: Sequence[str] = ()
    ) -> list[RowResult]:
        """Creates up to 100 records. `trigger` names the automations to run (`workflow`,
        `approval`, `blueprint`): none by default, else the change comes back as a notice."""
        call = self._write("records.insert", "POST", module, rows, trigger)
        return row_results(await self._transport.call(call), len(rows), "insert")

    async def update(
        self, module: str, rows: Sequence[Row], *, trigger: Sequence[str] = ()
    ) -> list[RowResult]:
        """Changes up to 100 records, each row with its `id`; null clears a field, an absent
        key leaves it alone."""
        for row in rows:
            id_path(row.get("id", ""))
        call = self._write("records.update", "PUT", module, rows, trigger)
        return row_results(await self._transport.call(call), len(rows), "update")

    async def upsert(
        self,
        module: str,
        rows: Sequence[Row],
        *,
        duplicate_check_fields: Sequence[str] = (),
        trigger: Sequence[str] = (),
    ) -> list[RowResult]:
        """Inserts or updates up to 100 records, matched by the fields given (else by those
        the module marks unique); each result says which it was."""
        extra: dict[str, Any] = {}
        if duplicate_check_fields:
            extra["duplicate_check_fields"] = [field_name(f) for f in duplicate_check_fields]
        call = self._write("records.upsert", "POST", module, rows, trigger, "/upsert", extra)
        return row_results(await self._transport.call(call), len(rows), None)

    async def delete(
        self, module: str, ids: Sequence[str], *, trigger: Sequence[str] = ()
    ) -> list[RowResult]:
        """Moves up to 100 records to the recycle bin. A delete knows only one automation:
        workflows run if `trigger` names `workflow`."""
        params = {"ids": id_list(ids), "wf_trigger": str("workflow" in trigger).lower()}
        path = f"{self._root}/{module_path(module)}"
        call = Call("records.delete", "DELETE", path, params, write=True)
        return row_results(await self._transport.call(call), len(ids), "delete")

    def _write(
        self,
        operation: str,
        method: str,
        module: str,
        rows: Sequence[Row],
        trigger: Sequence[str],
        suffix: str = "",
        extra: Mapping[str, Any] | None = None,
    ) -> Call:
        if not 1 <= len(rows) <= ROW_LIMIT:
            raise BadArgument(f"Between 1 and {ROW_LIMIT} rows go in one call, not {len(rows)}.")
        return Call(
            operation,
            method,
            f"{self._root}/{module_path(module)}{suffix}",
            body={"data": list(rows), "trigger": list(trigger), **(extra or {})},
            write=True,
            cost=-(-len(rows) // 10),
        )


def page_params(page: int, per_page: int) -> dict[str, str]:
    """`page` and `per_page` as parameters. Raises BadArgument outside Zoho's bounds."""
    if page < 1 or not 1 <= per_page <= PAGE_LIMIT:
        raise BadArgument(f"Pages count from 1 and hold 1 to {PAGE_LIMIT} rows.")
    return {"page": str(page), "per_page": str(per_page)}
