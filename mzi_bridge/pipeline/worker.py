"""The worker: claims batches for as long as it runs, one record never twice at once."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Awaitable, Callable
from uuid import uuid4

import anyio

from mzi_bridge.errors import MziError, RetryLater
from mzi_bridge.journal.records import Claim
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.pause import is_paused, resume, seconds_paused
from mzi_bridge.pipeline.process import Processed, process

log = logging.getLogger(__name__)
FAULT_SECONDS = 5.0
MOODLE_ANSWERS = {"inserted", "updated", "unchanged", "stale", "deleted", "held"}


class Worker:
    """Runs until `stop()`; a batch in hand is then finished, so no lease is left behind."""

    def __init__(
        self,
        links: Links,
        *,
        lease_seconds: float = 120.0,
        poll_seconds: float = 1.0,
        on_processed: Callable[[Processed], None] = lambda processed: None,
    ) -> None:
        self._links = links
        self._lease_seconds = lease_seconds
        self._poll_seconds = poll_seconds
        self._on_processed = on_processed
        self._stopping = anyio.Event()
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        while not self._stopping.is_set():
            try:
                worked = await self.run_once()
            except RetryLater as error:
                log.error("worker: %s: %s", error.reason, error)
                await self._rest(FAULT_SECONDS)
                continue
            except Exception:
                # A worker that dies of a bug would leave a service that only looks alive.
                log.exception("worker: a bug")
                await self._rest(FAULT_SECONDS)
                continue
            if not worked:
                await self._idle()

    async def run_once(self) -> bool:
        """Claims and processes one batch; False when nothing was due or a link is paused."""
        if await seconds_paused(self._links) > 0:
            return False
        probing = await is_paused(self._links)
        claim = await self._claim(limit=1 if probing else self._links.batch_size)
        if claim is None:
            return False
        processed = await self._process(claim)
        if probing:
            await self._after_probe(processed)
        self._on_processed(processed)
        return True

    async def _after_probe(self, processed: Processed) -> None:
        """Resumes what the probe reached: Moodle only if it answered about the record."""
        if processed.counts.keys() & MOODLE_ANSWERS:
            await resume(self._links)
        elif "absent" in processed.counts:
            await resume(self._links, ["zoho"])

    async def _claim(self, limit: int) -> Claim | None:
        return await self._links.journal.inbox.claim(
            owner=self._owner, limit=limit, lease_seconds=self._lease_seconds
        )

    async def _process(self, claim: Claim) -> Processed:
        """Processes while the lease is kept alive; a cancelled batch is handed back.

        Errors leave the task group by hand, else it would wrap them into a group.
        """
        outcome: Processed | MziError
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._keep_lease, claim)
                try:
                    outcome = await process(self._links, claim)
                except MziError as error:
                    outcome = error
                tasks.cancel_scope.cancel()
        except anyio.get_cancelled_exc_class():
            with anyio.CancelScope(shield=True):
                await self._links.journal.inbox.release(claim)
            raise
        if isinstance(outcome, MziError):
            raise outcome
        return outcome

    async def _keep_lease(self, claim: Claim) -> None:
        while True:
            await anyio.sleep(self._lease_seconds / 3)
            try:
                claim = await self._links.journal.inbox.extend(claim, self._lease_seconds)
            except MziError as error:
                log.warning("lease not extended: %s", error)

    async def _idle(self) -> None:
        async with anyio.create_task_group() as tasks:

            async def until(wait: Callable[[], Awaitable[None]]) -> None:
                await wait()
                tasks.cancel_scope.cancel()

            tasks.start_soon(until, self._stopping.wait)
            tasks.start_soon(until, self._wait_for_work)

    async def _wait_for_work(self) -> None:
        paused = await seconds_paused(self._links)
        if paused > 0:
            await self._links.clock.sleep(min(paused, FAULT_SECONDS))
        else:
            await self._links.journal.inbox.wait(self._poll_seconds)

    async def _rest(self, seconds: float) -> None:
        with anyio.move_on_after(seconds):
            await self._stopping.wait()


async def drain(links: Links) -> None:
    """Works until nothing is due; returns early while a link is paused."""
    worker = Worker(links)
    while await worker.run_once():
        pass
