"""Syncs that someone asked for over HTTP: one at a time, in the background, seen by all
processes because the journal holds where they stand."""

from __future__ import annotations

import logging
import random
from collections.abc import Awaitable, Callable

import anyio
from anyio.abc import TaskGroup, TaskStatus

from mzi_bridge.errors import MziError, OperatorError, PauseLink, RetryLater
from mzi_bridge.journal.runs import Run, RunState
from mzi_bridge.pipeline import backoff
from mzi_bridge.pipeline.alongside import alongside
from mzi_bridge.pipeline.hold import this_process
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.sync import (
    LOCK_SECONDS,
    Mode,
    Progress,
    modules_for,
    moodle_disabled,
    sync_module,
)
from mzi_bridge.pipeline.sync_standing import Job, Standing, job_of, standing_of
from mzi_bridge.pipeline.while_held import while_held

log = logging.getLogger(__name__)
KIND = "job"
LOCK = "sync_job"
HEARTBEAT_SECONDS = 5.0
PICK_UP_SECONDS = 30.0
MOST_FAILURES = 40
"""In a row, at one place: with the waits between them, some days."""

SyncModule = Callable[..., Awaitable[Progress]]


class SyncJobs:
    """`tasks` outlives every request: jobs run in it. One that ends with it, or with its
    process, is gone on with by `pick_up`, here or in another process of the service."""

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
        self._left = anyio.Event()
        """Set unless a job has ended whose lock is still to be freed."""
        self._left.set()

    async def start(self, name: str | None, mode: Mode, *, dry_run: bool = False) -> Job:
        """Starts a sync of one module or entity, or of all.

        Raises OperatorError: module_not_mapped, or sync_running while another job lives.
        One whose process died makes way within `LOCK_SECONDS`.
        """
        if not self._enabled:
            raise moodle_disabled()
        standing = Standing(mode, modules_for(self._links, name))

        async def begin() -> Run:
            await self._clear_the_way()
            run = await self._links.journal.runs.start(KIND, None, dry_run, owner=this_process())
            await self._links.journal.runs.checkpoint(run.id, standing.position(), {})
            return run

        await self._left.wait()
        run: Run | None = await self._tasks.start(self._run, standing, begin)
        if run is None:
            raise await self._running()
        return job_of(run, standing.position())

    async def status(self, job_id: int | None = None) -> Job | None:
        """One job, or the latest; None where there is none."""
        runs = self._links.journal.runs
        if job_id is None:
            run = next(iter(await runs.recent(1, kind=KIND)), None)
        else:
            run = await runs.get(job_id)
        return job_of(run, run.position) if run is not None and run.kind == KIND else None

    async def pick_up(self) -> None:
        """For as long as the service runs: goes on with a job that nobody has in hand."""
        while self._enabled:
            try:
                await self._pick_up_once()
            except MziError as error:
                log.error("no job picked up: %s: %s", error.reason, error)
            await self._links.clock.sleep(PICK_UP_SECONDS)

    async def _pick_up_once(self) -> None:
        run = await self._unfinished()
        if run is None:
            return
        standing = standing_of(run)

        async def begin() -> Run | None:
            adopted = await self._links.journal.runs.adopt(run.id, this_process())
            return run if adopted else None

        if await self._tasks.start(self._run, standing, begin) is not None:
            log.info("sync %d is gone on with", run.id)

    async def _unfinished(self) -> Run | None:
        recent = await self._links.journal.runs.recent(5, kind=KIND)
        return next((run for run in recent if run.state is RunState.RUNNING), None)

    async def _clear_the_way(self) -> None:
        while run := await self._unfinished():
            await self._links.journal.runs.finish(run.id, RunState.FAILED, "abandoned")

    async def _running(self) -> OperatorError:
        run = await self._unfinished()
        which = f"Sync {run.id} ({run.owner})" if run is not None else "Another sync"
        return OperatorError(
            f"{which} is still running.",
            reason="sync_running",
            fix="Wait for it; its status tells how far it is.",
        )

    async def _run(
        self,
        standing: Standing,
        begin: Callable[[], Awaitable[Run | None]],
        *,
        task_status: TaskStatus[Run | None],
    ) -> None:
        """Tells its starter the run, or None when another job lives. From then on no fault
        leaves it: the service that it runs in goes on."""
        told = False
        try:
            async with self._links.journal.locks.attempt(LOCK, seconds=LOCK_SECONDS) as mine:
                run = await begin() if mine else None
                told = True
                task_status.started(run)
                if run is not None:
                    await self._to_its_end(run, standing)
        except MziError as error:
            if not told:
                raise
            log.error("a sync was left unfinished: %s: %s", error.reason, error)
        except Exception:
            if not told:
                raise
            log.exception("a sync was ended by a bug")
        finally:
            self._left.set()

    async def _to_its_end(self, run: Run, standing: Standing) -> None:
        try:
            state, reason = await while_held(
                self._links, LOCK, LOCK_SECONDS, lambda: self._carry_and_tell(run, standing)
            )
        except anyio.get_cancelled_exc_class():
            # The service stops: the run stays unfinished, for the next start to go on with.
            with anyio.CancelScope(shield=True):
                await self._tell(run.id, standing)
            raise
        self._left = anyio.Event()
        await self._end(run.id, standing, state, reason)

    async def _carry_and_tell(self, run: Run, standing: Standing) -> tuple[RunState, str]:
        return await alongside(
            lambda: self._carry(run, standing), lambda: self._keep_told(run.id, standing)
        )

    async def _carry(self, run: Run, standing: Standing) -> tuple[RunState, str]:
        """Never raises: a fault ends a module, not the service that it runs in."""
        reason = ""
        for module in [m for m in standing.wanted if m not in standing.finished]:
            try:
                progress = await self._patiently(standing, module, run.dry_run)
            except MziError as error:
                log.error("sync of %s stopped: %s: %s", module, error.reason, error)
                reason = reason or error.reason
            except Exception:
                log.exception("sync of %s stopped by a bug", module)
                reason = reason or "bug"
            else:
                standing.told(progress)
                if progress.done:
                    standing.finished.append(module)
                else:
                    reason = reason or "not_whole"
                await self._tell(run.id, standing)
        return (RunState.FAILED if reason else RunState.DONE), reason

    async def _patiently(self, standing: Standing, module: str, dry_run: bool) -> Progress:
        """Waits out what passes: pauses, throttling, spent credits. Raises what does not, and
        what has not let it come any further for days."""
        failures = 0
        while True:
            told = standing.pages
            try:
                progress = await self._sync_one(
                    self._links, module, standing.mode, dry_run=dry_run, report=standing.told
                )
            except (RetryLater, PauseLink) as error:
                failures = 1 if standing.pages > told else failures + 1
                if failures > MOST_FAILURES:
                    raise
                wait = backoff.delay(failures, random.random(), error.retry_after)  # noqa: S311
                log.warning("sync of %s waits %.0f s: %s", module, wait, error.reason)
                standing.waiting = error.reason
                await self._links.clock.sleep(wait)
            else:
                standing.waiting = ""
                return progress

    async def _keep_told(self, run_id: int, standing: Standing) -> None:
        while True:
            await self._links.clock.sleep(HEARTBEAT_SECONDS)
            await self._tell(run_id, standing)

    async def _tell(self, run_id: int, standing: Standing) -> None:
        try:
            await self._links.journal.runs.checkpoint(
                run_id, standing.position(), standing.totals()
            )
        except MziError as error:
            log.warning("sync's progress not kept: %s", error.reason)

    async def _end(self, run_id: int, standing: Standing, state: RunState, reason: str) -> None:
        await self._tell(run_id, standing)
        try:
            await self._links.journal.runs.finish(run_id, state, reason)
        except MziError as error:
            log.error("sync's end not kept: %s", error.reason)
