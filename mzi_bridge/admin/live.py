"""Parts of a page that renew themselves: server-sent events, few at once and none for long."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.responses import Response, StreamingResponse

from mzi_bridge.admin.visit import Visit
from mzi_bridge.errors import MziError

EVERY_SECONDS = 5.0
STREAM_SECONDS = 20.0
"""A stream ends soon and the browser asks for the next, so that a bridge that stops waits for none
and a session that is over is noticed."""
BACK_MS = 1000

Part = Callable[[Visit], Awaitable[str]]


async def stream(visit: Visit, part: Part) -> Response:
    """The part now and every few seconds, as events `part`; `end` when the session is over.

    503 while `visit.streams` are all in use: the page is then as it was loaded.
    """
    if not visit.streams.enter():
        return Response(status_code=503, headers={"retry-after": "30"})
    return StreamingResponse(
        _events(visit, part),
        media_type="text/event-stream",
        headers={"x-accel-buffering": "no"},
    )


async def _events(visit: Visit, part: Part) -> AsyncIterator[str]:
    clock = visit.ports.clock
    until = clock.now() + STREAM_SECONDS
    try:
        yield f"retry: {BACK_MS}\n\n"
        while clock.now() < until:
            if await _is_over(visit):
                yield _event("end", "")
                return
            yield _event("part", await part(visit))
            await clock.sleep(EVERY_SECONDS)
    except MziError:
        # The page stays as it is; the browser comes back.
        return
    finally:
        visit.streams.leave()


async def _is_over(visit: Visit) -> bool:
    return await visit.ports.journal.sessions.look(visit.session.name) is None


def _event(name: str, data: str) -> str:
    lines = "".join(f"data: {line}\n" for line in data.splitlines() or [""])
    return f"event: {name}\n{lines}\n"
