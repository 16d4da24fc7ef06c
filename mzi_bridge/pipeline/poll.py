"""The delta polls: every module on its own schedule, which the journal keeps."""

from __future__ import annotations

import logging
import random
from collections.abc import Awaitable, Callable, Collection

import anyio
from anyio.abc import TaskGroup

from mzi_bridge.errors import ContractError, MziError, PauseLink, RetryLater
from mzi_bridge.journal.polls import SCHEDULE, PollClaim
from mzi_bridge.pipeline.gaps import ask_polls
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.module_walk import Mode, Progress
from mzi_bridge.pipeline.pause import is_paused, seconds_paused
from mzi_bridge.pipeline.recycle_bin import compare_bin_daily
from mzi_bridge.pipeline.silence import judge_polls
from mzi_bridge.pipeline.supervise import survive
from mzi_bridge.pipeline.sync import sync_module

log = logging.getLogger(__name__)
TICK_SECONDS = 15.0
JUMP_SECONDS = 60.0
LEASE_SECONDS = 120.0
FIRST_RETRY_SECONDS = 60.0
LONGEST_RETRY_SECONDS = 3600.0
ALARMING_FAILURES = 3
FAILING = "poll_failing"


class Poller:
    """Polls what is due; `seconds` is the mean time between two polls of a module.

    However many processes run one, a module is polled by one at a time. Each poll is a task of
    its own, so that a slow or failing module hinders no other.
    """

    def __init__(
        self, links: Links, seconds: float, jitter: Callable[[], float] = random.random
    ) -> None:
        self._links = links
        self._seconds = seconds
        self._jitter = jitter
        self._begun = False
        self._was_paused = False
        self._last_look = links.clock.now()

    async def run(self) -> None:
        async with anyio.create_task_group() as tasks:
            while True:
                await survive("delta polls", lambda: self._look(tasks))
                await self._links.clock.sleep(TICK_SECONDS)

    async def poll_due(self) -> None:
        """One look, and the polls that it found due, to their end."""
        async with anyio.create_task_group() as tasks:
            await self._look(tasks)

    async def _look(self, tasks: TaskGroup) -> None:
        await self._begin()
        await self._after_a_jump()
        if await seconds_paused(self._links) > 0:
            self._was_paused = True
            return
        if self._was_paused:
            await ask_polls(self._links, "link_resumed")
            self._was_paused = False
        probing = await is_paused(self._links)
        left = set(self._links.preset.modules)
        while left and (claim := await self._claim(left)) is not None:
            tasks.start_soon(self._poll, claim)
            # One that is handed back at once is due again, but not in this look.
            left = set() if probing else left - {claim.module}

    async def _begin(self) -> None:
        """At a start, what was ever read is polled at once: something may have been missed."""
        if self._begun:
            return
        now = self._links.clock.now()
        await self._links.journal.polls.ensure(
            {module: now + self._interval() for module in self._links.preset.modules}
        )
        await ask_polls(self._links, "started")
        self._begun = True

    async def _after_a_jump(self) -> None:
        """A clock that jumped, or a machine that slept: due times and channels may be off."""
        now = self._links.clock.now()
        if not -1.0 <= now - self._last_look <= TICK_SECONDS + JUMP_SECONDS:
            await ask_polls(self._links, "clock_jump")
        self._last_look = now

    async def _claim(self, modules: Collection[str]) -> PollClaim | None:
        return await self._links.journal.polls.claim(
            modules,
            lease_seconds=LEASE_SECONDS,
            longest_wait=max(self._seconds * 1.1, LONGEST_RETRY_SECONDS),
        )

    async def _poll(self, claim: PollClaim) -> None:
        await survive(f"delta poll of {claim.module}", lambda: self._polled(claim))

    async def _polled(self, claim: PollClaim) -> None:
        try:
            outcome = await self._under_lease(claim)
        except anyio.get_cancelled_exc_class():
            with anyio.CancelScope(shield=True):
                await self._links.journal.polls.release(claim)
            raise
        if isinstance(outcome, Progress) and outcome.done:
            await self._succeeded(claim, outcome)
        elif isinstance(outcome, Progress):
            message = "Records went faster than the module could be read."
            await self._failed(claim, RetryLater(message, reason="not_whole"))
        elif isinstance(outcome, PauseLink):
            # `sync_module` has paused what it concerns.
            await self._links.journal.polls.release(claim)
        elif outcome is not None:
            await self._failed(claim, outcome)

    async def _under_lease(self, claim: PollClaim) -> Progress | MziError | None:
        """The poll's end; None when it was cut off because its lease had passed to another."""
        outcome: Progress | MziError | None = None
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._keep_lease, claim, tasks.cancel_scope.cancel)
            outcome = await _caught(claim.module, lambda: self._read(claim.module))
            tasks.cancel_scope.cancel()
        return outcome

    async def _read(self, module: str) -> Progress:
        return await sync_module(self._links.in_background(), module, Mode.DELTA)

    async def _keep_lease(self, claim: PollClaim, cut_off: Callable[[], None]) -> None:
        while True:
            await self._links.clock.sleep(LEASE_SECONDS / 3)
            try:
                if not await self._links.journal.polls.extend(claim, LEASE_SECONDS):
                    cut_off()
            except MziError as error:
                log.warning("lease of a poll not extended: %s", error.reason)

    async def _succeeded(self, claim: PollClaim, progress: Progress) -> None:
        links, module = self._links, claim.module
        counted = claim.reason == SCHEDULE
        untold = await judge_polls(links, module, claim.untold, progress.untold if counted else 0)
        due_at = links.clock.now() + self._interval()
        if not await links.journal.polls.finish(claim, due_at, untold=untold):
            return
        await links.journal.alarms.clear(FAILING, module)
        await survive(
            f"recycle bin of {module}",
            lambda: compare_bin_daily(links.in_background(), links.preset.modules[module]),
        )

    async def _failed(self, claim: PollClaim, error: MziError) -> None:
        links, failures = self._links, claim.failures + 1
        log.error("delta poll of %s: %s: %s", claim.module, error.reason, error)
        rest = min(FIRST_RETRY_SECONDS * 2.0 ** min(claim.failures, 10), LONGEST_RETRY_SECONDS)
        rest = max(rest * (1.0 - self._jitter() / 2), getattr(error, "retry_after", None) or 0.0)
        due_at = links.clock.now() + min(rest, LONGEST_RETRY_SECONDS)
        if await links.journal.polls.fail(claim, due_at) and failures >= ALARMING_FAILURES:
            message = f"{failures} delta polls in a row failed, the last by {error.reason}."
            await links.journal.alarms.raise_alarm(FAILING, claim.module, message)

    def _interval(self) -> float:
        return self._seconds * (0.9 + 0.2 * self._jitter())


async def poll_changes(links: Links, seconds: float) -> None:
    """The duty. `seconds` between two polls of a module, jittered by a tenth."""
    await Poller(links, seconds).run()


async def _caught(module: str, act: Callable[[], Awaitable[Progress]]) -> Progress | MziError:
    """Errors leave the task group by hand, else it would wrap them into a group."""
    try:
        return await act()
    except MziError as error:
        return error
    except Exception:
        log.exception("delta poll of %s: a bug", module)
        return ContractError(
            f"The bridge itself failed on {module}.",
            reason="bug",
            fix="Report it with the traceback of the log.",
        )
