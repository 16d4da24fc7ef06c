"""Files of a record: its attachments and its photo. Bytes are streamed both ways."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from email.message import Message
from typing import Any, BinaryIO

import httpx2
from msgspec import Struct

from mzi_bridge.zoho.answers import RawAnswer, judge
from mzi_bridge.zoho.errors import BadArgument, FileTooLarge, RecordRefused, UnexpectedAnswer
from mzi_bridge.zoho.naming import id_path, module_path
from mzi_bridge.zoho.records import PAGE_LIMIT, page_params
from mzi_bridge.zoho.rows import RowResult, page_of, row_results, text_of
from mzi_bridge.zoho.times import epoch
from mzi_bridge.zoho.transport import Answer, Call, Sender, named_faults, read

ATTACHMENT_LIMIT = 20 * 1024 * 1024
PHOTO_LIMIT = 10 * 1024 * 1024
NO_ATTACHMENT = "NO_ATTACHMENT"
"""Our word for 204 in place of a file: no refusal, and so no proof that it is gone."""


class AttachmentInfo(Struct, frozen=True):
    """A file of a record. `size` is in bytes, None for a link, which has no bytes here.
    `modified_time` is in epoch seconds, None where Zoho did not say it."""

    id: str
    file_name: str
    size: int | None
    is_link: bool
    modified_time: int | None = None


class AttachmentPage(Struct, frozen=True):
    """`read_time` in epoch seconds, by the CRM's clock."""

    attachments: tuple[AttachmentInfo, ...]
    more: bool
    read_time: int


class Download(Struct, frozen=True):
    """A file on its way. `chunks` can be read once, inside the `async with` that gave it;
    it raises FileTooLarge past the limit, Unreachable where the answer breaks off.
    `size` is Zoho's word, in bytes, where it said it."""

    file_name: str | None
    content_type: str
    size: int | None
    chunks: AsyncIterator[bytes]

    async def content(self) -> bytes:
        """The whole file."""
        return b"".join([chunk async for chunk in self.chunks])


class Photo(Struct, frozen=True):
    """`file` is None where the record has no photo. `read_time` in epoch seconds, by the
    CRM's clock."""

    file: Download | None
    read_time: int


class Attachments:
    """The files family of one API version."""

    def __init__(self, transport: Sender, version: str) -> None:
        self._transport = transport
        self._root = f"/crm/{version}"

    async def page(
        self, module: str, record_id: str, page: int = 1, per_page: int = PAGE_LIMIT
    ) -> AttachmentPage:
        """One page of the record's attachments, counted from 1."""
        path = self._path(module, record_id, "Attachments")
        call = Call("attachments.page", "GET", path, page_params(page, per_page))
        found = page_of(await self._transport.call(call), per_page=per_page)
        return AttachmentPage(
            tuple(_attachment(row) for row in found.records), found.more, found.read_time
        )

    @asynccontextmanager
    async def download(
        self, module: str, record_id: str, attachment_id: str, *, limit: int = ATTACHMENT_LIMIT
    ) -> AsyncIterator[Download]:
        """`async with client.attachments.download(…) as file:` — a file of at most `limit`
        bytes. Raises FileTooLarge, RecordRefused (no such file, or a link)."""
        path = self._path(module, record_id, "Attachments", attachment_id)
        async with self._open(Call("attachments.download", "GET", path), limit) as opened:
            if opened.file is None:
                raise RecordRefused("The record has no such attachment.", code=NO_ATTACHMENT)
            yield opened.file

    async def upload(
        self,
        module: str,
        record_id: str,
        file_name: str,
        content: bytes | BinaryIO,
        content_type: str = "application/octet-stream",
    ) -> RowResult:
        """Adds a file of at most 20 MB. An open binary file is read as it is sent, from its
        start, and must be seekable. Uploading twice makes two attachments."""
        path = self._path(module, record_id, "Attachments")
        parts = _parts(file_name, content, content_type, ATTACHMENT_LIMIT)
        call = Call("attachments.upload", "POST", path, files=parts, write=True)
        return row_results(await self._transport.call(call), 1, "insert")[0]

    async def delete(self, module: str, record_id: str, attachment_id: str) -> RowResult:
        """Removes one attachment."""
        path = self._path(module, record_id, "Attachments", attachment_id)
        call = Call("attachments.delete", "DELETE", path, write=True)
        return row_results(await self._transport.call(call), 1, "delete")[0]

    @asynccontextmanager
    async def photo(
        self, module: str, record_id: str, *, limit: int = PHOTO_LIMIT
    ) -> AsyncIterator[Photo]:
        """The record's photo, if it has one. Raises FileTooLarge."""
        path = self._path(module, record_id, "photo")
        async with self._open(Call("attachments.photo", "GET", path), limit) as photo:
            yield photo

    async def set_photo(
        self, module: str, record_id: str, file_name: str, content: bytes | BinaryIO
    ) -> None:
        """Puts a photo of at most 10 MB in place of the one there is."""
        parts = _parts(file_name, content, "application/octet-stream", PHOTO_LIMIT)
        path = self._path(module, record_id, "photo")
        _done(
            await self._transport.call(
                Call("attachments.set_photo", "POST", path, files=parts, write=True)
            )
        )

    async def delete_photo(self, module: str, record_id: str) -> None:
        """Removes the record's photo."""
        path = self._path(module, record_id, "photo")
        _done(
            await self._transport.call(Call("attachments.delete_photo", "DELETE", path, write=True))
        )

    @asynccontextmanager
    async def _open(self, call: Call, limit: int) -> AsyncIterator[Photo]:
        async with self._transport.open(call) as opened:
            response = opened.response
            if response.status_code == 200 and not _is_json(response):
                yield Photo(_download(response, call, limit), opened.read_time)
                return
            raw: RawAnswer = await read(response, call)
            if judge(raw) is not None:
                raise UnexpectedAnswer(f"{call.operation}: JSON came in place of a file.")
            yield Photo(None, opened.read_time)

    def _path(self, module: str, record_id: str, *rest: str) -> str:
        tail = [part if part in ("Attachments", "photo") else id_path(part) for part in rest]
        return "/".join([self._root, module_path(module), id_path(record_id), *tail])


