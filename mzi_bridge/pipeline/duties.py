"""What a running bridge does by itself: work, renew channels, ask for changes."""

from __future__ import annotations

import logging
import random

import anyio

from mzi_bridge.errors import MziError
from mzi_bridge.pipeline.channels import renew_due
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.pause import seconds_paused
from mzi_bridge.pipeline.sync import Mode, sync
from mzi_bridge.pipeline.worker import Worker

log = logging.getLogger(__name__)
RENEWAL_CHECK_SECONDS = 60.0
WORKERS = 2


async def run_workers(links: Links, lease_seconds: float, stopping: anyio.Event) -> None:
    """Works until `stopping` is set, then finishes the batches in hand."""
    workers = [Worker(links, lease_seconds=lease_seconds) for _ in range(WORKERS)]
    async with anyio.create_task_group() as tasks:
        for worker in workers:
            tasks.start_soon(worker.run)
        await stopping.wait()
        for worker in workers:
            worker.stop()


async def renew_channels(links: Links, hours: float) -> None:
    """Looks every minute whether a channel has passed half its life."""
    while True:
        try:
            await renew_due(links, hours)
        except MziError as error:
            log.error("channels not renewed: %s: %s", error.reason, error)
        await links.clock.sleep(RENEWAL_CHECK_SECONDS)


async def poll_changes(links: Links, seconds: float) -> None:
    """Asks every module for its changes from time to time: what repairs a lost notification.

    `seconds` between two rounds, jittered by a tenth; 0 turns it off.
    """
    while seconds:
        await links.clock.sleep(seconds * random.uniform(0.9, 1.1))  # noqa: S311
        try:
            if not await seconds_paused(links):
                await sync(links, list(links.preset.modules), Mode.DELTA)
        except MziError as error:
            log.error("delta poll: %s: %s", error.reason, error)
