"""`GET /{module}/search`: criteria before e-mail before phone before word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from mzi_bridge.sandbox.zoho.answers import answer, nothing, page_of, paging
from mzi_bridge.sandbox.zoho.compare import TEXTS
from mzi_bridge.sandbox.zoho.criteria import compile_criteria, invalid_query, parse_criteria
from mzi_bridge.sandbox.zoho.emulator import Emulator, emulator
from mzi_bridge.sandbox.zoho.record import Record
from mzi_bridge.sandbox.zoho.records import shown
from mzi_bridge.sandbox.zoho.refusals import missing_param

RESULT_LIMIT: Final = 2000
SHORTEST_WORD: Final = 2

Test = Callable[[Record], bool]


async def search_records(request: Request) -> Response:
    """A page of what the index knows: writes younger than its lag are not there yet."""
    parts = emulator(request)
    module = parts.crm.module(request.path_params["module"]).api_name
    page, per_page = paging(request)
    test = _test(request, parts, module)
    found = [record for record in _indexed(parts, module) if test(record)]
    rows, info = page_of(found[:RESULT_LIMIT], page, per_page)
    if not rows:
        return nothing()
    return answer({"data": shown(parts, request, rows), "info": info})


def _indexed(parts: Emulator, module: str) -> Iterator[Record]:
    horizon = parts.crm.clock.now() - parts.switches.search_lag
    records = reversed(list(parts.crm.records(module).values()))
    return (record for record in records if record.modified <= horizon)


def _test(request: Request, parts: Emulator, module: str) -> Test:
    layout = parts.crm.layouts[module]
    wanted = {
        name: text
        for name in ("criteria", "email", "phone", "word")
        if (text := request.query_params.get(name))
    }
    if "criteria" in wanted:
        criteria = parse_criteria(wanted["criteria"])
        return compile_criteria(parts.crm, layout.readable, criteria).matches
    if not wanted:
        raise missing_param("criteria")
    kinds = {name: field.data_type for name, field in layout.stored.items()}
    if "email" in wanted:
        return _equals([name for name, kind in kinds.items() if kind == "email"], wanted["email"])
    if "phone" in wanted:
        phones = [name for name, kind in kinds.items() if kind == "phone"]
        return _digits(phones, wanted["phone"])
    if len(wanted["word"]) < SHORTEST_WORD:
        raise invalid_query(api_name="word", reason="at least two characters")
    return _holds([name for name, kind in kinds.items() if kind in TEXTS], wanted["word"])


def _equals(fields: list[str], wanted: str) -> Test:
    folded = wanted.casefold()
    return lambda record: any(
        str(record.values[name] or "").casefold() == folded for name in fields
    )


def _digits(fields: list[str], wanted: str) -> Test:
    def bare(text: str) -> str:
        return "".join(sign for sign in text if sign.isdigit())

    return lambda record: any(
        bool(bare(wanted)) and bare(record.values[name] or "") == bare(wanted) for name in fields
    )


def _holds(fields: list[str], wanted: str) -> Test:
    folded = wanted.casefold()
    return lambda record: any(
        folded in str(record.values[name] or "").casefold() for name in fields
    )
