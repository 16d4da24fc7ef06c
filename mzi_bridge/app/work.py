"""A bridge that works and takes in nothing: what `mzi work` runs, and answers a monitor with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx2
from starlette.applications import Starlette

from mzi_bridge.api.open_routes import alive_route, metrics_route
from mzi_bridge.app.doors import doors_of
from mzi_bridge.app.engine import Way, may_wait, running
from mzi_bridge.app.links import open_journal
from mzi_bridge.app.sight import scrape_of, sight_of
from mzi_bridge.clock import Clock, SystemClock
from mzi_bridge.problems import PROBLEM_HANDLERS
from mzi_bridge.settings import Settings


def create_work_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> Starlette:
    """Its lifespan does the work; it answers `/health` and `/metrics`, and nothing else."""
    clock = clock or SystemClock()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            journal = await stack.enter_async_context(open_journal(settings, clock))
            sight = stack.enter_context(sight_of(settings, journal))
            way = Way(may_wait=may_wait(settings), observers=sight.observers)
            engine = await stack.enter_async_context(
                running(settings, clock, journal, way, transport)
            )
            scrape = scrape_of(sight, engine, settings, clock)
            door = doors_of(settings, journal, clock).api
            app.router.routes.append(metrics_route(scrape.text, door))
            yield

    return Starlette(lifespan=lifespan, routes=[alive_route()], exception_handlers=PROBLEM_HANDLERS)
