"""What a running bridge does by itself: work, renew channels, ask for changes, tidy up."""

from __future__ import annotations

import logging
import random
from collections.abc import Awaitable, Callable

import anyio

from mzi_bridge.errors import MziError, PauseLink
from mzi_bridge.pipeline import brake
from mzi_bridge.pipeline.channels import renew_due
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.pause import pause_for, seconds_paused
from mzi_bridge.pipeline.sync import CURSOR, Mode, sync
from mzi_bridge.pipeline.worker import Worker

log = logging.getLogger(__name__)
RENEWAL_CHECK_SECONDS = 60.0
TIDY_SECONDS = 3600.0
DAY = 86_400.0
KEPT_DAYS = {"deliveries": 30, "runs": 90, "dead": 365, "held": 365}
WORKERS = 2
_POLL_LOCK = "delta_poll"
_POLL_LEASE_SECONDS = 900.0


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
        await _survive("channels not renewed", lambda: renew_due(links, hours))
        await links.clock.sleep(RENEWAL_CHECK_SECONDS)


async def poll_changes(links: Links, seconds: float) -> None:
    """Asks every module for its changes from time to time: what repairs a lost notification.

    `seconds` between two rounds, jittered by a tenth; 0 turns it off. The first is at once,
    unless nothing was ever synced: a bridge that starts may have missed something.
    """
    if seconds:
        await _survive("delta poll", lambda: _catch_up(links, seconds))
    while seconds:
        await links.clock.sleep(seconds * random.uniform(0.9, 1.1))  # noqa: S311
        await _survive("delta poll", lambda: poll_once(links, seconds))


async def poll_once(links: Links, seconds: float = 0.0) -> None:
    """One round, unless a link is paused, or some process is at it or was within half of
    `seconds`."""
    async with links.journal.locks.attempt(_POLL_LOCK, seconds=_POLL_LEASE_SECONDS) as mine:
        if not mine or await seconds_paused(links) or await _was_polled(links, seconds / 2):
            return
        try:
            results = await sync(links, list(links.preset.modules), Mode.DELTA)
        except PauseLink as pause:
            await pause_for(links, pause)
            return
    for module, progress in results.items():
        if progress.error is not None:
            log.error("delta poll of %s: %s: %s", module, progress.error.reason, progress.error)


async def tidy(links: Links) -> None:
    """Forgets, every hour, what is only history and old; open dead letters never."""
    while True:
        await links.clock.sleep(TIDY_SECONDS)
        await _survive("old rows not forgotten", lambda: tidy_once(links))


async def tidy_once(links: Links) -> None:
    now = links.clock.now()
    await links.journal.deliveries.prune(now - KEPT_DAYS["deliveries"] * DAY)
    await links.journal.runs.prune(now - KEPT_DAYS["runs"] * DAY)
    await links.journal.dead.prune(now - KEPT_DAYS["dead"] * DAY)
    await links.journal.held.prune(now - KEPT_DAYS["held"] * DAY)
    await brake.remind(links.journal)


async def _catch_up(links: Links, seconds: float) -> None:
    known = [await links.journal.cursors.get(module, CURSOR) for module in links.preset.modules]
    if any(known):
        await poll_once(links, seconds)


async def _was_polled(links: Links, seconds: float) -> bool:
    last = await links.journal.runs.recent(1, kind=Mode.DELTA.value)
    return bool(last) and links.clock.now() - last[0].started_at < seconds


async def _survive(what: str, duty: Callable[[], Awaitable[object]]) -> None:
    """A duty that dies would leave a service that only looks alive: it fails one round."""
    try:
        await duty()
    except MziError as error:
        log.error("%s: %s: %s", what, error.reason, error)
    except Exception:
        log.exception("%s: a bug", what)
