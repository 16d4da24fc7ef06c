"""Everything a bridge does by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from mzi_bridge.app.links import Bridge
from mzi_bridge.pipeline.duties import Terms, run_pusher, run_workers, timed_duties
from mzi_bridge.pipeline.supervise import supervised


@asynccontextmanager
async def working(bridge: Bridge) -> AsyncIterator[None]:
    """Everything a bridge does by itself, for as long as the block runs.

    On leaving, the batches in hand are finished; timed duties are dropped where they stand.
    """
    settings, links, stopping = bridge.settings, bridge.links, anyio.Event()
    terms = Terms(
        channel_hours=settings.channel_hours,
        poll_seconds=settings.poll_seconds,
        base_url=settings.webhook_base_url and str(settings.webhook_base_url),
        moodle_enabled=settings.moodle_enabled,
        reconcile_hours=settings.reconcile_hours,
        photo_days=settings.photo_days,
    )
    async with anyio.create_task_group() as timed:
        for name, duty in timed_duties(links, terms).items():
            timed.start_soon(supervised, name, links.clock, duty)
        async with anyio.create_task_group() as workers:
            if settings.moodle_enabled:
                workers.start_soon(run_workers, links, settings.lease_seconds, stopping)
            if settings.push:
                workers.start_soon(run_pusher, links, settings.lease_seconds, stopping)
            try:
                yield
            finally:
                stopping.set()
        timed.cancel_scope.cancel()