def _attachment(row: Mapping[str, Any]) -> AttachmentInfo:
    attachment_id = text_of(row, "id")
    if attachment_id is None:
        raise UnexpectedAnswer("A row of the attachments has no id.")
    size = row.get("Size")
    digits = str(size) if isinstance(size, int | str) and not isinstance(size, bool) else ""
    return AttachmentInfo(
        id=attachment_id,
        file_name=text_of(row, "File_Name") or "",
        size=int(digits) if digits.isascii() and digits.isdigit() else None,
        is_link=text_of(row, "$link_url") is not None,
        modified_time=_time(row.get("Modified_Time")),
    )


def _time(value: Any) -> int | None:
    try:
        return epoch(value)
    except UnexpectedAnswer:
        return None


def _is_json(response: httpx2.Response) -> bool:
    # A JSON attachment is sent as a download too; an error is not.
    kind = response.headers.get("content-type", "")
    return kind.startswith("application/json") and "content-disposition" not in response.headers


def _download(response: httpx2.Response, call: Call, limit: int) -> Download:
    header = Message()
    header["content-disposition"] = response.headers.get("content-disposition", "")
    length = response.headers.get("content-length", "")
    return Download(
        file_name=header.get_filename(),
        content_type=response.headers.get("content-type", "application/octet-stream"),
        size=int(length) if length.isascii() and length.isdigit() else None,
        chunks=_bounded(response, call, limit),
    )


async def _bounded(response: httpx2.Response, call: Call, limit: int) -> AsyncIterator[bytes]:
    left = limit
    with named_faults(call):
        async for chunk in response.aiter_bytes():
            left -= len(chunk)
            if left < 0:
                raise FileTooLarge(f"The file has more than {limit} bytes.")
            yield chunk


def _parts(
    file_name: str, content: bytes | BinaryIO, content_type: str, limit: int
) -> dict[str, Any]:
    size = len(content) if isinstance(content, bytes) else content.seek(0, 2)
    if size > limit:
        raise FileTooLarge(f"The file has {size} bytes; {limit} are allowed.")
    if not file_name or any(char in file_name for char in '\r\n\0"/\\'):
        raise BadArgument("A file needs a name without slashes, quotes and line ends.")
    return {"file": (file_name, content, content_type)}


def _done(answer: Answer) -> None:
    body = answer.body or {}
    if body.get("code") != "SUCCESS" and body.get("status") != "success":
        raise UnexpectedAnswer("Zoho did not say that the photo was changed.")
