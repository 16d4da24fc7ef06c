"""The worker: claims batches for as long as it runs, one record never twice at once."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from collections.abc import Set as AbstractSet
from uuid import uuid4

import anyio

from mzi_bridge.errors import RetryLater
from mzi_bridge.journal.records import Claim
from mzi_bridge.pipeline.alongside import alongside
from mzi_bridge.pipeline.gathering import Gathering
from mzi_bridge.pipeline.hold import LEASE_SECONDS, Hold, this_process
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.pause import Pauses, pauses
from mzi_bridge.pipeline.photo_carry import BATCH as PHOTO_BATCH
from mzi_bridge.pipeline.photos import is_photo_key
from mzi_bridge.pipeline.probe import (
    ask,
    judge_module,
    judge_sides,
    take_module,
    take_sides,
)
from mzi_bridge.pipeline.process import Processed, process

log = logging.getLogger(__name__)
Modules = AbstractSet[str]
FAULT_SECONDS = 5.0
OUT_OF_REACH = "unreachable"
"""The reason of a batch that met nobody on the other side. After a rest one record goes ahead."""

LONGEST_BATCH_SECONDS = 1800.0
"""After so long a batch hangs: it is given up, and its lease runs out."""


class Worker:
    """Runs until `stop()`; a batch in hand is then finished, so no lease is left behind.

    `poll_seconds` is the longest time until a mark by another process is seen. `gathering` is
    shared by the workers of a process.
    """

    def __init__(
        self,
        links: Links,
        *,
        lease_seconds: float = LEASE_SECONDS,
        poll_seconds: float = 1.0,
        on_processed: Callable[[Processed], None] = lambda processed: None,
        gathering: Gathering | None = None,
    ) -> None:
        self._links = links
        self._lease_seconds = lease_seconds
        self._poll_seconds = poll_seconds
        self._on_processed = on_processed
        self._gathering = gathering or Gathering()
        self._stopping = anyio.Event()
        self._met_nobody = False
        self._owner = f"{this_process()}:{uuid4().hex[:8]}"

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        while not self._stopping.is_set():
            try:
                standing, gathering = await pauses(self._links), self._gathering.modules()
                if not await self._turn(standing, gathering, carefully=self._met_nobody):
                    await self._idle(standing, gathering)
                elif self._met_nobody:
                    await self._rest(FAULT_SECONDS)
            except RetryLater as error:
                log.error("worker: %s: %s", error.reason, error)
                await self._rest(FAULT_SECONDS)
            except Exception:
                # A worker that dies of a bug would leave a service that only looks alive.
                log.exception("worker: a bug")
                await self._rest(FAULT_SECONDS)

    async def run_once(self) -> bool:
        """Claims and processes one batch; False when nothing was due or a link is paused."""
        return await self._turn(await pauses(self._links))

    async def _turn(
        self, standing: Pauses, gathering: Modules = frozenset(), *, carefully: bool = False
    ) -> bool:
        if standing.seconds() > 0:
            return False
        probed = await take_sides(self._links, standing)
        if probed is None:
            return False
        claim = await self._claim(standing, gathering, probing=bool(probed) or carefully)
        if claim is None:
            return any([await ask(self._links, side) for side in probed])
        if claim.module in standing.due() and not await take_module(self._links, claim.module):
            await self._links.journal.inbox.release(claim)
            return True
        events = list(claim.events.values())
        with self._links.trail.follow("claim", events, module=claim.module):
            log.info("claimed", extra={"owner": self._owner})
            processed = await self._process(claim)
        if processed is not None:
            self._met_nobody = processed.failure == OUT_OF_REACH
            await self._judge(processed, probed, standing)
            self._on_processed(processed)
        return True

    async def _judge(self, processed: Processed, probed: frozenset[str], standing: Pauses) -> None:
        await judge_sides(self._links, probed, processed.counts)
        if processed.module in standing.due():
            await judge_module(self._links, processed.module, processed.counts)

    async def _claim(self, standing: Pauses, gathering: Modules, *, probing: bool) -> Claim | None:
        due = standing.due()

        def limit(module: str) -> int:
            if probing or module in due:
                return 1
            most = self._links.batches.most
            return min(most, PHOTO_BATCH) if is_photo_key(module) else most

        claim = await self._links.journal.inbox.claim(
            owner=self._owner,
            limit=limit,
            lease_seconds=self._lease_seconds,
            exclude_modules=standing.closed() | gathering,
        )
        if claim is not None and len(claim.items) < limit(claim.module):
            self._gathering.begin(claim.module)
        return claim

    async def _process(self, claim: Claim) -> Processed | None:
        """Processes while the lease is kept alive; a cancelled batch is handed back.

        None when the batch hung: it is left to its lease, and claimed anew in smaller pieces.
        """
        hold = Hold(self._links, claim, self._lease_seconds)
        with anyio.CancelScope() as scope:

            async def give_up() -> None:
                await self._links.clock.sleep(LONGEST_BATCH_SECONDS)
                log.error("%s: a batch of %d hangs", claim.module, len(claim.items))
                scope.cancel()

            try:
                return await alongside(
                    lambda: process(self._links, claim, hold=hold), hold.keep, give_up
                )
            except anyio.get_cancelled_exc_class():
                if not scope.cancel_called:
                    with anyio.CancelScope(shield=True):
                        await self._links.journal.inbox.release(claim)
                raise
        return None

    async def _idle(self, standing: Pauses, gathering: Modules) -> None:
        if standing.seconds() > 0:
            await self._rest(min(standing.seconds(), FAULT_SECONDS))
        elif gathering:
            await self._until_stopped(self._gathering.wait)
        else:
            seconds = await self._until_due(standing)
            await self._until_stopped(lambda: self._links.journal.inbox.wait(seconds))

    async def _until_due(self, standing: Pauses) -> float:
        """Seconds until something of this journal comes due, or may have been marked elsewhere."""
        due = await self._links.journal.inbox.next_due(standing.closed())
        left = [seconds for seconds in (standing.module_seconds(),) if seconds is not None]
        if due is not None and due > standing.now:
            left.append(due - standing.now)
        return min(self._poll_seconds, *left) if left else self._poll_seconds

    async def _rest(self, seconds: float) -> None:
        await self._until_stopped(lambda: self._links.clock.sleep(seconds))

    async def _until_stopped(self, wait: Callable[[], Awaitable[None]]) -> None:
        async with anyio.create_task_group() as tasks:

            async def until_stopped() -> None:
                await self._stopping.wait()
                tasks.cancel_scope.cancel()

            tasks.start_soon(until_stopped)
            await wait()
            tasks.cancel_scope.cancel()


async def drain(links: Links) -> None:
    """Works until nothing is due; returns early while a link is paused."""
    worker = Worker(links)
    while await worker.run_once():
        pass
