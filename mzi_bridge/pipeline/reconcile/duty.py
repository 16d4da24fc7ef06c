"""The bridge reconciles by itself, once in so many hours, and mends what it finds."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Sequence

from msgspec import Struct

from mzi_bridge.errors import MziError, PauseLink
from mzi_bridge.journal.runs import Run, RunState
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.pause import pause_side, seconds_paused
from mzi_bridge.pipeline.reconcile.budget import RUN_CREDITS
from mzi_bridge.pipeline.reconcile.drift import Reconciliation
from mzi_bridge.pipeline.reconcile.kept import KIND, SILENT_SECONDS, reconcile_and_keep
from mzi_bridge.pipeline.sync import CURSOR
from mzi_bridge.pipeline.while_held import while_held

log = logging.getLogger(__name__)
LOOK_SECONDS = 300.0
HOUR = 3600.0
FIRST_WAIT_SECONDS = 900.0
"""After a failed run; doubled after each one more, up to the period."""
MANY_FAILURES = 3
ALARM = "reconcile_failing"
OWNER = "service"
LOCK = "reconcile"
LEASE_SECONDS = 600.0


async def reconcile_due(
    links: Links, hours: float, jitter: Callable[[], float] = random.random
) -> None:
    """Looks every five minutes whether a run is due: `hours` after the last that was done began,
    and a while after one that failed, give or take a tenth; 0 turns it off. Never before
    anything was synced: that is a backfill's work."""
    born = links.clock.now()
    while hours:
        await links.clock.sleep(LOOK_SECONDS)
        try:
            await _if_due(links, hours, born, 0.9 + jitter() / 5)
        except MziError as error:
            log.error("reconcile: %s: %s", error.reason, error)
        except Exception:
            # A duty that dies would leave a service that only looks alive.
            log.exception("reconcile: a bug")


async def _if_due(links: Links, hours: float, born: float, spread: float) -> None:
    async with links.journal.locks.attempt(LOCK, seconds=LEASE_SECONDS) as mine:
        if not mine:
            return
        due_at = _due_at(await _known(links), born, hours * HOUR, spread)
        if await seconds_paused(links) or not await _ever_synced(links):
            return
        if links.clock.now() < due_at:
            return
        try:
            result = await while_held(links, LOCK, LEASE_SECONDS, lambda: _run(links, hours))
        except PauseLink as pause:
            await pause_side(links, pause)
            return
    _tell(result)


async def _run(links: Links, hours: float) -> Reconciliation:
    # The bound is for a run every hour; a rarer one may take as much altogether.
    credits = int(RUN_CREDITS * max(1.0, hours))
    modules = list(links.preset.modules)
    return await reconcile_and_keep(
        links, modules, whole=True, owner=OWNER, repair=True, credits=credits
    )


class _Known(Struct, frozen=True):
    """The last run over every module that repaired and was done, and those that failed since."""

    done: Run | None
    failed: tuple[Run, ...]


async def _known(links: Links) -> _Known:
    """What else was asked for, or was stopped, does not count. Tells by the alarm what it
    finds."""
    runs = await links.journal.runs.since_done(KIND, None)
    if left := [run for run in runs if _is_abandoned(run, links.clock.now())]:
        for run in left:
            await links.journal.runs.finish(run.id, RunState.FAILED, "abandoned")
        runs = await links.journal.runs.since_done(KIND, None)
    done = next((run for run in runs if run.state is RunState.DONE), None)
    known = _Known(done, tuple(run for run in runs if run.state is RunState.FAILED))
    await _tell_failures(links, known.failed)
    return known


def _is_abandoned(run: Run, now: float) -> bool:
    """Who asks has the lock: so nobody else of the service is at work. What a person began shows
    by its heartbeat that it lives."""
    left = run.owner == OWNER or now - run.updated_at > SILENT_SECONDS
    return run.state is RunState.RUNNING and left


def _due_at(known: _Known, born: float, period: float, spread: float) -> float:
    """A period after the last done run began; the first one after `born`, or after those that
    failed. `spread` is the jitter's factor."""
    after = period * spread
    if not known.failed:
        return (known.done.started_at if known.done else born) + after
    last = known.failed[0]
    wait = min(FIRST_WAIT_SECONDS * 2.0 ** (len(known.failed) - 1), period) * spread
    again = (last.finished_at or last.started_at) + wait
    return max(again, known.done.started_at + after) if known.done else again


async def _tell_failures(links: Links, failed: Sequence[Run]) -> None:
    if len(failed) < MANY_FAILURES:
        await links.journal.alarms.clear(ALARM, "")
        return
    await links.journal.alarms.raise_alarm(
        ALARM,
        "",
        f"The last {len(failed)} reconciliations failed, the last one with"
        f" {failed[0].error_reason or 'no reason'}. Look: mzi reconcile.",
    )


async def _ever_synced(links: Links) -> bool:
    known = [await links.journal.cursors.get(module, CURSOR) for module in links.preset.modules]
    return any(known)


def _tell(result: Reconciliation) -> None:
    for module, report in result.modules.items():
        if report.error is not None:
            log.error("reconcile of %s: %s: %s", module, report.error.reason, report.error)
        elif report.repaired or not report.agrees:
            log.warning("reconcile of %s: %s", module, dict(report.counts()))
