"""An ASGI app on the loopback while a block runs, from a thread of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import anyio.from_thread
from starlette.types import ASGIApp

from mzi_bridge.sandbox.listener import listening


@contextmanager
def served(app: ASGIApp, port: int = 0) -> Iterator[str]:
    """Its address; port 0 takes a free one."""
    with (
        anyio.from_thread.start_blocking_portal() as portal,
        portal.wrap_async_context_manager(listening(app, port=port)) as url,
    ):
        yield url
