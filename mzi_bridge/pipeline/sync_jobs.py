"""Syncs that someone asked for over HTTP: one at a time, in the background, seen by all
processes because the journal holds where they stand."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import anyio
from anyio.abc import TaskGroup

from mzi_bridge.errors import MziError, OperatorError, PauseLink
from mzi_bridge.journal.runs import Run, RunState
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.sync import (
    Mode,
    Progress,
    modules_for,
    moodle_disabled,
    sync_module,
)

log = logging.getLogger(__name__)
KIND = "job"
HEARTBEAT_SECONDS = 5.0
ABANDONED_SECONDS = 120.0
_LOCK = "sync_jobs"

SyncModule = Callable[..., Awaitable[Progress]]


@dataclass(frozen=True)
class Job:
    """A sync as it stands. `modules`: CRM module → outcome counts so far; a module is in
    `finished` once it is through. Times are epoch seconds."""

    id: int
    mode: Mode
    dry_run: bool
    state: RunState
    reason: str
    modules: Mapping[str, Mapping[str, int]]
    finished: tuple[str, ...]
    started_at: float
    finished_at: float | None


@dataclass
class _Standing:
    mode: Mode
    wanted: list[str]
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    finished: list[str] = field(default_factory=list)

    def position(self) -> dict[str, Any]:
        return {
            "mode": self.mode.value,
            "wanted": self.wanted,
            "counts": self.counts,
            "finished": self.finished,
        }

    def totals(self) -> dict[str, int]:
        totals: dict[str, int] = {}
        for counts in self.counts.values():
            for word, number in counts.items():
                totals[word] = totals.get(word, 0) + number
        return totals

    def told(self, progress: Progress) -> None:
        self.counts[progress.module] = dict(progress.counts)


class SyncJobs:
    """`tasks` outlives every request: jobs run in it and end with it."""

    def __init__(
        self,
        links: Links,
        tasks: TaskGroup,
        sync_one: SyncModule = sync_module,
        *,
        enabled: bool = True,
    ) -> None:
        self._enabled = enabled
        self._links = links
        self._tasks = tasks
        self._sync_one = sync_one

    async def start(self, name: str | None, mode: Mode, *, dry_run: bool = False) -> Job:
        """Starts a sync of one module or entity, or of all.

        Raises OperatorError: module_not_mapped, or sync_running while another job lives.
        One whose process died is taken for ended after `ABANDONED_SECONDS`.
        """
        if not self._enabled:
            raise moodle_disabled()
        standing = _Standing(mode, modules_for(self._links, name))
        runs = self._links.journal.runs
        async with self._links.journal.locks.hold(_LOCK, seconds=30.0):
            await self._clear_the_way()
            run = await runs.start(KIND, None, dry_run)
            await runs.checkpoint(run.id, standing.position(), {})
        self._tasks.start_soon(self._run, run.id, standing, dry_run)
        return _job(run, standing.position())

    async def status(self, job_id: int | None = None) -> Job | None:
        """One job, or the latest; None where there is none."""
        runs = self._links.journal.runs
        if job_id is None:
            run = next(iter(await runs.recent(1, kind=KIND)), None)
        else:
            run = await runs.get(job_id)
        return _job(run, run.position) if run is not None and run.kind == KIND else None

    async def _clear_the_way(self) -> None:
        for run in await self._links.journal.runs.recent(5, kind=KIND):
            if run.state is not RunState.RUNNING:
                continue
            if self._links.clock.now() - run.updated_at < ABANDONED_SECONDS:
                raise OperatorError(
                    f"Sync {run.id} is still running.",
                    reason="sync_running",
                    fix="Wait for it; its status tells how far it is.",
                )
            await self._links.journal.runs.finish(run.id, RunState.FAILED, "abandoned")

    async def _run(self, run_id: int, standing: _Standing, dry_run: bool) -> None:
        state, reason = RunState.CANCELLED, "stopped"
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._keep_told, run_id, standing)
                state, reason = await self._carry(standing, dry_run)
                tasks.cancel_scope.cancel()
        finally:
            with anyio.CancelScope(shield=True):
                await self._end(run_id, standing, state, reason)

    async def _carry(self, standing: _Standing, dry_run: bool) -> tuple[RunState, str]:
        """Never raises: a fault ends a module or the job, not the service that it runs in."""
        reason = ""
        for module in standing.wanted:
            try:
                progress = await self._sync_one(
                    self._links, module, standing.mode, dry_run=dry_run, report=standing.told
                )
            except MziError as error:
                log.error("sync of %s stopped: %s: %s", module, error.reason, error)
                reason = reason or error.reason
                if isinstance(error, PauseLink):
                    break
            except Exception:
                log.exception("sync of %s stopped by a bug", module)
                reason = reason or "bug"
            else:
                standing.told(progress)
                standing.finished.append(module)
        return (RunState.FAILED if reason else RunState.DONE), reason

    async def _keep_told(self, run_id: int, standing: _Standing) -> None:
        while True:
            await self._links.clock.sleep(HEARTBEAT_SECONDS)
            await self._tell(run_id, standing)

    async def _tell(self, run_id: int, standing: _Standing) -> None:
        try:
            await self._links.journal.runs.checkpoint(
                run_id, standing.position(), standing.totals()
            )
        except MziError as error:
            log.warning("sync's progress not kept: %s", error.reason)

    async def _end(self, run_id: int, standing: _Standing, state: RunState, reason: str) -> None:
        await self._tell(run_id, standing)
        try:
            await self._links.journal.runs.finish(run_id, state, reason)
        except MziError as error:
            log.error("sync's end not kept: %s", error.reason)


def _job(run: Run, position: Any) -> Job:
    known: Mapping[str, Any] = position or {"mode": Mode.FULL, "counts": {}, "finished": []}
    return Job(
        id=run.id,
        mode=Mode(known["mode"]),
        dry_run=run.dry_run,
        state=run.state,
        reason=run.error_reason,
        modules=known["counts"],
        finished=tuple(known["finished"]),
        started_at=run.started_at,
        finished_at=run.finished_at,
    )
