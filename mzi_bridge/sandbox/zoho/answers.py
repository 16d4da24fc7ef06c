"""Answers in Zoho's manner: JSON, or nothing at all without a content type."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from mzi_bridge.sandbox.zoho.refusals import Refusal, invalid_data, limit_exceeded, missing_field

Row = dict[str, Any]
PAGE_LIMIT = 200
BATCH_LIMIT = 100


def answer(body: Any, status: int = 200) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, {"Content-Type": "application/json;charset=UTF-8"})


def nothing(status: int = 204) -> Response:
    """204 No Content or 304 Not Modified: no body, no content type."""
    return Response(status_code=status)


def refused(refusal: Refusal) -> Response:
    return answer(refusal.body(), refusal.http)


def success(message: str, details: Mapping[str, Any], **more: Any) -> Row:
    """One row of a write's answer."""
    return {
        "code": "SUCCESS",
        "details": dict(details),
        "message": message,
        "status": "success",
        **more,
    }


def failed(row: Mapping[str, Any]) -> bool:
    return bool(row["status"] != "success")


def paging(request: Request, *, default: int = PAGE_LIMIT) -> tuple[int, int]:
    """(page, per_page) of a query. Raises Refusal INVALID_DATA."""
    page = whole_number(request, "page", 1)
    per_page = whole_number(request, "per_page", default)
    if per_page > PAGE_LIMIT:
        raise invalid_data(api_name="per_page", maximum_length=PAGE_LIMIT)
    return page, per_page


def whole_number(request: Request, name: str, default: int) -> int:
    """A query parameter from 1 up. Raises Refusal INVALID_DATA."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not text.isdecimal() or int(text) < 1:
        raise invalid_data(api_name=name, expected_data_type="integer")
    return int(text)


def page_of(found: Sequence[Any], page: int, per_page: int) -> tuple[Sequence[Any], Row]:
    """The slice of a page and its `info`."""
    start = (page - 1) * per_page
    rows = found[start : start + per_page]
    return rows, {
        "per_page": per_page,
        "count": len(rows),
        "page": page,
        "more_records": start + per_page < len(found),
    }


def listed(text: str, *, limit: int = BATCH_LIMIT) -> list[str]:
    """Comma-separated ids without repetition. Raises Refusal LIMIT_EXCEEDED."""
    ids = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if len(ids) > limit:
        raise limit_exceeded(limit=limit)
    return ids


async def json_object(request: Request) -> Row:
    """The JSON object of a request's body. Raises Refusal INVALID_DATA `body`."""
    try:
        body = json.loads(await request.body())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refusal("INVALID_DATA", "body", expected_data_type="jsonobject")
    return body


def rows_of(body: Mapping[str, Any], key: str, *, limit: int = BATCH_LIMIT) -> list[Any]:
    """The rows under `key`. Raises Refusal."""
    rows = body.get(key)
    if rows is None:
        raise missing_field(key)
    if not isinstance(rows, list):
        raise invalid_data(expected_data_type="jsonarray", api_name=key)
    if not rows:
        raise invalid_data(minimum_length=1, api_name=key)
    if len(rows) > limit:
        raise invalid_data(maximum_length=limit, api_name=key)
    return rows
