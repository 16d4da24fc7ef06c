"""Waiting for what comes by itself, in real time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio

SECONDS = 60.0


async def until(true: Callable[[], bool | Awaitable[bool]]) -> None:
    """Looks again and again; a test that waits too long fails."""
    with anyio.fail_after(SECONDS):
        while True:
            answer = true()
            if answer if isinstance(answer, bool) else await answer:
                return
            await anyio.sleep(0.005)
