"""Every answer the CRM, or something in its place, can give: a typed result or a named error."""

from __future__ import annotations

import json
import logging
from typing import Any

import anyio
import httpx2
import pytest

from mzi_bridge.errors import MziError
from mzi_bridge.zoho.apis import ApiVersions
from mzi_bridge.zoho.client import ZohoClient
from mzi_bridge.zoho.criteria import where
from mzi_bridge.zoho.errors import (
    BadAnswer,
    BadArgument,
    CreditsUsedUp,
    FileTooLarge,
    InvalidModule,
    InvalidQuery,
    NoPermission,
    RateLimited,
    RecordRefused,
    RequestRefused,
    ScopeMissing,
    ServerFault,
    TokenRefused,
    UnexpectedAnswer,
    UnknownEffect,
    Unreachable,
    WrongHost,
)
from tests.support.clock import ManualClock
from tests.support.scripted_crm import ScriptedCrm, SharedStore

CANARY = "Canary Person canary@example.com"


def refused(code: str, **details: Any) -> dict[str, Any]:
    return {"code": code, "details": details, "message": CANARY, "status": "error"}


MATRIX: list[tuple[int, Any, dict[str, str], type[MziError]]] = [
    (401, refused("INVALID_TOKEN"), {}, TokenRefused),
    (401, refused("INVALID_OAUTHTOKEN"), {}, TokenRefused),
    (401, refused("AUTHENTICATION_FAILURE"), {}, TokenRefused),
    (401, b"<html>", {}, TokenRefused),
    (401, refused("OAUTH_SCOPE_MISMATCH"), {}, ScopeMissing),
    (403, refused("OAUTH_SCOPE_MISMATCH"), {}, ScopeMissing),
    (403, refused("NO_PERMISSION", permissions=["Crm_View"]), {}, NoPermission),
    (403, {}, {}, NoPermission),
    (403, b"<html>blocked</html>", {}, BadAnswer),
    (400, refused("INVALID_MODULE", resource_path_index=0), {}, InvalidModule),
    (400, refused("INVALID_QUERY", line=1, column=7, near=CANARY), {}, InvalidQuery),
    (400, refused("SYNTAX_ERROR"), {}, InvalidQuery),
    (400, refused("REQUIRED_PARAM_MISSING"), {}, InvalidQuery),
    (400, refused("INVALID_REQUEST_METHOD"), {}, WrongHost),
    (400, refused("INVALID_HOST"), {}, WrongHost),
    (404, refused("INVALID_URL_PATTERN"), {}, WrongHost),
    (404, {}, {}, WrongHost),
    (404, b"<html>no such page</html>", {}, BadAnswer),
    (400, refused("INVALID_DATA", api_name="id"), {}, RecordRefused),
    (202, refused("INVALID_DATA"), {}, RecordRefused),
    (412, refused("ALREADY_MODIFIED"), {}, RecordRefused),
    (413, b"", {}, FileTooLarge),
    (413, refused("TOO_LARGE"), {}, FileTooLarge),
    (415, refused("UNSUPPORTED_MEDIA_TYPE"), {}, RequestRefused),
    (400, refused("SOMETHING_NEW"), {}, RequestRefused),
    (400, {"code": CANARY, "status": "error"}, {}, RequestRefused),
    (400, {"code": ["INVALID_DATA"], "status": "error"}, {}, RequestRefused),
    (200, refused("SOMETHING_NEW"), {}, RequestRefused),
    (429, refused("TOO_MANY_REQUESTS"), {}, RateLimited),
    (429, b"<html>slow</html>", {}, RateLimited),
    (429, b"", {}, RateLimited),
    (429, refused("TOO_MANY_REQUESTS"), {"x_api_credits_remaining": "0"}, CreditsUsedUp),
    (500, refused("INTERNAL_ERROR"), {}, ServerFault),
    (400, refused("INTERNAL_ERROR"), {}, ServerFault),
    (502, b"<html>bad gateway</html>", {}, ServerFault),
    (503, b"", {}, ServerFault),
    (200, b"<!doctype html><title>Sign in</title>", {"content_type": "text/html"}, BadAnswer),
    (200, b"\n  <html>", {"content_type": "application/json"}, BadAnswer),
    (200, b'{"data": [{"id": "1", "Na', {"content_type": "application/json"}, BadAnswer),
    (200, b"", {}, BadAnswer),
    (200, b"null", {}, BadAnswer),
    (200, b'"data"', {}, BadAnswer),
    (200, b"[1]", {}, BadAnswer),
    (200, b'{"data": [{"id": "1", "Price": NaN}]}', {}, BadAnswer),
    (200, b"\xff\xfe\x00", {}, BadAnswer),
    (200, b'{"a":' * 100_000, {}, BadAnswer),
    (200, b'{"a":' + b"9" * 5000 + b"}", {}, BadAnswer),
    (302, b"", {"location": "https://login.example"}, BadAnswer),
    (304, b"", {}, BadAnswer),
    (200, {"records": []}, {}, UnexpectedAnswer),
    (200, {"data": None}, {}, UnexpectedAnswer),
    (200, {"data": {"id": "1"}}, {}, UnexpectedAnswer),
    (200, {"data": ["1"]}, {}, UnexpectedAnswer),
]


