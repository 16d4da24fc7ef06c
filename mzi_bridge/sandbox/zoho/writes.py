"""Writing records: insert, update, upsert and delete, with one result per row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from mzi_bridge.sandbox.zoho.answers import (
    Row,
    answer,
    failed,
    json_object,
    listed,
    rows_of,
    success,
)
from mzi_bridge.sandbox.zoho.emulator import Emulator, emulator
from mzi_bridge.sandbox.zoho.refusals import (
    Refusal,
    invalid_data,
    missing_field,
    missing_param,
)


async def insert_records(request: Request) -> Response:
    """`POST /{module}`: 201."""
    return await _write(request, _insert, status=201)


async def update_records(request: Request) -> Response:
    """`PUT /{module}`: each row names its id."""
    return await _write(request, _update)


async def update_record(request: Request) -> Response:
    """`PUT /{module}/{id}`."""
    record_id = request.path_params["record_id"]

    def change(parts: Emulator, module: str, sent: Any) -> Row:
        return _update(parts, module, {**_object(sent), "id": record_id})

    return await _write(request, change, limit=1)


async def upsert_records(request: Request) -> Response:
    """`POST /{module}/upsert`: 200 even where it inserts."""
    parts = emulator(request)
    body = await json_object(request)
    checks = _duplicate_checks(parts, request.path_params["module"], body)

    def write(parts: Emulator, module: str, sent: Any) -> Row:
        return _upsert(parts, module, _object(sent), checks)

    return await _write(request, write)


async def delete_records(request: Request) -> Response:
    """`DELETE /{module}?ids=…`, or `/{module}/{id}`."""
    parts = emulator(request)
    module = parts.crm.module(request.path_params["module"]).api_name
    one = request.path_params.get("record_id")
    ids = [one] if one is not None else listed(request.query_params.get("ids", ""))
    if not ids:
        raise missing_param("ids")
    rows = [_row_result(_delete, parts, module, record_id) for record_id in ids]
    parts.publish(silent=request.query_params.get("wf_trigger", "true").lower() == "false")
    return written(parts, "data", rows)


def written(parts: Emulator, key: str, rows: Sequence[Row], status: int = 200) -> Response:
    """The answer to a write, its status by what became of the rows."""
    bad = sum(map(failed, rows))
    if bad and parts.switches.row_errors == "v2":
        status = 202
    elif bad:
        status = 400 if bad == len(rows) else 207
    return answer({key: rows}, status)


async def _write(
    request: Request,
    write: Callable[[Emulator, str, Any], Row],
    *,
    status: int = 200,
    limit: int = 100,
) -> Response:
    parts = emulator(request)
    module = parts.crm.module(request.path_params["module"]).api_name
    body = await json_object(request)
    rows = [_row_result(write, parts, module, sent) for sent in rows_of(body, "data", limit=limit)]
    parts.publish(silent=_silent(body))
    return written(parts, "data", rows, status)


def _silent(body: Row) -> bool:
    """Whether the write asks that nothing be triggered. Raises Refusal."""
    trigger = body.get("trigger")
    if trigger is not None and not isinstance(trigger, list):
        raise invalid_data(expected_data_type="jsonarray", api_name="trigger")
    return trigger == []


def _row_result(
    write: Callable[[Emulator, str, Any], Row], parts: Emulator, module: str, sent: Any
) -> Row:
    try:
        return write(parts, module, sent)
    except Refusal as refusal:
        if refusal.code == "DUPLICATE_DATA" and parts.switches.duplicate_id == "left out":
            refusal.details.pop("id", None)
        return refusal.body()


def _object(sent: Any) -> Row:
    if not isinstance(sent, dict):
        raise invalid_data(expected_data_type="jsonobject", api_name="data")
    return sent


def _insert(parts: Emulator, module: str, sent: Any) -> Row:
    record_id = parts.crm.insert(module, _object(sent), trusted=False)
    return success("record added", _details(parts, module, record_id))


def _update(parts: Emulator, module: str, sent: Any) -> Row:
    if _object(sent).get("id") is None:
        raise missing_field("id")
    record_id = str(sent["id"])
    parts.crm.update(module, record_id, sent, trusted=False)
    return success("record updated", _details(parts, module, record_id))


def _upsert(parts: Emulator, module: str, sent: Row, checks: Sequence[str]) -> Row:
    if sent.get("id") is not None:
        return {**_update(parts, module, sent), "duplicate_field": None, "action": "update"}
    for name in checks:
        value = sent.get(name)
        wanted = value.get("id") if isinstance(value, dict) else value
        holder = None if wanted in (None, "") else _holder(parts, module, name, wanted)
        if holder is not None:
            row = _update(parts, module, {**sent, "id": holder})
            return {**row, "duplicate_field": name, "action": "update"}
    return {**_insert(parts, module, sent), "duplicate_field": None, "action": "insert"}


def _holder(parts: Emulator, module: str, name: str, wanted: Any) -> str | None:
    if not isinstance(wanted, str | int | float):
        return None
    return parts.crm.holder(module, name, wanted)


def _duplicate_checks(parts: Emulator, module: str, body: Row) -> list[str]:
    """The fields asked for, else the module's unique ones. Raises Refusal."""
    fields = parts.crm.layouts[parts.crm.module(module).api_name].stored
    asked = body.get("duplicate_check_fields")
    if not asked:
        return [name for name, field in fields.items() if field.unique]
    if not isinstance(asked, list):
        raise invalid_data(expected_data_type="jsonarray", api_name="duplicate_check_fields")
    if not all(isinstance(name, str) and name in fields for name in asked):
        raise invalid_data(api_name="duplicate_check_fields")
    return asked


def _delete(parts: Emulator, module: str, record_id: str) -> Row:
    try:
        parts.crm.delete(module, record_id)
    except Refusal as refusal:
        raise Refusal(refusal.code, "record not deleted", **refusal.details) from None
    return success("record deleted", {"id": record_id})


def _details(parts: Emulator, module: str, record_id: str) -> Row:
    record = parts.crm.records(module)[record_id]
    return parts.renderer.written(record)
