"""Time that passes only when nobody has anything to do: an event loop and two clocks by it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from heapq import heappop
from itertools import count
from typing import Any, TypeVarTuple, Unpack, cast

Given = TypeVarTuple("Given")

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

    _ready: deque[Any]
    _scheduled: list[Any]
    _stopping: bool

    def __init__(self, passed: float = 0.0, most_rounds: int = MOST_ROUNDS) -> None:
        self.most_rounds = most_rounds
        self._passed = passed
        self._rounds = 0
        self._births = count()
        super().__init__()
        self.set_task_factory(cast(Any, self._born))

    def time(self) -> float:
        """Virtual seconds since START."""
        return self._passed

    def call_soon(
        self,
        callback: Callable[[Unpack[Given]], object],
        *given: *Given,
        context: Context | None = None,
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, given, self, context)
        self._ready.append(handle)
        return handle

    def _run_once(self) -> None:
        """One round as asyncio has it, but that nobody waits: there are no files, and the time
        is here."""
        self._rounds += 1
        if self._rounds == self.most_rounds:
            raise StandsStill("the same is done without end")
        ready, planned = self._ready, self._scheduled
        while planned and planned[0]._cancelled:
            self._off(planned)
        if not ready and not self._stopping:
            if not planned:
                raise StandsStill("nothing is ready and nothing is planned")
            self._passed = max(self._passed, planned[0].when())
        while planned and planned[0].when() <= self._passed:
            ready.append(self._off(planned))
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle._cancelled:
                handle._run()

    def _off(self, planned: list[Any]) -> Any:
        handle = heappop(planned)
        handle._scheduled = False
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """It is left out when its time comes."""

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
