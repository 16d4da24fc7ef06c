"""Attachments and photos of records."""

from __future__ import annotations

import mimetypes
from typing import Any, Final
from urllib.parse import quote

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from mzi_bridge.sandbox.zoho.answers import answer, listed, nothing, page_of, paging, success
from mzi_bridge.sandbox.zoho.attach import attach
from mzi_bridge.sandbox.zoho.emulator import Emulator, emulator
from mzi_bridge.sandbox.zoho.record import Attachment, Change, Record
from mzi_bridge.sandbox.zoho.refusals import Refusal, invalid_data, invalid_id, missing_param
from mzi_bridge.sandbox.zoho.writes import written

FILE_LIMIT: Final = 20 * 1024 * 1024


async def list_attachments(request: Request) -> Response:
    """`GET /{module}/{id}/Attachments`: newest first; 204 without any."""
    parts, record = _located(request)
    page, per_page = paging(request)
    rows, info = page_of(list(reversed(record.attachments.values())), page, per_page)
    if not rows:
        return nothing()
    return answer({"data": [_shown(parts, record, row) for row in rows], "info": info})


async def upload_attachment(request: Request) -> Response:
    """Multipart `file`, or `attachmentUrl` for a link."""
    parts, record = _located(request)
    async with request.form() as form:
        link = form.get("attachmentUrl") or request.query_params.get("attachmentUrl")
        if isinstance(link, str):
            name, content = link.rsplit("/", 1)[-1] or link, b""
        else:
            link, (name, content) = None, await _uploaded(form)
    kept = attach(parts.crm, record, name, content, link)
    if parts.switches.attachment_touches:
        parts.crm.touch(record)
        parts.crm.history.append(Change(record.module, record.id, "update"))
        parts.publish()
    now = kept.created
    caller = {"name": parts.crm.caller.name, "id": parts.crm.caller.id}
    details = {
        "Modified_Time": parts.renderer.hour(now),
        "Modified_By": caller,
        "Created_Time": parts.renderer.hour(now),
        "id": kept.id,
        "Created_By": caller,
    }
    return answer({"data": [success("attachment uploaded successfully", details)]})


async def download_attachment(request: Request) -> Response:
    """The bytes; a linked one cannot be downloaded."""
    _, record = _located(request)
    kept = record.attachments.get(request.path_params["attachment_id"])
    if kept is None:
        raise Refusal("INVALID_DATA", "the related id given seems to be invalid")
    if kept.link is not None:
        raise Refusal(
            "NO_PERMISSION", "As it is a linked attachment, you can not download it", http=403
        )
    return _bytes(kept.content, kept.file_name, "application/x-download")


async def delete_attachments(request: Request) -> Response:
    """One by path, or several by `ids=`."""
    parts, record = _located(request)
    one = request.path_params.get("attachment_id")
    ids = [one] if one else listed(request.query_params.get("ids", ""))
    if not ids:
        raise missing_param("ids")
    rows = []
    for attachment_id in ids:
        if record.attachments.pop(attachment_id, None) is None:
            refusal = Refusal("INVALID_DATA", "record not deleted", id=attachment_id)
            rows.append(refusal.body())
        else:
            rows.append(success("record deleted", {"id": attachment_id}))
    return written(parts, "data", rows)


async def download_photo(request: Request) -> Response:
    """The bytes; 204 without a photo."""
    _, record = _located(request)
    if record.photo is None:
        return nothing()
    kind = "image/png" if record.photo.startswith(b"\x89PNG") else "image/jpeg"
    return _bytes(record.photo, f"photo{mimetypes.guess_extension(kind)}", kind)


async def upload_photo(request: Request) -> Response:
    """Multipart `file`. The record counts as modified."""
    parts, record = _located(request)
    async with request.form() as form:
        _, record.photo = await _uploaded(form)
    parts.crm.touch(record)
    return answer(success("photo uploaded successfully", {}))


async def delete_photo(request: Request) -> Response:
    parts, record = _located(request)
    record.photo = None
    parts.crm.touch(record)
    return answer(success("Photo deleted", {}))


def _located(request: Request) -> tuple[Emulator, Record]:
    parts = emulator(request)
    record = parts.crm.get(request.path_params["module"], request.path_params["record_id"])
    if record is None:
        raise invalid_id(id=request.path_params["record_id"])
    return parts, record


async def _uploaded(form: FormData) -> tuple[str, bytes]:
    """(file name, content) of the part `file`. Raises Refusal."""
    sent = form.get("file")
    if not isinstance(sent, UploadFile):
        raise missing_param("file")
    content = await sent.read()
    if not content:
        raise invalid_data(api_name="file")
    if len(content) > FILE_LIMIT:
        raise Refusal(
            "FILE_SIZE_MORE_THAN_ALLOWED_SIZE",
            "Please check whether the input values are correct",
            maximum_length=FILE_LIMIT,
        )
    return sent.filename or "file", content


def _bytes(content: bytes, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=kind, headers=headers)


def _shown(parts: Emulator, record: Record, kept: Attachment) -> dict[str, Any]:
    hour = parts.renderer.hour(kept.created)
    owner = parts.renderer.user(kept.owner)
    return {
        "id": kept.id,
        "Owner": owner,
        "Created_By": owner,
        "Modified_By": owner,
        "Created_Time": hour,
        "Modified_Time": hour,
        "File_Name": kept.file_name,
        "Size": str(len(kept.content)),
        "Parent_Id": {"name": parts.crm.name_of(record), "id": record.id},
        "$file_id": None if kept.link else f"{int(kept.id):x}",
        "$type": "Link URL" if kept.link else "Attachment",
        "$link_url": kept.link,
        "$se_module": record.module,
        "$editable": True,
        "$state": "save",
    }
