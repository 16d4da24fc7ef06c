"""Broken answers as bytes on a real socket."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from mzi_bridge.zoho.client import ZohoClient
from mzi_bridge.zoho.errors import BadAnswer, RateLimited, UnknownEffect, Unreachable
from mzi_bridge.zoho.oauth import StoredToken
from tests.support.scripted_crm import NOW, ScriptedCrm, SharedStore

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
GOOD = b'{"data": [{"id": "1"}]}'


@asynccontextmanager
async def serving(crm: ScriptedCrm, answer: bytes | None) -> AsyncIterator[ZohoClient]:
    """A client of a server that answers every request with these bytes and hangs up; with
    None it never answers."""
    done = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if answer is None:
            await done.wait()
        else:
            writer.write(answer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    store = SharedStore(StoredToken("1000.t", NOW + 3600, None))
    settings = {"api_url": f"http://127.0.0.1:{port}", "http_transport": None, "timeout": 0.5}
    async with server, crm.client(store, **settings) as client:
        yield client
        done.set()


def sized(body: bytes, size: int, *headers: bytes) -> bytes:
    lines = [b"Content-Length: %d" % size, *headers]
    return HEAD + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body


async def test_a_whole_answer_is_read(crm: ScriptedCrm) -> None:
    async with serving(crm, sized(GOOD, len(GOOD))) as zoho:
        assert (await zoho.records.by_id("Leads", "1")).records == ({"id": "1"},)


async def test_a_compressed_answer_is_read(crm: ScriptedCrm) -> None:
    packed = gzip.compress(GOOD)
    async with serving(crm, sized(packed, len(packed), b"Content-Encoding: gzip")) as zoho:
        assert (await zoho.records.by_id("Leads", "1")).records == ({"id": "1"},)


BROKEN = [
    pytest.param(b"", id="hung up without a word"),
    pytest.param(HEAD[:30], id="hung up in the head"),
    pytest.param(sized(GOOD[:10], len(GOOD)), id="hung up in the body"),
    pytest.param(HEAD + b'Transfer-Encoding: chunked\r\n\r\n5\r\n{"dat', id="half a chunk"),
    pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", id="no chunk"),
    pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n", id="another protocol"),
    pytest.param(None, id="no answer in time"),
]


@pytest.mark.parametrize("answer", BROKEN)
async def test_an_answer_that_breaks_off_is_lost(crm: ScriptedCrm, answer: bytes | None) -> None:
    async with serving(crm, answer) as zoho:
        with pytest.raises(Unreachable):
            await zoho.records.by_id("Leads", "1")
        with pytest.raises(UnknownEffect):
            await zoho.records.insert("Leads", [{"Last_Name": "x"}])


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(sized(GOOD, len(GOOD), b"Content-Encoding: gzip"), id="not compressed"),
        pytest.param(sized(GOOD[:10], 10), id="truncated before it was sent"),
    ],
)
async def test_an_answer_that_cannot_be_read_is_bad(crm: ScriptedCrm, answer: bytes) -> None:
    async with serving(crm, answer) as zoho:
        with pytest.raises(BadAnswer) as read:
            await zoho.records.by_id("Leads", "1")
        with pytest.raises(BadAnswer) as write:
            await zoho.records.insert("Leads", [{"Last_Name": "x"}])
    assert (read.value.effect_unknown, write.value.effect_unknown) == (False, True)


async def test_a_bare_429_is_a_rate_limit(crm: ScriptedCrm) -> None:
    answer = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n"
    async with serving(crm, answer) as zoho:
        with pytest.raises(RateLimited) as raised:
            await zoho.records.by_id("Leads", "1")
    assert raised.value.retry_after == 3.0


async def test_a_closed_port_changes_nothing(crm: ScriptedCrm) -> None:
    server = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    store = SharedStore(StoredToken("1000.t", NOW + 3600, None))
    settings = {"api_url": f"http://127.0.0.1:{port}", "http_transport": None}
    async with crm.client(store, **settings) as zoho:
        with pytest.raises(Unreachable):
            await zoho.records.insert("Leads", [{"Last_Name": "x"}])