@pytest.mark.parametrize(("status", "body", "headers", "error"), MATRIX)
async def test_each_answer_that_is_no_page_is_a_named_error(
    crm: ScriptedCrm,
    zoho: ZohoClient,
    status: int,
    body: Any,
    headers: dict[str, str],
    error: type[MziError],
) -> None:
    crm.says(status, body, **headers)
    with pytest.raises(error) as raised:
        await zoho.records.page("Leads")
    assert raised.value.reason
    assert raised.value.fix
    assert "anary" not in str(raised.value)
    assert "1000." not in str(raised.value)


async def test_204_is_an_empty_page(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    crm.says(204, date="Thu, 14 May 2026 08:36:10 GMT")
    page = await zoho.records.page("Leads")
    assert (page.records, page.more, page.not_modified) == ((), False, False)
    assert page.read_time == 1_778_747_769


@pytest.mark.parametrize(
    ("seconds", "taken_off"), [(0.0, 1), (0.01, 1), (1.0, 1), (1.01, 2), (29.5, 30)]
)
async def test_no_read_is_dated_later_than_what_it_shows(
    crm: ScriptedCrm, zoho: ZohoClient, clock: ManualClock, seconds: float, taken_off: int
) -> None:
    def slow(request: httpx2.Request) -> httpx2.Response:
        clock.advance(seconds)
        return httpx2.Response(204, headers={"date": "Thu, 14 May 2026 08:36:10 GMT"})

    crm.answer = slow
    page = await zoho.records.page("Leads")
    assert page.read_time == 1_778_747_770 - taken_off


async def test_a_new_token_on_the_way_does_not_date_a_read_earlier(
    crm: ScriptedCrm, zoho: ZohoClient, clock: ManualClock
) -> None:
    def refused_once(request: httpx2.Request) -> httpx2.Response:
        if len(crm.requests) > 2:
            return httpx2.Response(204, headers={"date": "Thu, 14 May 2026 08:36:10 GMT"})
        clock.advance(20)
        return httpx2.Response(401, json={"code": "INVALID_TOKEN"})

    await zoho.records.page("Leads")
    crm.answer = refused_once
    page = await zoho.records.page("Leads")
    assert page.read_time == 1_778_747_769


async def test_without_a_date_header_the_bridges_clock_counts(
    crm: ScriptedCrm, zoho: ZohoClient, clock: ManualClock
) -> None:
    def slow(request: httpx2.Request) -> httpx2.Response:
        clock.advance(7)
        return httpx2.Response(204)

    crm.answer = slow
    clock.set(1_800_000_123.9)
    assert (await zoho.records.page("Leads")).read_time == 1_800_000_123


async def test_retry_after_is_passed_on(
    crm: ScriptedCrm, zoho: ZohoClient, clock: ManualClock
) -> None:
    for status, error in ((429, RateLimited), (503, ServerFault)):
        crm.says(status, retry_after="17")
        with pytest.raises(error) as raised:
            await zoho.records.page("Leads")
        assert raised.value.retry_after == 17.0
        clock.advance(17)
    crm.says(429, retry_after="Thu, 14 May 2026 08:36:10 GMT")
    with pytest.raises(RateLimited) as dated:
        await zoho.records.page("Leads")
    assert dated.value.retry_after is None


async def test_a_quota_too_small_for_the_call_is_used_up(
    crm: ScriptedCrm, zoho: ZohoClient, clock: ManualClock
) -> None:
    crm.says(429, refused("TOO_MANY_REQUESTS"), x_api_credits_remaining="1")
    with pytest.raises(RateLimited):
        await zoho.records.page("Leads")
    clock.advance(1)
    with pytest.raises(CreditsUsedUp):
        await zoho.deleted.page("Leads")


async def test_a_query_error_says_where(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    crm.says(400, refused("SYNTAX_ERROR", line=1, column=24, near=CANARY, clause=CANARY))
    with pytest.raises(InvalidQuery, match="line 1, column 24"):
        await zoho.coql.select("select Name from Leads where Name = 'x'")


@pytest.mark.parametrize(
    ("fault", "on_read", "on_write"),
    [
        (httpx2.ConnectError("x"), Unreachable, Unreachable),
        (httpx2.ConnectTimeout("x"), Unreachable, Unreachable),
        (httpx2.PoolTimeout("x"), Unreachable, Unreachable),
        (httpx2.ReadTimeout("x"), Unreachable, UnknownEffect),
        (httpx2.WriteTimeout("x"), Unreachable, UnknownEffect),
        (httpx2.ReadError("x"), Unreachable, UnknownEffect),
        (httpx2.RemoteProtocolError("x"), Unreachable, UnknownEffect),
        (httpx2.LocalProtocolError("Zoho-oauthtoken 1000.x"), BadArgument, BadArgument),
        (httpx2.DecodingError("x"), BadAnswer, BadAnswer),
    ],
)
async def test_a_lost_reply_leaves_the_effect_of_a_write_unknown(
    crm: ScriptedCrm,
    zoho: ZohoClient,
    fault: Exception,
    on_read: type[MziError],
    on_write: type[MziError],
) -> None:
    def fail(request: httpx2.Request) -> httpx2.Response:
        raise fault

    crm.answer = fail
    with pytest.raises(on_read) as read:
        await zoho.records.page("Leads")
    with pytest.raises(on_write):
        await zoho.records.insert("Leads", [{"Last_Name": "x"}])
    assert read.value.__suppress_context__
    assert "1000." not in str(read.value)


class BrokenOff(httpx2.AsyncByteStream):
    async def __aiter__(self) -> Any:
        yield b'{"data": ['
        raise httpx2.RemoteProtocolError("peer closed connection")


async def test_a_reply_that_breaks_off_counts_as_lost(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    crm.answer = lambda request: httpx2.Response(200, stream=BrokenOff())
    with pytest.raises(Unreachable):
        await zoho.records.page("Leads")
    with pytest.raises(UnknownEffect) as raised:
        await zoho.records.delete("Leads", ["1"])
    assert raised.value.effect_unknown


async def test_a_write_met_by_a_fault_says_that_its_effect_is_unknown(
    crm: ScriptedCrm, zoho: ZohoClient
) -> None:
    for status, body, error in ((500, b"", ServerFault), (200, b"<html>", BadAnswer)):
        crm.says(status, body)
        with pytest.raises(error) as write:
            await zoho.records.insert("Leads", [{"Last_Name": "x"}])
        with pytest.raises(error) as read:
            await zoho.records.page("Leads")
        assert write.value.effect_unknown
        assert not read.value.effect_unknown


async def test_the_token_goes_in_zohos_own_header(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    await zoho.records.page("Leads")
    assert crm.last.headers["authorization"] == "Zoho-oauthtoken 1000.token.1"
    assert "1000." not in str(crm.last.url)


async def test_each_call_is_reported_with_its_cost_and_without_names(
    crm: ScriptedCrm, zoho: ZohoClient
) -> None:
    crm.says(204, x_api_credits_remaining="4321")
    await zoho.records.by_id("Leads", "7300000000000680100")
    await zoho.deleted.page("Leads")
    crm.says(500)
    with pytest.raises(ServerFault):
        await zoho.records.insert("Leads", [{"Last_Name": "x"}] * 11)
    told = [(r.operation, r.status, r.cost, r.credits_left) for r in crm.reports]
    assert told == [
        ("records.by_id", 204, 1, 4321),
        ("deleted.page", 204, 2, 4321),
        ("records.insert", 500, 2, None),
    ]
    assert "7300000000000680100" not in repr(crm.reports)


async def test_a_call_without_an_answer_is_reported_with_status_zero(
    crm: ScriptedCrm, zoho: ZohoClient
) -> None:
    def fail(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("x")

    crm.answer = fail
    with pytest.raises(Unreachable):
        await zoho.records.page("Leads")
    assert crm.reports[-1].status == 0


async def test_no_log_line_holds_a_query(
    crm: ScriptedCrm, zoho: ZohoClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    # The command line quiets it for good, in whatever process it was tried.
    caplog.set_level(logging.DEBUG, logger="httpx2")
    await zoho.search.by_email("Leads", "canary@example.com")
    await zoho.search.by_criteria("Leads", where("Last_Name", "equals", "Canary"))
    assert "/crm/v2/Leads/search" in caplog.text
    assert "anary" not in caplog.text
    assert "1000." not in caplog.text


async def test_what_is_not_json_is_not_sent(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    for value in (float("nan"), object(), "\ud800", {1, 2}):
        with pytest.raises(BadArgument):
            await zoho.records.insert("Leads", [{"Last_Name": value}])
    assert crm.requests == []


async def test_no_more_calls_are_under_way_than_allowed(crm: ScriptedCrm) -> None:
    under_way, most = 0, 0

    async def handle(request: httpx2.Request) -> httpx2.Response:
        nonlocal under_way, most
        if request.url.host.startswith("accounts."):
            return await crm.handle(request)
        under_way += 1
        most = max(most, under_way)
        await anyio.lowlevel.checkpoint()
        await anyio.lowlevel.checkpoint()
        under_way -= 1
        return httpx2.Response(204)

    async with (
        crm.client(concurrency=3, http_transport=httpx2.MockTransport(handle)) as zoho,
        anyio.create_task_group() as tasks,
    ):
        for _ in range(20):
            tasks.start_soon(zoho.records.by_id, "Leads", "1")
    assert most == 3


async def test_each_family_has_its_own_api_version(crm: ScriptedCrm) -> None:
    versions = ApiVersions(records="v8", channels="v7")
    async with crm.client(SharedStore(), versions=versions) as zoho:
        await zoho.records.page("Leads")
        assert crm.last.url.path == "/crm/v8/Leads"
        await zoho.channels.list()
        assert crm.last.url.path == "/crm/v7/actions/watch"
        await zoho.deleted.page("Leads")
        assert crm.last.url.path == "/crm/v2/Leads/deleted"


async def test_an_id_stays_the_string_it_came_as(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    body = {"data": [{"id": "0007300000000000680100", "Owner": {"id": "9" * 19}}]}
    crm.says(200, json.dumps(body).encode())
    record = (await zoho.records.by_id("Leads", "1")).records[0]
    assert record["id"] == "0007300000000000680100"
    assert record["Owner"]["id"] == "9" * 19
