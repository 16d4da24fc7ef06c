"""Reading records: lists, `ids=`, by id, and the rows of a subform as a module."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from mzi_bridge.sandbox.schema import FieldSpec, ModuleSpec, SubformSpec
from mzi_bridge.sandbox.zoho.answers import answer, listed, nothing, page_of, paging
from mzi_bridge.sandbox.zoho.compare import sort_key
from mzi_bridge.sandbox.zoho.emulator import Emulator, emulator
from mzi_bridge.sandbox.zoho.layout import Layout, as_module
from mzi_bridge.sandbox.zoho.record import Record, Row
from mzi_bridge.sandbox.zoho.refusals import invalid_data
from mzi_bridge.sandbox.zoho.state import Crm
from mzi_bridge.sandbox.zoho.times import parse_since


async def list_records(request: Request) -> Response:
    """`GET /{module}`: a page; 204 without rows, 304 where nothing changed since."""
    parts = emulator(request)
    name = request.path_params["module"]
    if name not in parts.crm.schema.modules and (subform := parts.crm.subform(name)) is not None:
        return _list_rows(request, parts, *subform)
    module = parts.crm.module(name)
    page, per_page = paging(request)
    since = modified_since(request, parts.crm)
    sort_by, descending = _order(request, parts.crm.layouts[name])
    wanted = request.query_params.get("ids")
    order = Order(parts.crm, name, sort_by, descending, since)
    ids = order.everything() if wanted is None else order.of(listed(wanted))
    if since is not None and not ids:
        return nothing(304)
    rows, info = page_of(ids, page, per_page)
    if not rows:
        return nothing()
    info |= {"sort_by": sort_by, "sort_order": "desc" if descending else "asc"}
    records = parts.crm.records(module.api_name)
    return answer({"data": shown(parts, request, [records[key] for key in rows]), "info": info})


async def get_record(request: Request) -> Response:
    """`GET /{module}/{id}`: with its custom subforms; 204 for an unknown or deleted id."""
    parts = emulator(request)
    record = parts.crm.get(request.path_params["module"], request.path_params["record_id"])
    if record is None:
        return nothing()
    since = modified_since(request, parts.crm)
    if since is not None and record.modified < since:
        return nothing(304)
    only = _fields(request)
    return answer({"data": [parts.renderer.record(record, subforms=True, only=only)]})


def shown(parts: Emulator, request: Request, records: Sequence[Record]) -> list[dict[str, Any]]:
    """Records as a list shows them: without custom subforms, and with `fields` only those."""
    only = _fields(request)
    return [parts.renderer.record(record, subforms=False, only=only) for record in records]


def modified_since(request: Request, crm: Crm) -> int | None:
    """The If-Modified-Since in epoch seconds; the filter is inclusive. Raises Refusal."""
    text = request.headers.get("if-modified-since")
    if text is None:
        return None
    try:
        return parse_since(text, crm.zone)
    except ValueError:
        raise invalid_data(api_name="If-Modified-Since", expected_data_type="datetime") from None


def _fields(request: Request) -> frozenset[str] | None:
    text = request.query_params.get("fields")
    return None if not text else frozenset(name.strip() for name in text.split(","))


def _order(request: Request, layout: Layout) -> tuple[str, bool]:
    """(field, descending); an unknown field is passed over in silence."""
    sort_by = request.query_params.get("sort_by", "id")
    sort_order = request.query_params.get("sort_order", "desc").lower()
    if sort_order not in ("asc", "desc"):
        raise invalid_data(api_name="sort_order", expected_data_type="asc|desc")
    return sort_by if sort_by in layout.readable else "id", sort_order == "desc"


@dataclass(frozen=True)
class Order:
    """The order of a list: by a field, and of records changed `since`, if given."""

    crm: Crm
    module: str
    sort_by: str
    descending: bool
    since: int | None

    def everything(self) -> list[str]:
        """All ids of the module, from the index where this order was asked for before."""
        records = self.crm.records(self.module)
        key = (self.sort_by, self.descending, self.since)
        return self.crm.index(self.module).order(key, lambda: self._sorted(records.values()))

    def of(self, ids: Iterable[str]) -> list[str]:
        """Those of the ids that there are."""
        records = self.crm.records(self.module)
        return self._sorted(records[key] for key in ids if key in records)

    def _sorted(self, records: Iterable[Record]) -> list[str]:
        chosen = [each for each in records if self.since is None or each.modified >= self.since]
        chosen.sort(key=lambda record: int(record.id), reverse=self.descending)
        if self.sort_by != "id":
            field = self.crm.layouts[self.module].readable[self.sort_by]
            chosen.sort(key=sort_key(self.crm, field), reverse=self.descending)
        return [record.id for record in chosen]


def _list_rows(
    request: Request, parts: Emulator, module: ModuleSpec, field: FieldSpec, form: SubformSpec
) -> Response:
    page, per_page = paging(request)
    since = modified_since(request, parts.crm)
    sort_by, descending = _order(request, Layout(as_module(form)))
    rows: list[tuple[Record, Row]] = [
        (record, row)
        for record in parts.crm.records(module.api_name).values()
        for row in record.rows[field.api_name]
        if since is None or row.modified >= since
    ]
    if since is not None and not rows:
        return nothing(304)
    rows.sort(key=lambda pair: int(pair[1].id), reverse=descending)
    chosen, info = page_of(rows, page, per_page)
    if not chosen:
        return nothing()
    info |= {"sort_by": sort_by, "sort_order": "desc" if descending else "asc"}
    data = [parts.renderer.row(record, form, row) for record, row in chosen]
    return answer({"data": data, "info": info})
