from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator

import anyio
import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from mzi_bridge.body_limit import BodyLimit
from mzi_bridge.webhooks.body import MAX_DEPTH, read_json_object
from mzi_bridge.webhooks.reasons import Refused
from tests.support.problems import refusal
from tests.unit.webhooks.bench import CHANNEL_TOKEN, WORKFLOW, ZOHO, Bench, callback, guards

JSON = {"Content-Type": "application/json"}


def nested(levels: int) -> bytes:
    return b'{"a":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


BAD_BODIES = [
    (b"", "empty_body"),
    (b"   \n", "empty_body"),
    (b"{", "not_json"),
    (b"{}{}", "not_json"),
    (b"}{", "not_json"),
    (b'{"a": }', "not_json"),
    (b'{"a": "', "not_json"),
    (b'{"a": "\\', "not_json"),
    (b'{"a": NaN}', "not_json"),
    (b'{"a": -Infinity}', "not_json"),
    (b'{"a": ' + b"9" * 5000 + b"}", "not_json"),
    (b"{'a': 1}", "not_json"),
    (b'{"a": 1,}', "not_json"),
    (b'"text"', "not_an_object"),
    (b"[]", "not_an_object"),
    (b"null", "not_an_object"),
    (b"12", "not_an_object"),
    (b'{"a": 1, "a": 2}', "duplicate_key"),
    (b'{"a": {"b": 1, "b": 1}}', "duplicate_key"),
    (b'{"a": "\xff"}', "bad_encoding"),
    (b'{"a": "\xed\xa0\x80"}', "bad_encoding"),
    ('{"a": 1}'.encode("utf-16"), "bad_encoding"),
    (nested(MAX_DEPTH + 1), "too_deep"),
    (b'{"a":' * 100_000, "too_deep"),
    (b"[" * 1_000_000, "too_deep"),
]


@pytest.mark.parametrize(("body", "reason"), BAD_BODIES)
def test_bytes_that_are_no_json_object_are_named(bench: Bench, body: bytes, reason: str) -> None:
    response = bench.client().post(ZOHO, content=body, headers=JSON)
    assert refusal(response) == (400, reason)
    assert bench.stored_nothing


def test_the_deepest_allowed_nesting_passes() -> None:
    assert set(read_json_object(nested(MAX_DEPTH))) == {"a"}


def test_brackets_within_text_are_no_nesting() -> None:
    assert read_json_object(json.dumps({"a": '\\"[' * 1000}).encode())["a"].count("[") == 1000


def test_a_byte_order_mark_is_passed_over() -> None:
    assert read_json_object(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize("filler", [b'\\"', b'"', b'"[', b"[]", b'\\"[', b"\\", b'"a":'])
def test_no_text_makes_the_scan_slow(filler: bytes) -> None:
    body = b'{"a": "' + filler * (1_000_000 // len(filler))
    started = time.perf_counter()
    with pytest.raises(Refused):
        read_json_object(body)
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        'Application/JSON; charset="UTF-8"',
        "application/vnd.zoho+json",
        "text/plain;charset=UTF-8",
        "",
    ],
)
def test_json_is_taken_from_senders_of_every_habit(bench: Bench, media_type: str) -> None:
    response = bench.client().post(
        ZOHO, content=json.dumps(callback()), headers={"Content-Type": media_type}
    )
    assert response.status_code == 202


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Content-Type": "text/xml"}, "unsupported_media_type"),
        ({"Content-Type": "image/png"}, "unsupported_media_type"),
        ({"Content-Type": "multipart/mixed; boundary=x"}, "unsupported_media_type"),
        ({"Content-Type": "application/json; charset=utf-16"}, "unsupported_charset"),
        (JSON | {"Content-Encoding": "gzip"}, "unsupported_encoding"),
    ],
)
def test_other_kinds_of_body_are_refused(
    bench: Bench, headers: dict[str, str], reason: str
) -> None:
    response = bench.client().post(ZOHO, content=json.dumps(callback()), headers=headers)
    assert refusal(response) == (415, reason)
    assert bench.stored_nothing


