"""One job of syncs carried to its end: module after module, told in its run as it goes."""

from __future__ import annotations

import logging
import random
from collections.abc import Awaitable, Callable

import anyio

from mzi_bridge.errors import MziError, PauseLink, RetryLater
from mzi_bridge.journal.runs import Run, RunState
from mzi_bridge.pipeline import backoff
from mzi_bridge.pipeline.alongside import alongside
from mzi_bridge.pipeline.first_of import first_of
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.module_size import module_size
from mzi_bridge.pipeline.sync import Mode, Progress
from mzi_bridge.pipeline.sync_standing import Standing

log = logging.getLogger(__name__)
HEARTBEAT_SECONDS = 5.0
MOST_FAILURES = 40
"""In a row, at one place: with the waits between them, some days."""

SyncModule = Callable[..., Awaitable[Progress]]
Ending = tuple[RunState, str]


class SyncCarry:
    """`stopped` is set when somebody in this process has paused or cancelled the run; what others
    did is seen at the next heartbeat."""

    def __init__(self, links: Links, run: Run, standing: Standing, sync_one: SyncModule) -> None:
        self._links = links
        self._run = run
        self._standing = standing
        self._sync_one = sync_one
        self.run_id = run.id
        self.stopped = anyio.Event()

    async def whole(self) -> Ending | None:
        """How it ended, and the reason if not well; None if it was stopped on the way. Never
        raises: a fault ends a module, not the service that it runs in."""
        endings: list[Ending] = []

        async def carry() -> None:
            endings.append(await alongside(self._carry, self._measure))

        await first_of(carry, self._until_stopped)
        return endings[0] if endings else None

    async def tell(self) -> bool:
        """Keeps where it stands; False if the run is no longer to go on."""
        self._standing.mark(self._links.clock.now())
        try:
            return await self._links.journal.runs.checkpoint(
                self._run.id, self._standing.position(), self._standing.totals()
            )
        except MziError as error:
            log.warning("sync's progress not kept: %s", error.reason)
            return True

    async def _until_stopped(self) -> None:
        while not self.stopped.is_set() and await self.tell():
            await first_of(self.stopped.wait, lambda: self._links.clock.sleep(HEARTBEAT_SECONDS))

    async def _measure(self) -> None:
        """How much there is to carry, for who watches; a sync does without."""
        standing, links = self._standing, self._links
        if standing.mode is not Mode.FULL:
            return
        for module in [m for m in standing.wanted if m not in standing.sizes]:
            try:
                standing.sizes[module] = await module_size(links.in_background(), module)
            except MziError as error:
                log.info("the size of %s is not known: %s", module, error.reason)
            except Exception:
                log.exception("the size of %s is not known, by a bug", module)

    async def _carry(self) -> Ending:
        standing, reason = self._standing, ""
        for module in [m for m in standing.wanted if m not in standing.finished]:
            try:
                progress = await self._patiently(module)
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
                await self.tell()
        return (RunState.FAILED if reason else RunState.DONE), reason

    async def _patiently(self, module: str) -> Progress:
        """Waits out what passes: pauses, throttling, spent credits. Raises what does not, and
        what has not let it come any further for days."""
        standing, failures = self._standing, 0
        while True:
            told = standing.pages
            try:
                progress = await self._sync_one(
                    self._links,
                    module,
                    standing.mode,
                    dry_run=self._run.dry_run,
                    report=standing.told,
                )
            except (RetryLater, PauseLink) as error:
                failures = 1 if standing.pages > told else failures + 1
                if failures > MOST_FAILURES:
                    raise
                wait = backoff.delay(failures, random.random(), error.retry_after)  # noqa: S311
                log.warning("sync of %s waits %.0f s: %s", module, wait, error.reason)
                standing.waiting = error.reason
                await self.tell()
                await self._links.clock.sleep(wait)
            else:
                standing.waiting = ""
                return progress
