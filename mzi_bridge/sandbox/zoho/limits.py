"""Zoho's limits on calls: how many at once, and credits within 24 hours."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from mzi_bridge.clock import Clock
from mzi_bridge.sandbox.zoho.refusals import Refusal

DAY: Final = 86_400


class Limits:
    """None lifts a limit. `credits` is the size of the rolling 24-hour pool."""

    def __init__(
        self, clock: Clock, *, concurrency: int | None = None, credits: int | None = None
    ) -> None:
        self.concurrency = concurrency
        self.credits = credits
        self.spent = 0
        self._clock = clock
        self._active = 0
        self._bills: deque[tuple[float, int]] = deque()

    @contextmanager
    def admitted(self, cost: int) -> Iterator[None]:
        """Run one call that costs `cost` credits. Raises Refusal TOO_MANY_REQUESTS."""
        self._settle()
        if self.concurrency is not None and self._active >= self.concurrency:
            raise too_many_requests()
        if self.credits is not None and self.spent + cost > self.credits:
            raise too_many_requests()
        self._bills.append((self._clock.now(), cost))
        self.spent += cost
        self._active += 1
        try:
            yield
        finally:
            self._active -= 1

    def remaining(self) -> int | None:
        """Credits left, told only once half of them are used."""
        if self.credits is None or self.spent * 2 < self.credits:
            return None
        return self.credits - self.spent

    def _settle(self) -> None:
        while self._bills and self._bills[0][0] <= self._clock.now() - DAY:
            self.spent -= self._bills.popleft()[1]


def too_many_requests() -> Refusal:
    return Refusal(
        "TOO_MANY_REQUESTS",
        "Many requests fired in concurrent than the allowed limit",
        http=429,
    )
