"""Waits at an address of the loopback for the notification of an edit."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mzi_bridge.errors import RetryLater

WAIT_SECONDS = 15.0


class Capture:
    """The notifications that came in, until someone asks for them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._came = asyncio.Condition()
        self._bodies: list[bytes] = []

    async def keep(self, request: Request) -> Response:
        body = await request.body()
        async with self._came:
            self._bodies.append(body)
            self._came.notify_all()
        return Response(status_code=202)

    async def notification(self, record_id: str, operation: str) -> bytes:
        """The one about `record_id`. Raises RetryLater when none comes."""
        with anyio.move_on_after(WAIT_SECONDS):
            async with self._came:
                while True:
                    for body in self._bodies:
                        notice = json.loads(body)
                        if record_id in notice["ids"] and notice["operation"] == operation:
                            self._bodies.remove(body)
                            return body
                    await self._came.wait()
        raise RetryLater("The CRM sent no notification.", reason="no_notification")


@asynccontextmanager
async def capturing() -> AsyncIterator[Capture]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        capture = Capture(f"http://127.0.0.1:{listener.getsockname()[1]}/")
        app = Starlette(routes=[Route("/", capture.keep, methods=["POST"])])
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False))
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield capture
        finally:
            server.should_exit = True
            await serving
