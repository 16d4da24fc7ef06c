"""Syncs that someone asked for over HTTP: one at a time, in the background, seen by all
processes because the journal holds where they stand."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import anyio
from anyio.abc import TaskGroup, TaskStatus

from mzi_bridge.errors import MziError, OperatorError
from mzi_bridge.journal.runs import Run, RunState
from mzi_bridge.pipeline.hold import this_process
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.sync import (
    LOCK_SECONDS,
    Mode,
    modules_for,
    moodle_disabled,
    sync_module,
)
from mzi_bridge.pipeline.sync_carry import SyncCarry, SyncModule
from mzi_bridge.pipeline.sync_standing import Job, Standing, job_of, standing_of
from mzi_bridge.pipeline.while_held import while_held

log = logging.getLogger(__name__)
KIND = "job"
LOCK = "sync_job"
PICK_UP_SECONDS = 30.0
RECENT = 20


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
        """Set unless a job is told to stop, or has ended, whose lock is still to be freed."""
        self._left.set()
        self._carry: SyncCarry | None = None

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

    async def pause(self, job_id: int) -> Job:
        """Stops a job so that it can go on. Raises OperatorError no_such_sync, sync_not_running."""
        if not await self._links.journal.runs.pause((await self._job(job_id)).id):
            raise _not_in("sync_not_running", job_id, "is not running.", "Look at its state.")
        return await self._stopped(job_id)

    async def resume(self, job_id: int) -> Job:
        """Lets a paused job go on, here or in another process. Raises OperatorError no_such_sync,
        sync_not_paused."""
        if not await self._links.journal.runs.resume((await self._job(job_id)).id):
            raise _not_in("sync_not_paused", job_id, "is not paused.", "Look at its state.")
        await self._left.wait()
        await self._pick_up_once()
        return await self._job(job_id)

    async def cancel(self, job_id: int) -> Job:
        """Ends a job for good; what it has carried stays. Raises OperatorError no_such_sync,
        sync_not_running."""
        job = await self._job(job_id)
        if not await self._links.journal.runs.cancel(job_id):
            raise _not_in("sync_not_running", job_id, "has ended.", "Start another one.")
        stopped = await self._stopped(job_id)
        await self._forget_places(job)
        return stopped

    async def _job(self, job_id: int) -> Job:
        job = await self.status(job_id)
        if job is None:
            raise _not_in("no_such_sync", job_id, "is not known.", "See the list of syncs.")
        return job

    async def _stopped(self, job_id: int) -> Job:
        if self._carry is not None and self._carry.run_id == job_id:
            self._leave()
            self._carry.stopped.set()
            await self._left.wait()
        return await self._job(job_id)

    async def _forget_places(self, job: Job) -> None:
        """The next sync shall begin anew, not where this one was told to end."""
        runs = self._links.journal.runs
        for module in job.wanted:
            run = await runs.unfinished(job.mode.value, module)
            if run is not None and not job.dry_run:
                await runs.cancel(run.id)

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
        recent = await self._links.journal.runs.recent(RECENT, kind=KIND)
        return next((run for run in recent if run.state is RunState.RUNNING), None)

    async def _clear_the_way(self) -> None:
        """Raises OperatorError sync_paused: what somebody paused is theirs to end."""
        recent = await self._links.journal.runs.recent(RECENT, kind=KIND)
        if paused := next((run for run in recent if run.state is RunState.PAUSED), None):
            raise _not_in("sync_paused", paused.id, "is paused.", "Resume or cancel it first.")
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
        carry = self._carry = SyncCarry(self._links, run, standing, self._sync_one)
        try:
            ending = await while_held(self._links, LOCK, LOCK_SECONDS, carry.whole)
        except anyio.get_cancelled_exc_class():
            # The service stops: the run stays unfinished, for the next start to go on with.
            with anyio.CancelScope(shield=True):
                await carry.tell()
            raise
        finally:
            self._carry = None
        self._leave()
        if ending is None:
            log.info("sync %d was stopped", run.id)
        else:
            await self._end(carry, run.id, *ending)

    def _leave(self) -> None:
        if self._left.is_set():
            self._left = anyio.Event()

    async def _end(self, carry: SyncCarry, run_id: int, state: RunState, reason: str) -> None:
        await carry.tell()
        try:
            await self._links.journal.runs.finish(run_id, state, reason)
        except MziError as error:
            log.error("sync's end not kept: %s", error.reason)


def _not_in(reason: str, job_id: int, what: str, fix: str) -> OperatorError:
    return OperatorError(f"Sync {job_id} {what}", reason=reason, fix=fix)
