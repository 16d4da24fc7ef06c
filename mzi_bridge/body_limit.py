"""ASGI middleware that ends a request whose body is too large or too slow."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mzi_bridge.problems import BODY_TOO_LARGE, BODY_TOO_SLOW, Problem

BODY_SECONDS = 30.0


class BodyLimit:
    """Answers 413 `body_too_large` over `limit` bytes, counted as they come, and 408
    `body_too_slow` when the whole body is not there after `seconds`.

    A declared Content-Length over the limit is refused before a byte is read.
    """

    def __init__(self, app: ASGIApp, *, limit: int, seconds: float = BODY_SECONDS) -> None:
        self._app = app
        self._limit = limit
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if not (declared.isascii() and declared.isdigit()) or int(declared[:20]) > self._limit:
            await _refuse(BODY_TOO_LARGE, scope, receive, send)
            return
        try:
            await self._app(scope, self._counted(receive), send)
        except _TooLarge:
            await _refuse(BODY_TOO_LARGE, scope, receive, send)
        except _TooSlow:
            await _refuse(BODY_TOO_SLOW, scope, receive, send)

    def _counted(self, receive: Receive) -> Receive:
        read = 0
        whole = False
        deadline = asyncio.get_running_loop().time() + self._seconds

        async def counted() -> Message:
            nonlocal read, whole
            if whole:
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                raise _TooSlow from None
            read += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if read > self._limit:
                raise _TooLarge
            return message

        return counted


class _TooLarge(Exception):
    pass


class _TooSlow(Exception):
    pass


async def _refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    # The rest of the body was not read, so the connection cannot carry another request.
    await problem.answer(headers={"Connection": "close"})(scope, receive, send)
