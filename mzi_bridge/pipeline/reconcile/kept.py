"""A reconciliation as a run in the journal: how far it is, and what it found."""

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
from mzi_bridge.pipeline.reconcile.run import Report, Step, reconcile
from mzi_bridge.pipeline.reconcile.standing import Progress, kept_progress, kept_result

log = logging.getLogger(__name__)
KIND = "reconcile"
HEARTBEAT_SECONDS = 60.0
TELL_SECONDS = 2.0
"""How often a run tells how far it is, if it got any further."""
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

    The run's `position` is that of `standing`, its `counts` the sums by kind with `credits`;
    failed if any module could not be read."""
    runs = links.journal.runs
    module = None if whole else modules[0]
    run = await runs.start(KIND, module, dry_run=not repair, owner=owner)
    begun(run)
    life = _Life(links, run.id, Progress(tuple(modules)), report)
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
                report=life.report,
            ),
            life.tell,
        )
        await runs.checkpoint(run.id, kept_result(result), _counts(result))
        reason = next((r.error.reason for r in result.modules.values() if r.error), "")
        state = RunState.FAILED if reason else RunState.DONE
    except MziError as error:
        state, reason = RunState.FAILED, error.reason
        raise
    finally:
        with anyio.CancelScope(shield=True):
            await runs.finish(run.id, state, reason)
    return result


class _Life:
    """Tells the run's row how far it is, and now and then at least that it lives."""

    def __init__(self, links: Links, run_id: int, progress: Progress, report: Report) -> None:
        self._links = links
        self._run_id = run_id
        self._progress = progress
        self._report = report

    def report(self, step: Step) -> None:
        self._progress = self._progress.after(step)
        self._report(step)

    async def tell(self) -> None:
        told: Progress | None = None
        told_at = 0.0
        while True:
            await self._links.clock.sleep(TELL_SECONDS)
            now, progress = self._links.clock.now(), self._progress
            if progress == told and now - told_at < HEARTBEAT_SECONDS:
                continue
            try:
                await self._links.journal.runs.checkpoint(self._run_id, kept_progress(progress), {})
            except RetryLater as error:
                log.warning("reconcile: no sign of life given: %s", error.reason)
            else:
                told, told_at = progress, now


def _counts(result: Reconciliation) -> dict[str, int]:
    return {**result.counts(), "credits": result.credits}
