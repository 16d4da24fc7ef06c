"""Each way in which Moodle can answer, and the named error it becomes."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from urllib.parse import parse_qs

import anyio
import httpx2
import pytest
from pydantic import SecretStr

from mzi_bridge.errors import MziError
from mzi_bridge.moodle import errors
from mzi_bridge.moodle.client import MoodleClient

HTML = {"content-type": "text/html"}
SECRET = "ab12" * 8
ROWS = {"records": '[{"first_name":"CANARY"}]'}


def client(handler: Callable[[httpx2.Request], httpx2.Response], **more: object) -> MoodleClient:
    return MoodleClient(
        "https://moodle.example.edu/",
        SecretStr(SECRET),
        transport=httpx2.MockTransport(handler),
        **more,  # type: ignore[arg-type]
    )


def fault(errorcode: str) -> httpx2.Response:
    body = {"exception": "moodle_exception", "errorcode": errorcode, "message": "CANARY"}
    return httpx2.Response(200, json=body)


CASES: list[tuple[str, httpx2.Response, type[MziError], str]] = [
    ("wrong token", fault("invalidtoken"), errors.MoodleRefused, "invalidtoken"),
    ("no access", fault("accessexception"), errors.MoodleRefused, "accessexception"),
    ("no capability", fault("nopermissions"), errors.MoodleRefused, "nopermissions"),
    ("no such function", fault("invalidrecord"), errors.MoodleRefused, "invalidrecord"),
    ("maintenance fault", fault("sitemaintenance"), errors.MoodleMaintenance, "maintenance"),
    ("upgrade running", fault("upgraderunning"), errors.MoodleMaintenance, "maintenance"),
    ("bad arguments", fault("invalidparameter"), errors.MoodleRejectedCall, "invalidparameter"),
    ("bad json", fault("invalidjson"), errors.MoodleRejectedCall, "invalidjson"),
    ("short count", fault("countmismatch"), errors.MoodleRejectedCall, "countmismatch"),
    ("too many rows", fault("toomanyrecords"), errors.MoodleTooLarge, "toomanyrecords"),
    ("database fault", fault("dmlwriteexception"), errors.MoodleFault, "moodle_exception"),
    ("unknown fault", fault("whatever"), errors.MoodleFault, "moodle_exception"),
    ("services off", httpx2.Response(403), errors.MoodleRefused, "web_services_off"),
    (
        "maintenance page",
        httpx2.Response(503, text="<html>", headers=HTML),
        errors.MoodleMaintenance,
        "maintenance",
    ),
    ("throttled", httpx2.Response(429), errors.MoodleThrottled, "throttled"),
    ("too large", httpx2.Response(413), errors.MoodleTooLarge, "too_large"),
    ("server fault", httpx2.Response(500), errors.MoodleFault, "server_error"),
    ("bad gateway", httpx2.Response(502), errors.MoodleFault, "server_error"),
    ("not found", httpx2.Response(404), errors.MoodleRefused, "wrong_address"),
    (
        "redirect",
        httpx2.Response(303, headers={"location": "https://elsewhere.example"}),
        errors.MoodleRefused,
        "redirected",
    ),
    ("html", httpx2.Response(200, text="<html>"), errors.MoodleBadAnswer, "not_json"),
    (
        "truncated",
        httpx2.Response(200, text='{"count": 1, "re'),
        errors.MoodleBadAnswer,
        "not_json",
    ),
    ("empty", httpx2.Response(200), errors.MoodleBadAnswer, "not_json"),
]


@pytest.mark.parametrize(
    ("response", "kind", "reason"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
async def test_every_bad_answer_has_its_error(
    response: httpx2.Response, kind: type[MziError], reason: str
) -> None:
    told: list[tuple[str, str]] = []
    async with client(
        lambda request: response, observer=lambda f, o, seconds: told.append((f, o))
    ) as moodle:
        with pytest.raises(kind) as caught:
            await moodle.call("local_mzi_get_status", {})
    assert caught.value.reason == reason
    assert told == [("local_mzi_get_status", reason)]
    assert "CANARY" not in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (httpx2.ConnectError("refused"), "unreachable"),
        (httpx2.ReadError("reset"), "unreachable"),
        (httpx2.RemoteProtocolError("cut"), "unreachable"),
        (httpx2.ReadTimeout("slow"), "timeout"),
        (httpx2.ConnectTimeout("slow"), "timeout"),
    ],
)
async def test_no_answer_is_retried_later(error: Exception, reason: str) -> None:
    def fail(request: httpx2.Request) -> httpx2.Response:
        raise error

    async with client(fail) as moodle:
        with pytest.raises(errors.MoodleUnreachable) as caught:
            await moodle.call("local_mzi_get_status", {})
    assert caught.value.reason == reason


def everything(error: BaseException) -> str:
    """What a log line with the traceback would show, and what the chain keeps besides."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "".join(traceback.format_exception(error)) + "".join(map(repr, chain))


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.ReadTimeout("slow CANARY"),
        httpx2.ConnectError("refused CANARY"),
        httpx2.Response(200, text='{"first_name": "CANARY'),
        fault("dmlwriteexception"),
    ],
    ids=["timeout", "connection", "truncated", "fault"],
)
async def test_an_errors_chain_holds_neither_rows_nor_token(
    answer: Exception | httpx2.Response,
) -> None:
    def reply(request: httpx2.Request) -> httpx2.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    async with client(reply) as moodle:
        with pytest.raises(MziError) as caught:
            await moodle.call("local_mzi_upsert_students", ROWS)
    shown = everything(caught.value)
    assert "CANARY" not in shown
    assert SECRET not in shown
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "code", ["CANARY", "dml canary", "canary" * 11, "canary\n", "", "ليلى", None, ["canary"]]
)
async def test_an_errorcode_that_is_none_is_not_repeated(code: object) -> None:
    body = {"exception": "moodle_exception", "errorcode": code, "message": "m"}
    async with client(lambda request: httpx2.Response(200, json=body)) as moodle:
        with pytest.raises(errors.MoodleFault, match="with unreadable") as caught:
            await moodle.call("local_mzi_get_status", {})
    assert "canary" not in everything(caught.value).lower()


async def test_retry_after_is_taken_over() -> None:
    response = httpx2.Response(503, headers={"retry-after": "120"})
    async with client(lambda request: response) as moodle:
        with pytest.raises(errors.MoodleMaintenance) as caught:
            await moodle.call("local_mzi_get_status", {})
    assert caught.value.retry_after == 120.0


async def test_the_token_travels_in_the_body_and_never_in_the_address() -> None:
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, json={})

    async with client(answer) as moodle:
        await moodle.call("local_mzi_get_rows", {"entity": "students", "ids": '["1"]'})
    form = parse_qs(seen[0].content.decode())
    assert form == {
        "wstoken": [SECRET],
        "wsfunction": ["local_mzi_get_rows"],
        "moodlewsrestformat": ["json"],
        "entity": ["students"],
        "ids": ['["1"]'],
    }
    assert SECRET not in str(seen[0].url)


async def test_no_more_calls_in_flight_than_the_gate_allows() -> None:
    in_flight = most = 0

    async def answer(request: httpx2.Request) -> httpx2.Response:
        nonlocal in_flight, most
        in_flight += 1
        most = max(most, in_flight)
        await anyio.lowlevel.checkpoint()
        in_flight -= 1
        return httpx2.Response(200, json={})

    async with client(answer, parallel=2) as moodle, anyio.create_task_group() as tasks:  # type: ignore[arg-type]
        for _ in range(20):
            tasks.start_soon(moodle.call, "local_mzi_get_status", {})
    assert most == 2
