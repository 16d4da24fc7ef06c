"""A part of the service that is imported and built when somebody first comes to it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import anyio
import anyio.to_thread
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from mzi_bridge.problems import BUG

log = logging.getLogger(__name__)


class Room(BaseRoute):
    """`addresses` and all below them, answered by the app that `build` imports and makes.

    That takes some tenths of a second: a thread does it, so that notices are not held up, and does
    it once, however many come meanwhile. Where it fails, whoever waited is told of a bug, and the
    next request tries again.
    """

    def __init__(self, name: str, addresses: Sequence[str], build: Callable[[], ASGIApp]) -> None:
        self._name = name
        self._addresses = tuple(addresses)
        self._below = tuple(f"{address}/" for address in addresses)
        self._build = build
        self._building = anyio.Lock()
        self._app: ASGIApp | None = None

    @property
    def routes(self) -> list[BaseRoute]:
        """What is inside, as far as it was built."""
        return getattr(self._app, "routes", [])

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path = scope["path"]
        inside = path in self._addresses or path.startswith(self._below)
        return (Match.FULL if inside else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        app: ASGIApp
        try:
            app = self._app or await self._built()
        except Exception:
            log.exception("%s could not be built", self._name)
            app = BUG.answer()
        await app(scope, receive, send)

    async def _built(self) -> ASGIApp:
        async with self._building:
            if self._app is None:
                self._app = await anyio.to_thread.run_sync(self._build)
            return self._app
