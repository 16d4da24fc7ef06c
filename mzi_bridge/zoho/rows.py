"""Reading the two shapes most of the API answers in: a page of records, a list of row
results. Unknown keys are let through; a shape nobody documents is UnexpectedAnswer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from mzi_bridge.zoho.answers import code_of
from mzi_bridge.zoho.errors import UnexpectedAnswer
from mzi_bridge.zoho.times import epoch
from mzi_bridge.zoho.transport import Answer

Action = Literal["insert", "update", "delete"]


class Page(Struct, frozen=True):
    """Records as the CRM sent them. `more` asks for the next page; `read_time` in epoch
    seconds. Nothing found gives no records; nothing changed since `modified_since` also
    `not_modified`."""

    records: tuple[Mapping[str, Any], ...]
    more: bool
    read_time: int
    not_modified: bool = False


class RowResult(Struct, frozen=True):
    """What became of one row of a write. `message` is Zoho's text and may quote the row:
    show it to staff, keep it out of logs. `field` is the API name of the field at fault,
    with its subform's name before a dot; `id` of a duplicate is the record in its way.
    `modified_time` (epoch s) is what the write made it, None where the CRM does not say."""

    ok: bool
    code: str
    id: str | None
    message: str
    field: str | None
    action: Action | None
    modified_time: int | None = None


def page_of(answer: Answer, key: str = "data", *, per_page: int | None = None) -> Page:
    """The page in an answer. Where `info` is missing, a full page is taken to have a next
    one, so that reading never ends too early."""
    if answer.body is None:
        return Page((), False, answer.read_time, answer.not_modified)
    rows = row_list(answer.body, key)
    info = answer.body.get("info")
    more = info.get("more_records") if isinstance(info, Mapping) else None
    if not isinstance(more, bool):
        more = per_page is not None and len(rows) >= per_page
    return Page(tuple(rows), more, answer.read_time)


def row_list(body: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The list of objects under `key`."""
    rows = body.get(key)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UnexpectedAnswer(f"Zoho's answer has no list of objects under '{key}'.")
    return rows


def row_results(answer: Answer, sent: int, action: Action | None) -> list[RowResult]:
    """One result for each row sent, in order; without `action`, each row says its own.

    Raises UnexpectedAnswer if Zoho answered another number of rows: then nobody can say
    which result is whose.
    """
    rows = row_list(answer.body or {}, "data")
    if len(rows) != sent:
        raise UnexpectedAnswer(f"Zoho answered {len(rows)} rows for {sent} sent.")
    return [_row_result(row, action) for row in rows]


def succeeded(row: Mapping[str, Any]) -> bool:
    """Whether a row's `code` and `status` both say success."""
    return row.get("code") == "SUCCESS" and row.get("status", "success") == "success"


def details_of(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row's `details`, empty where there are none."""
    details = row.get("details")
    return details if isinstance(details, Mapping) else {}


def text_of(row: Mapping[str, Any], key: str) -> str | None:
    """A text of the row; None where it is missing, empty or no text."""
    value = row.get(key)
    return value if isinstance(value, str) and value else None


def _row_result(row: Mapping[str, Any], action: Action | None) -> RowResult:
    ok = succeeded(row)
    details = details_of(row)
    names = (text_of(details, "parent_api_name"), text_of(details, "api_name"))
    return RowResult(
        ok=ok,
        code=code_of(row) or "UNNAMED",
        id=text_of(details, "id"),
        message=text_of(row, "message") or "",
        field=".".join(name for name in names if name) or None,
        action=(action or _own_action(row)) if ok else None,
        modified_time=_modified_time(details) if ok else None,
    )


def _modified_time(details: Mapping[str, Any]) -> int | None:
    # What was written stands, whatever the clock beside it says.
    try:
        return epoch(details.get("Modified_Time"))
    except UnexpectedAnswer:
        return None


def _own_action(row: Mapping[str, Any]) -> Action | None:
    action = row.get("action")
    return action if action in ("insert", "update", "delete") else None