@pytest.mark.parametrize(
    ("media_type", "body", "reason"),
    [
        ("application/x-www-form-urlencoded", b"a=%ff%fe", "bad_encoding"),
        ("application/x-www-form-urlencoded", b"\xff=1", "bad_encoding"),
        ("application/x-www-form-urlencoded", b"a=1&" * 201, "bad_form"),
        ("multipart/form-data", b"--x\r\n", "bad_form"),
        ("multipart/form-data; boundary=x", b"no boundary here", "bad_form"),
        ("multipart/form-data; boundary=", b"--\r\n\r\n", "bad_form"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="f"; filename="f.txt"\r\n\r\n1\r\n--x--',
            "bad_form",
        ),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--",
            "bad_form",
        ),
    ],
)
def test_a_form_that_cannot_be_read_is_named(
    bench: Bench, media_type: str, body: bytes, reason: str
) -> None:
    response = bench.client().post(ZOHO, content=body, headers={"Content-Type": media_type})
    assert refusal(response) == (400, reason)


def test_a_body_declared_too_large_is_refused(bench: Bench) -> None:
    bench.guards = guards(body_limit=2000)
    response = bench.client().post(ZOHO, content=json.dumps(callback(pad="x" * 2000)))
    assert refusal(response) == (413, "body_too_large")
    assert bench.stored_nothing


def test_a_body_at_the_limit_passes(bench: Bench) -> None:
    body = json.dumps(callback())
    bench.guards = guards(body_limit=len(body))
    assert bench.client().post(ZOHO, content=body).status_code == 202


@pytest.mark.parametrize("path", [ZOHO, f"{WORKFLOW}/student_updated"])
async def test_a_chunked_body_is_cut_off_at_the_limit(bench: Bench, path: str) -> None:
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 64_000_000:
            sent += 65_536
            yield b"[" * 65_536

    transport = httpx2.ASGITransport(bench.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        response = await client.post(path, content=chunks(), headers=JSON)
    assert response.status_code == 413
    assert sent <= 1_048_576 + 2 * 65_536
    assert bench.stored_nothing


@pytest.mark.parametrize("length", ["-1", "1e3", "\xb2", "9" * 30])
async def test_an_odd_content_length_is_refused(bench: Bench, length: str) -> None:
    messages = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        messages.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": ZOHO,
        "headers": [(b"content-length", length.encode("latin-1"))],
        "query_string": b"",
    }
    await bench.app(scope, receive, send)  # type: ignore[arg-type]
    assert messages[0]["status"] == 413


async def test_a_body_that_never_ends_is_given_up() -> None:
    async def endpoint(request: Request) -> PlainTextResponse:
        return PlainTextResponse(await request.body())

    app = Starlette(
        routes=[Route("/", endpoint, methods=["POST"])],
        middleware=[Middleware(BodyLimit, limit=100, seconds=0.01)],
    )

    async def stuck() -> AsyncIterator[bytes]:
        yield b"a"
        await anyio.sleep_forever()

    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        response = await client.post("/", content=stuck())
    assert refusal(response) == (408, "body_too_slow")


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
VALUES = st.recursive(
    SCALARS, lambda v: st.lists(v, max_size=4) | st.dictionaries(st.text(), v, max_size=4)
)
KEYS = ("module", "ids", "operation", "channel_id", "token", "server_time", "zoho_id", "id")
TYPES = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x")


@settings(max_examples=150)
@given(
    body=st.binary(max_size=300) | st.text(max_size=100).map(str.encode),
    media_type=st.sampled_from([*TYPES, "text/plain"]) | st.text(st.characters(codec="ascii")),
    path=st.sampled_from([ZOHO, f"{WORKFLOW}/grade_deleted"]),
)
def test_no_bytes_cause_a_server_error(body: bytes, media_type: str, path: str) -> None:
    bench = Bench()
    client: TestClient = bench.client()
    headers = {"Content-Type": "".join(c for c in media_type if c.isprintable())}
    response = client.post(path, content=body, headers=headers)
    assert 400 <= response.status_code < 500
    assert bench.stored_nothing


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(KEYS), VALUES))
def test_no_field_of_a_proven_sender_causes_a_server_error(changes: dict[str, object]) -> None:
    bench = Bench()
    proven = {"channel_id": "1001", "token": CHANNEL_TOKEN}
    body = json.dumps(callback() | changes | proven, allow_nan=True)
    response = bench.client().post(ZOHO, content=body, headers=JSON)
    assert response.status_code in {202, 400, 401}
    assert bench.stored_nothing is (response.status_code != 202)
