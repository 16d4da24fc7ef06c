"""A reconciliation as a run in the journal: when it was, and what it found by kind."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence

import anyio

from mzi_bridge.errors import MziError, RetryLater
from mzi_bridge.journal.runs import Run, RunState
from mzi_bridge.pipeline.alongside import alongside
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.reconcile.budget import RUN_CREDITS
from mzi_bridge.pipeline.reconcile.drift import Reconciliation
from mzi_bridge.pipeline.reconcile.run import Report, reconcile

log = logging.getLogger(__name__)
KIND = "reconcile"
HEARTBEAT_SECONDS = 60.0
SILENT_SECONDS = 5 * HEARTBEAT_SECONDS
"""A run without a sign of life for so long was left by a process that died."""


async def reconcile_and_keep(
    links: Links,
    modules: Sequence[str],
    *,
    whole: bool,
    owner: str = "",
    repair: bool = False,
    all_content: bool = False,
    credits: int | None = RUN_CREDITS,
    work: Callable[[], Awaitable[None]] | None = None,
    report: Report = lambda step: None,
    begun: Callable[[Run], None] = lambda run: None,
) -> Reconciliation:
    """As `reconcile`; `whole` says that `modules` are all there are, else it is one of them;
    `begun` is told the run.

    The run's `position` holds the counts of each module, its `counts` the sums by kind with
    `credits`; failed if any module could not be read."""
    runs = links.journal.runs
    module = None if whole else modules[0]
    run = await runs.start(KIND, module, dry_run=not repair, owner=owner)
    begun(run)
    state, reason = RunState.CANCELLED, "stopped"
    try:
        result = await alongside(
            lambda: reconcile(
                links,
                modules,
                repair=repair,
                all_content=all_content,
                credits=credits,
                work=work,
                report=report,
            ),
            lambda: _live(links, run.id),
        )
        await runs.checkpoint(run.id, _by_module(result), _counts(result))
        reason = next((r.error.reason for r in result.modules.values() if r.error), "")
        state = RunState.FAILED if reason else RunState.DONE
    except MziError as error:
        state, reason = RunState.FAILED, error.reason
        raise
    finally:
        with anyio.CancelScope(shield=True):
            await runs.finish(run.id, state, reason)
    return result


async def _live(links: Links, run_id: int) -> None:
    while True:
        await links.clock.sleep(HEARTBEAT_SECONDS)
        try:
            await links.journal.runs.touch(run_id)
        except RetryLater as error:
            log.warning("reconcile: no sign of life given: %s", error.reason)


def _by_module(result: Reconciliation) -> dict[str, dict[str, int]]:
    return {module: dict(report.counts()) for module, report in result.modules.items()}


def _counts(result: Reconciliation) -> dict[str, int]:
    return {**result.counts(), "credits": result.credits}
