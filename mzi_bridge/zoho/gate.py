"""How many calls may be under way at once: fewer when Zoho says so, more when all goes well.

Zoho allows a number of calls at once to an organisation and an application, whoever makes
them, so a fixed number is right only for one process alone. At a 429 the number is halved and
for a moment nothing is sent: who comes then is told RateLimited without asking Zoho again, and
is back after its own backoff. After a run of good answers the number grows by one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from mzi_bridge.clock import Clock
from mzi_bridge.zoho.errors import RateLimited

GOOD_RUN = 10
"""Good answers in a row after which one more call may be under way."""
LONGEST_OWN_PAUSE = 8.0
LONGEST_PAUSE = 600.0
"""Seconds: of a pause that Zoho did not ask for, and of one it did; then a call is a probe."""

_FIRST_PAUSE = 1.0


class Gate:
    """Places for calls, given in the order of asking. `most` is the edition's number."""

    def __init__(self, most: int, clock: Clock) -> None:
        self._most = self._allowed = most
        self._clock = clock
        self._active = 0
        self._good = 0
        self._round = 0
        self._pause = 0.0
        self._paused_at = 0.0
        self._next_pause = _FIRST_PAUSE
        self._waiting: deque[anyio.Event] = deque()

    @property
    def allowed(self) -> int:
        """How many calls may be under way now."""
        return self._allowed

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Place]:
        """Held for as long as the block runs. Raises RateLimited in a pause."""
        await self._enter()
        try:
            self._keep_the_pause()
            yield Place(self, self._round)
        finally:
            self._active -= 1
            self._let_in()

    async def _enter(self) -> None:
        if self._active < self._allowed and not self._waiting:
            self._active += 1
            return
        turn = anyio.Event()
        self._waiting.append(turn)
        try:
            await turn.wait()
        except BaseException:
            if turn.is_set():
                self._active -= 1
                self._let_in()
            else:
                self._waiting.remove(turn)
            raise

    def _let_in(self) -> None:
        while self._waiting and self._active < self._allowed:
            self._active += 1
            self._waiting.popleft().set()

    def _keep_the_pause(self) -> None:
        if (left := self._pause_left()) > 0.0:
            raise RateLimited("Zoho wanted fewer calls at once just now.", retry_after=left)

    def _pause_left(self) -> float:
        passed = self._clock.now() - self._paused_at
        # A clock set back would make the pause last as long as it was set back.
        return self._pause - passed if passed >= 0.0 else 0.0

    def refused(self, begun_in: int, retry_after: float | None) -> None:
        """One wave of calls that were under way together halves the number once."""
        self._good = 0
        pause = self._next_pause if retry_after is None else retry_after
        if begun_in == self._round:
            self._round += 1
            self._allowed = max(1, self._allowed // 2)
            self._next_pause = min(self._next_pause * 2, LONGEST_OWN_PAUSE)
        elif retry_after is None:
            return
        if pause > self._pause_left():
            self._pause, self._paused_at = min(pause, LONGEST_PAUSE), self._clock.now()

    def answered(self) -> None:
        self._next_pause = _FIRST_PAUSE
        self._good += 1
        if self._good >= GOOD_RUN and self._allowed < self._most:
            self._good = 0
            self._allowed += 1
            self._let_in()


class Place:
    """One call's place; its user says how Zoho took the call."""

    def __init__(self, gate: Gate, begun_in: int) -> None:
        self._gate = gate
        self._begun_in = begun_in

    def refused(self, retry_after: float | None) -> None:
        """429: too many at once. `retry_after` in seconds, where Zoho sent it."""
        self._gate.refused(self._begun_in, retry_after)

    def answered(self) -> None:
        """Zoho let the call in."""
        self._gate.answered()
