"""Bulk read: `POST /crm/bulk/v2/read`, `GET …/{job}` and `GET …/{job}/result`.

A job shows the module as it was when the job was added. Its result is a zip of one CSV. The
name of the id column is `Id` here (Zoho's page says "id" and shows it in a picture only); what
Zoho's file of an empty module holds is not known: this one has its header.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from mzi_bridge.sandbox.zoho.answers import answer, json_object
from mzi_bridge.sandbox.zoho.bulk_criteria import compile_bulk_criteria
from mzi_bridge.sandbox.zoho.bulk_jobs import Job, not_found
from mzi_bridge.sandbox.zoho.coql import Column, column_of
from mzi_bridge.sandbox.zoho.emulator import Emulator, emulator
from mzi_bridge.sandbox.zoho.record import Record
from mzi_bridge.sandbox.zoho.refusals import Refusal
from mzi_bridge.sandbox.zoho.state import Crm

_PAGE_LIMIT: Final = 500


async def create_job(request: Request) -> Response:
    parts = emulator(request)
    body = await json_object(request)
    query = body.get("query")
    if not isinstance(query, dict):
        raise Refusal("REQUEST_BODY_NOT_READABLE", "Unable to parse the request body.")
    if body.get("file_type", "csv") != "csv":
        raise Refusal("NOT_SUPPORTED_FEATURE", "Feature is not supported")
    job = _job(parts, query)
    parts.bulk.add(job)
    details = {"state": "ADDED", **_described(parts, job)}
    row = {
        "status": "success",
        "code": "ADDED_SUCCESSFULLY",
        "message": "Added successfully.",
        "details": details,
    }
    return answer({"data": [row], "info": {}}, 201)


async def get_job(request: Request) -> Response:
    parts = emulator(request)
    job = parts.bulk.get(request.path_params["job_id"])
    shown = {
        **_described(parts, job),
        "state": parts.bulk.state(job),
        "query": dict(job.query),
        "file_type": "csv",
    }
    if shown["state"] == "COMPLETED":
        shown["result"] = {
            "page": job.page,
            "count": job.count,
            "download_url": f"/crm/bulk/v2/read/{job.id}/result",
            "per_page": parts.bulk.rows,
            "more_records": job.more,
        }
    return answer({"data": [shown]})


async def download_result(request: Request) -> Response:
    parts = emulator(request)
    job = parts.bulk.get(request.path_params["job_id"])
    if parts.bulk.state(job) != "COMPLETED":
        raise not_found()
    parts.bulk.count_download()
    headers = {"Content-Disposition": f"attachment; filename={job.id}.zip"}
    return Response(_zipped(job), media_type="application/x-download", headers=headers)


def _job(parts: Emulator, query: Mapping[str, Any]) -> Job:
    module = _module(parts.crm, query.get("module"))
    page = query.get("page", 1)
    if type(page) is not int or not 1 <= page <= _PAGE_LIMIT:
        raise Refusal("PAGE_NOT_SUPPORTED", "Page is not supported")
    columns = _columns(parts.crm, module, query.get("fields"))
    meets = _test(parts.crm, module, query.get("criteria"))
    found = [record for record in parts.crm.records(module).values() if meets(record)]
    found.sort(key=lambda record: int(record.id))
    start = (page - 1) * parts.bulk.rows
    chosen = found[start : start + parts.bulk.rows]
    return Job(
        id=parts.crm.new_id(),
        query=query,
        added=parts.crm.clock.now(),
        csv=_csv(parts, columns, chosen),
        count=len(chosen),
        page=page,
        more=start + len(chosen) < len(found),
    )


def _module(crm: Crm, name: object) -> str:
    if not isinstance(name, str) or name not in crm.schema.modules:
        raise Refusal("MODULE_NOT_AVAILABLE", "Requested module is not available.")
    return name


def _columns(crm: Crm, module: str, fields: object) -> dict[str, Column]:
    names = fields or list(crm.layouts[module].readable)
    if not isinstance(names, list):
        raise Refusal("QUERY_NOT_SUPPORTED", "Invalid query for bulk read job.")
    columns = {}
    for name in names:
        try:
            columns[str(name)] = column_of(crm, module, str(name))
        except Refusal:
            raise Refusal(
                "FIELD_NOT_AVAILABLE", "Requested field api name is not available for the module"
            ) from None
    return {name: column for name, column in columns.items() if name != "id"}


def _test(crm: Crm, module: str, criteria: object) -> Callable[[Record], bool]:
    return compile_bulk_criteria(crm, module, criteria) if criteria else lambda record: True


def _csv(parts: Emulator, columns: Mapping[str, Column], records: list[Record]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["Id", *columns])
    for record in records:
        shown = (_text(parts, column, column.kept(record)) for column in columns.values())
        writer.writerow([record.id, *shown])
    return text.getvalue().encode()


def _text(parts: Emulator, column: Column, value: Any) -> str:
    if value is None:
        return ""
    if column.field.data_type == "datetime":
        return parts.renderer.hour(value)
    if isinstance(value, bool):
        return str(value).lower()
    return ";".join(map(str, value)) if isinstance(value, list) else str(value)


def _zipped(job: Job) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{job.id}.csv", job.csv)
    return content.getvalue()


def _described(parts: Emulator, job: Job) -> dict[str, Any]:
    caller = parts.crm.caller
    return {
        "id": job.id,
        "operation": "read",
        "created_by": {"id": caller.id, "name": caller.name},
        "created_time": parts.renderer.hour(int(job.added)),
    }
