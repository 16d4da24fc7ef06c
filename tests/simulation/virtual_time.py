"""Time that passes only when nobody has anything to do: an event loop and two clocks by it."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from itertools import count
from typing import Any, cast

GLANCE_SECONDS = 5.0
LEASE_SECONDS = 120.0
LONG_SECONDS = 21_600.0
START = 1_800_000_000.0
"""Epoch seconds at which every simulation begins."""


MOST_ROUNDS = 400_000
"""A history takes some twenty thousand; one that takes so many goes round in a circle."""


class StandsStill(RuntimeError):
    """Nothing is ready and nothing is planned, or the same is done without end."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """Jumps to the next planned moment as soon as nothing is ready. Opens no connection.

    Tasks hash by the order of their birth, so that a set of them has the same order in each run.
    """

    def __init__(self, passed: float = 0.0, most_rounds: int = MOST_ROUNDS) -> None:
        self.most_rounds = most_rounds
        self._passed = passed
        self._births = count()
        super().__init__(_NoFiles(self))
        self.set_task_factory(cast(Any, self._born))

    def time(self) -> float:
        """Virtual seconds since START."""
        return self._passed

    def let_pass(self, seconds: float) -> None:
        self._passed += seconds

    def _born(
        self, loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **given: Any
    ) -> asyncio.Task[Any]:
        return _Task(work, loop=loop, number=next(self._births), **given)


class _Task(asyncio.Task[Any]):
    def __init__(self, work: Any, *, number: int, **given: Any) -> None:
        self._number = number
        super().__init__(work, **given)

    def __hash__(self) -> int:
        return self._number


class _NoFiles(selectors.SelectSelector):
    """Waits for nothing but the time."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop
        self._rounds = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self._rounds += 1
        if self._rounds == self._loop.most_rounds:
            raise StandsStill("the same is done without end")
        if timeout is None:
            raise StandsStill("nothing is ready and nothing is planned")
        if timeout > 0:
            self._loop.let_pass(timeout)
        return []


class WorldClock:
    """The hour of the CRM and of Moodle, which are never wrong."""

    def now(self) -> float:
        return START + asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class BridgeClock(WorldClock):
    """The hour of the bridge's machine: wrong by `offset` seconds.

    While nothing is to happen before `quiet_until` (loop time), whoever wants to look again in
    a moment, or wakes to do so, sleeps up to six hours: looking each minute would fill the
    days. What keeps a lease alive is left alone: it sleeps a third of one.
    """

    def __init__(self) -> None:
        self.offset = 0.0
        self.quiet_until = 0.0

    def now(self) -> float:
        return super().now() + self.offset

    async def sleep(self, seconds: float) -> None:
        keeps_lease = abs(seconds - LEASE_SECONDS / 3) < 1.0
        if not GLANCE_SECONDS <= seconds < LONG_SECONDS or keeps_lease:
            await asyncio.sleep(seconds)
            return
        time = asyncio.get_running_loop().time
        longest = time() + LONG_SECONDS
        await asyncio.sleep(max(seconds, min(self.quiet_until, longest) - time()))
        if (left := min(self.quiet_until, longest) - time()) > 0:
            await asyncio.sleep(left)
