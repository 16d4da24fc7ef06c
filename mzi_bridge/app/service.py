"""The HTTP service: what it always answers, and behind it the running bridge."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx2
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from mzi_bridge.api.cors import cors_of
from mzi_bridge.api.open_routes import alive_route, metrics_route
from mzi_bridge.app.doors import doors_of
from mzi_bridge.app.engine import (
    WATCH_SECONDS,
    Generation,
    Way,
    may_wait,
    not_connected,
    running,
)
from mzi_bridge.app.links import check_start, open_journal
from mzi_bridge.app.rooms import console_room, documentation_room, operations_room
from mzi_bridge.app.sight import scrape_of, sight_of
from mzi_bridge.clock import Clock, SystemClock
from mzi_bridge.problems import NOT_CONNECTED, PROBLEM_HANDLERS
from mzi_bridge.settings import Settings
from mzi_bridge.webhooks.operations import NOTIFY

RETRY_AFTER_SECONDS = 60
GENERATION = "mzi_bridge.generation"


def create_app(
    settings: Settings,
    *,
    with_worker: bool = True,
    clock: Clock | None = None,
    transport: httpx2.AsyncBaseTransport | None = None,
    watch_seconds: float = WATCH_SECONDS,
) -> Starlette:
    """The HTTP service. Its lifespan opens everything and, with a worker, does the work.

    With a way to sign in it starts without connections, too, and waits for the set-up.
    `app.state.engine` is the Engine while it runs.
    """
    clock = clock or SystemClock()
    front = _Front()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        check_start(settings)
        async with AsyncExitStack() as stack:
            journal = await stack.enter_async_context(open_journal(settings, clock))
            sight = stack.enter_context(sight_of(settings, journal))
            doors = doors_of(settings, journal, clock)
            way = Way(
                doors=doors,
                with_worker=with_worker,
                may_wait=may_wait(settings),
                observers=sight.observers,
                watch_seconds=watch_seconds,
            )
            async with running(settings, clock, journal, way, transport) as engine:
                app.state.engine = engine
                app.router.routes.extend(
                    [
                        metrics_route(scrape_of(sight, engine, settings, clock).text, doors.api),
                        console_room(engine, settings, clock, transport),
                        operations_room(engine, settings, clock, doors, front),
                        Mount("", app=front),
                    ]
                )
                yield

    return Starlette(
        lifespan=lifespan,
        routes=[Route(NOTIFY.path, front), alive_route(), documentation_room()],
        exception_handlers=PROBLEM_HANDLERS,
        middleware=[*cors_of(settings.cors_origins), Middleware(_Counted)],
    )


class _Counted:
    """Lets each call be answered to its end by the generation that was at work when it came, also
    when the next one has begun: its clients are closed when its calls are.

    What is asked by far the most, Zoho's notices, goes to it by the shortest way.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        generation = None if scope["type"] == "lifespan" else scope["app"].state.engine.generation
        scope[GENERATION] = generation
        if generation is None:
            await self._app(scope, receive, send)
            return
        answer = generation.router if scope["path"] == NOTIFY.path else self._app
        generation.enter()
        try:
            await answer(scope, receive, send)
        finally:
            generation.leave()


class _Front:
    """Hands a call to its generation."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        generation: Generation | None = scope[GENERATION]
        answer = _unavailable() if generation is None else generation.router
        await answer(scope, receive, send)


def _unavailable() -> Response:
    error = not_connected()
    return NOT_CONNECTED.come_again(
        RETRY_AFTER_SECONDS, error.message, message=error.message, fix=error.fix
    )
