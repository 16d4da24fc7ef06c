"""The network between the three: late, and it knows who has hung up."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import httpx2
from starlette.types import ASGIApp, Message

from mzi_bridge.sandbox.faults import ConnectionDropped

Heard = Callable[[str, httpx2.Request], None]


class Wires(httpx2.AsyncBaseTransport):
    """Leads each host to its app, which goes on with a call though the caller hangs up.

    `cut` makes it the wires of a process that is no more. `in_flight` counts, by host, calls
    whose caller still waits; `most_in_flight` the most there ever were.
    """

    def __init__(self, hosts: dict[str, ASGIApp], chance: Random) -> None:
        self.hosts = hosts
        self.cut = False
        self.heard: list[Heard] = []
        self.in_flight: Counter[str] = Counter()
        self.most_in_flight: Counter[str] = Counter()
        self._chance = chance
        self._under_way: set[asyncio.Task[httpx2.Response]] = set()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        host = request.url.host
        if self.cut or host not in self.hosts:
            raise httpx2.ConnectError("nobody listens there", request=request)
        for hear in self.heard:
            hear(host, request)
        self.in_flight[host] += 1
        self.most_in_flight[host] = max(self.most_in_flight[host], self.in_flight[host])
        try:
            return await self._answered(request, await request.aread())
        finally:
            self.in_flight[host] -= 1

    async def _answered(self, request: httpx2.Request, body: bytes) -> httpx2.Response:
        patience = request.extensions.get("timeout", {}).get("read")
        task = asyncio.get_running_loop().create_task(self._served(request, body))
        self._under_way.add(task)
        task.add_done_callback(self._forget)
        done, _ = await asyncio.wait((task,), timeout=patience)
        if not done:
            raise httpx2.ReadTimeout("no answer in time", request=request)
        if task.cancelled():
            raise httpx2.ReadError("the other side is no more", request=request)
        try:
            return task.result()
        except ConnectionDropped:
            raise httpx2.ReadError("the connection was dropped", request=request) from None

    def _forget(self, task: asyncio.Task[httpx2.Response]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()

    async def _served(self, request: httpx2.Request, body: bytes) -> httpx2.Response:
        await asyncio.sleep(0.005 + self._chance.random() * 0.7)
        exchange = _Exchange(body)
        app = self.hosts.get(request.url.host)
        if app is None:
            raise ConnectionDropped("it has gone meanwhile")
        await app(_scope(request), exchange.receive, exchange.send)
        await asyncio.sleep(0.005 + self._chance.random() * 0.7)
        return exchange.response(request)


class _Exchange:
    """One request and what the app sends to it, as ASGI messages."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._sent = b""
        self._ended = False

    async def receive(self) -> Message:
        if self._body is None:
            await asyncio.get_running_loop().create_future()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = list(message.get("headers", ()))
        else:
            self._sent += message.get("body", b"")
            self._ended = not message.get("more_body", False)

    def response(self, request: httpx2.Request) -> httpx2.Response:
        if not self._ended:
            raise httpx2.RemoteProtocolError("the answer broke off", request=request)
        return httpx2.Response(
            self._status, headers=self._headers, content=self._sent, request=request
        )


def _scope(request: httpx2.Request) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.partition(b"?")[0],
        "query_string": request.url.query,
        "server": (request.url.host, 443),
        "client": ("127.0.0.1", 1),
        "root_path": "",
    }
