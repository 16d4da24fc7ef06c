"""Serves an ASGI app over real HTTP on the loopback for as long as a block runs."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

GRACE_SECONDS = 2


class _EmbeddedServer(uvicorn.Server):
    """Leaves the process's signal handlers alone and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit:
            raise OSError("the app did not start") from None
        self.listening.set()


@asynccontextmanager
async def listening(app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Yield the base URL, `http://127.0.0.1:PORT`; port 0 takes a free one.

    No `Date` header of uvicorn's own: the emulated CRM answers with its own clock. Raises
    OSError where the port is taken or the app does not start. Calls still running at the end
    have two seconds.
    """
    with _bound(host, port) as listener:
        address = f"http://{host}:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            app,
            date_header=False,
            server_header=False,
            access_log=False,
            log_level="error",
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        server = _EmbeddedServer(config)
        serving = asyncio.create_task(server.serve([listener]))
        ready = asyncio.create_task(server.listening.wait())
        try:
            await asyncio.wait({serving, ready}, return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                await serving
            yield address
        finally:
            ready.cancel()
            server.should_exit = True
            await serving


def _bound(host: str, port: int) -> socket.socket:
    """With TCP named as its protocol: asyncio sends small answers at once only then."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener
