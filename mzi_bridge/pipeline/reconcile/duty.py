"""The bridge reconciles by itself, once in so many hours, and mends what it finds."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable

from mzi_bridge.errors import MziError, PauseLink
from mzi_bridge.journal.runs import Run, RunState
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.pause import pause_side, seconds_paused
from mzi_bridge.pipeline.reconcile.budget import RUN_CREDITS
from mzi_bridge.pipeline.reconcile.drift import Reconciliation
from mzi_bridge.pipeline.reconcile.kept import KIND, reconcile_and_keep
from mzi_bridge.pipeline.sync import CURSOR

log = logging.getLogger(__name__)
LOOK_SECONDS = 300.0
HOUR = 3600.0
_LOCK = "reconcile"
_LEASE_SECONDS = 3600.0


async def reconcile_due(
    links: Links, hours: float, jitter: Callable[[], float] = random.random
) -> None:
    """Looks every five minutes whether a run is due: `hours` after the last began, give or
    take a tenth; 0 turns it off. Never before anything was synced: that is a backfill's work."""
    born = links.clock.now()
    while hours:
        await links.clock.sleep(LOOK_SECONDS)
        try:
            await _if_due(links, hours, born, hours * HOUR * (0.9 + jitter() / 5))
        except MziError as error:
            log.error("reconcile: %s: %s", error.reason, error)
        except Exception:
            # A duty that dies would leave a service that only looks alive.
            log.exception("reconcile: a bug")


async def _if_due(links: Links, hours: float, born: float, after: float) -> None:
    async with links.journal.locks.attempt(_LOCK, seconds=_LEASE_SECONDS) as mine:
        if not mine or await seconds_paused(links) or not await _ever_synced(links):
            return
        last = await _last_whole(links)
        begun = last.started_at if last else born
        if links.clock.now() - begun < after:
            return
        await _abandon(links, last)
        try:
            # The bound is for a run every hour; a rarer one may take as much altogether.
            result = await reconcile_and_keep(
                links,
                list(links.preset.modules),
                repair=True,
                credits=int(RUN_CREDITS * max(1.0, hours)),
            )
        except PauseLink as pause:
            await pause_side(links, pause)
            return
    _tell(result)


async def _last_whole(links: Links) -> Run | None:
    """The last run over every module that repaired; what else was asked for does not count."""
    runs = await links.journal.runs.recent(20, kind=KIND)
    return next((run for run in runs if run.module is None and not run.dry_run), None)


async def _abandon(links: Links, last: Run | None) -> None:
    if last is not None and last.state is RunState.RUNNING:
        await links.journal.runs.finish(last.id, RunState.FAILED, "abandoned")


async def _ever_synced(links: Links) -> bool:
    known = [await links.journal.cursors.get(module, CURSOR) for module in links.preset.modules]
    return any(known)


def _tell(result: Reconciliation) -> None:
    for module, report in result.modules.items():
        if report.error is not None:
            log.error("reconcile of %s: %s: %s", module, report.error.reason, report.error)
        elif report.repaired or not report.agrees:
            log.warning("reconcile of %s: %s", module, dict(report.counts()))
