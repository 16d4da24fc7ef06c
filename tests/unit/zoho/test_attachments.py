from __future__ import annotations

import io
from typing import Any

import httpx2
import pytest

from mzi_bridge.zoho.attachments import ATTACHMENT_LIMIT, AttachmentInfo
from mzi_bridge.zoho.client import ZohoClient
from mzi_bridge.zoho.errors import (
    BadAnswer,
    BadArgument,
    FileTooLarge,
    NoPermission,
    RecordRefused,
    UnexpectedAnswer,
    Unreachable,
)
from tests.support.scripted_crm import ScriptedCrm

ADDED = {"data": [{"code": "SUCCESS", "details": {"id": "55"}, "status": "success"}]}
DONE = {"code": "SUCCESS", "details": {}, "message": "photo uploaded", "status": "success"}


async def test_attachments_are_listed_with_their_sizes(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    rows = [
        {"id": "1", "File_Name": "Personal_photo.jpg", "Size": "2048", "$link_url": None},
        {"id": "2", "File_Name": "page", "Size": None, "$link_url": "https://x.example"},
        {"id": "3", "Size": 7, "Modified_Time": "2026-05-14T11:36:10+03:00"},
        {"id": "4", "Modified_Time": "yesterday"},
    ]
    date = "Thu, 14 May 2026 09:00:00 GMT"
    crm.says(200, {"data": rows, "info": {"more_records": False}}, date=date)
    page = await zoho.attachments.page("BTEC_Students", "17")
    assert page.attachments == (
        AttachmentInfo("1", "Personal_photo.jpg", 2048, False),
        AttachmentInfo("2", "page", None, True),
        AttachmentInfo("3", "", 7, False, 1_778_747_770),
        AttachmentInfo("4", "", None, False),
    )
    assert page.read_time == 1_778_749_199
    assert crm.last.url.path == "/crm/v2/BTEC_Students/17/Attachments"


async def test_a_file_is_downloaded_with_its_name(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    crm.says(
        200,
        b"\x89PNG bytes",
        content_type="image/png",
        content_disposition="attachment; filename*=UTF-8''Personal%5Fphoto%20%C3%A9.png",
    )
    async with zoho.attachments.download("Leads", "17", "5") as file:
        assert file.file_name == "Personal_photo é.png"
        assert (file.content_type, file.size) == ("image/png", 10)
        assert await file.content() == b"\x89PNG bytes"


async def test_a_json_file_is_a_file_if_it_comes_as_one(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    named = 'attachment; filename="a.json"'
    crm.says(200, b"{}", content_type="application/json", content_disposition=named)
    async with zoho.attachments.download("Leads", "17", "5") as file:
        assert await file.content() == b"{}"


async def test_a_file_over_the_limit_is_not_read_to_its_end(
    crm: ScriptedCrm, zoho: ZohoClient
) -> None:
    crm.says(200, b"x" * 101, content_type="image/png")
    async with zoho.attachments.download("Leads", "17", "5", limit=100) as file:
        with pytest.raises(FileTooLarge):
            await file.content()


class BrokenOff(httpx2.AsyncByteStream):
    async def __aiter__(self) -> Any:
        yield b"half"
        raise httpx2.ReadError("reset")


async def test_a_download_that_breaks_off_is_told(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    crm.answer = lambda request: httpx2.Response(200, stream=BrokenOff())
    async with zoho.attachments.download("Leads", "17", "5") as file:
        with pytest.raises(Unreachable):
            await file.content()


@pytest.mark.parametrize(
    ("status", "body", "kind", "error"),
    [
        (204, b"", "text/plain", RecordRefused),
        (400, b'{"code":"INVALID_DATA","status":"error"}', "application/json", RecordRefused),
        (403, b'{"code":"NO_PERMISSION","status":"error"}', "application/json", NoPermission),
        (200, b'{"data": []}', "application/json;charset=UTF-8", UnexpectedAnswer),
        (404, b"<html>", "text/html", BadAnswer),
    ],
)
async def test_what_is_no_file_is_a_named_error(
    crm: ScriptedCrm,
    zoho: ZohoClient,
    status: int,
    body: bytes,
    kind: str,
    error: type[Exception],
) -> None:
    crm.says(status, body, content_type=kind)
    with pytest.raises(error):
        async with zoho.attachments.download("Leads", "17", "5"):
            pass


@pytest.mark.parametrize("content", [b"%PDF", io.BytesIO(b"%PDF")])
async def test_a_file_is_uploaded_as_a_form_part(
    crm: ScriptedCrm, zoho: ZohoClient, content: Any
) -> None:
    crm.says(200, ADDED)
    result = await zoho.attachments.upload("Leads", "17", "é 1.pdf", content, "application/pdf")
    assert (result.ok, result.id, result.action) == (True, "55", "insert")
    assert b'name="file"' in crm.last.content
    assert b"%PDF" in crm.last.content
    assert crm.last.headers["content-type"].startswith("multipart/form-data")


async def test_an_upload_met_by_an_old_token_is_sent_whole_again(
    crm: ScriptedCrm, zoho: ZohoClient
) -> None:
    crm.says(204)
    await zoho.records.by_id("Leads", "1")

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.headers["authorization"].endswith("token.1"):
            return httpx2.Response(401, json={"code": "INVALID_TOKEN", "status": "error"})
        return httpx2.Response(200, json=ADDED)

    crm.answer = answer
    file = io.BytesIO(b"%PDF whole")
    await zoho.attachments.upload("Leads", "17", "a.pdf", file)
    assert [b"%PDF whole" in request.content for request in crm.requests[1:]] == [True, True]


async def test_a_file_zoho_would_refuse_is_not_sent(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    with pytest.raises(FileTooLarge):
        await zoho.attachments.upload("Leads", "17", "a.bin", bytes(ATTACHMENT_LIMIT + 1))
    for name in ("", "a/b", 'a"b', "a\r\nb", "..\\b"):
        with pytest.raises(BadArgument):
            await zoho.attachments.upload("Leads", "17", name, b"x")
    assert crm.requests == []


async def test_an_attachment_is_deleted(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    crm.says(200, ADDED)
    result = await zoho.attachments.delete("Leads", "17", "55")
    assert (result.ok, result.action, crm.last.method) == (True, "delete", "DELETE")


async def test_a_photo_is_read_set_and_removed(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    crm.says(200, b"\xff\xd8", content_type="image/jpeg")
    async with zoho.attachments.photo("Leads", "17") as photo:
        assert photo.file is not None
        assert await photo.file.content() == b"\xff\xd8"
    crm.says(204)
    async with zoho.attachments.photo("Leads", "17") as none:
        assert none.file is None
    crm.says(200, DONE)
    await zoho.attachments.set_photo("Leads", "17", "me.jpg", b"\xff\xd8")
    await zoho.attachments.delete_photo("Leads", "17")
    assert (crm.last.method, crm.last.url.path) == ("DELETE", "/crm/v2/Leads/17/photo")


async def test_a_photo_not_confirmed_is_not_taken_for_set(
    crm: ScriptedCrm, zoho: ZohoClient
) -> None:
    crm.says(200, {"status": "queued"})
    with pytest.raises(UnexpectedAnswer):
        await zoho.attachments.set_photo("Leads", "17", "me.jpg", b"\xff\xd8")
