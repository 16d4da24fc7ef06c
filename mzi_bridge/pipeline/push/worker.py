"""The pusher: claims what is owed to the CRM for as long as it runs."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from uuid import uuid4

import anyio

from mzi_bridge.errors import MziError
from mzi_bridge.journal.push_records import PushClaim
from mzi_bridge.mapping.write_rules import KINDS
from mzi_bridge.pipeline.alongside import alongside
from mzi_bridge.pipeline.hold import LEASE_SECONDS, this_process
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.pause import PROBE_SECONDS, Pauses, pauses
from mzi_bridge.pipeline.probe import ask, judge_module, take_module
from mzi_bridge.pipeline.push.ending import Pushed, pause_name
from mzi_bridge.pipeline.push.hold import PushHold
from mzi_bridge.pipeline.push.process import push
from mzi_bridge.pipeline.push.quiet import Quiet
from mzi_bridge.pipeline.push.unique_key import UniqueKeys
from mzi_bridge.pipeline.worker import FAULT_SECONDS, LONGEST_BATCH_SECONDS

log = logging.getLogger(__name__)
ZOHO = "zoho"
MOODLE = "moodle"


class PushWorker:
    """Runs until `stop()`; what is in hand is then finished, so no lease is left behind.

    `poll_seconds` is the longest time until something that another process took in is seen.
    """

    def __init__(
        self,
        links: Links,
        *,
        lease_seconds: float = LEASE_SECONDS,
        poll_seconds: float = 1.0,
        on_pushed: Callable[[Pushed], None] = lambda pushed: None,
    ) -> None:
        self._links = links
        self._lease_seconds = lease_seconds
        self._poll_seconds = poll_seconds
        self._on_pushed = on_pushed
        self._keys = UniqueKeys()
        self._quiet = Quiet()
        self._stopping = anyio.Event()
        self._owner = f"{this_process()}:{uuid4().hex[:8]}"

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        while not self._stopping.is_set():
            try:
                if not await self.run_once():
                    await self._idle()
            except MziError as error:
                log.error("pusher: %s: %s", error.reason, error)
                await self._rest(FAULT_SECONDS)
            except Exception:
                # A pusher that dies of a bug would leave a service that only looks alive.
                log.exception("pusher: a bug")
                await self._rest(FAULT_SECONDS)

    async def run_once(self) -> bool:
        """Claims and writes one batch; False when nothing was due or the CRM is paused."""
        standing = await pauses(self._links)
        if not await self._is_open(standing):
            return False
        claim = await self._links.journal.pushes.claim(
            owner=self._owner, kinds=self._kinds(standing), lease_seconds=self._lease_seconds
        )
        if claim is None:
            return False
        name = pause_name(self._links.preset.writes[claim.kind].module)
        probing = name in standing.due()
        if probing and not await take_module(self._links, name):
            await self._links.journal.pushes.release(claim)
            return False
        pushed = await self._push(claim)
        if pushed is not None:
            if probing:
                await judge_module(self._links, name, pushed.counts)
            self._on_pushed(pushed)
        return True

    async def _is_open(self, standing: Pauses) -> bool:
        """Whether the CRM may be called; asks it first when its pause is up and nobody else is
        at it. Moodle's pause concerns few kinds, and is ended by the workers."""
        state = standing.sides.get(ZOHO)
        if state is None:
            return True
        if state.until > standing.now:
            return False
        if not await self._links.journal.links.take_probe(ZOHO, PROBE_SECONDS):
            return False
        return await ask(self._links, ZOHO)

    def _kinds(self, standing: Pauses) -> list[str]:
        """The kinds that can be written now. Moodle has a part only in requests."""
        closed = standing.closed()
        return [
            kind
            for kind, rule in self._links.preset.writes.items()
            if pause_name(rule.module) not in closed
            and not (KINDS[kind].named_by == "mark" and MOODLE in standing.sides)
        ]

    async def _push(self, claim: PushClaim) -> Pushed | None:
        """Writes while the lease is kept alive; a cancelled claim is handed back.

        None when it hung: it is left to its lease, and claimed anew in smaller pieces.
        """
        hold = PushHold(self._links, claim, self._lease_seconds)

        async def work() -> Pushed:
            return await push(self._links, claim, hold=hold, keys=self._keys, quiet=self._quiet)

        with anyio.CancelScope() as scope:

            async def give_up() -> None:
                await self._links.clock.sleep(LONGEST_BATCH_SECONDS)
                log.error("%s: a batch of %d hangs", claim.kind, len(claim.items))
                scope.cancel()

            try:
                return await alongside(work, hold.keep, give_up)
            except anyio.get_cancelled_exc_class():
                if not scope.cancel_called:
                    with anyio.CancelScope(shield=True):
                        await self._links.journal.pushes.release(claim)
                raise
        return None

    async def _idle(self) -> None:
        standing = await pauses(self._links)
        state = standing.sides.get(ZOHO)
        if state is not None:
            await self._rest(min(max(state.until - standing.now, 1.0), FAULT_SECONDS))
            return
        due = await self._links.journal.pushes.next_due(self._kinds(standing))
        seconds = self._poll_seconds
        if due is not None and due > standing.now:
            seconds = min(seconds, due - standing.now)
        await self._until_stopped(lambda: self._links.journal.pushes.wait(seconds))

    async def _rest(self, seconds: float) -> None:
        await self._until_stopped(lambda: self._links.clock.sleep(seconds))

    async def _until_stopped(self, wait: Callable[[], Awaitable[None]]) -> None:
        async with anyio.create_task_group() as tasks:

            async def until(end: Callable[[], Awaitable[None]]) -> None:
                await end()
                tasks.cancel_scope.cancel()

            tasks.start_soon(until, self._stopping.wait)
            tasks.start_soon(until, wait)


async def drain_pushes(links: Links) -> None:
    """Writes until nothing is due; returns early while the CRM is paused."""
    worker = PushWorker(links)
    while await worker.run_once():
        pass
