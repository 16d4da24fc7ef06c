"""How long changes took, in buckets: what can be told of them without keeping each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

from msgspec import Struct

BOUNDS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)


class LagsTold(Struct, frozen=True):
    """`within`: how many took at most so many seconds, for each of `BOUNDS` and then all of
    them; `seconds`: what they took together."""

    within: Sequence[int]
    seconds: float


class Lags:
    def __init__(self) -> None:
        self._numbers = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0

    def note(self, seconds: float) -> None:
        """Less than nothing, by clocks that differ, is nothing."""
        seconds = max(0.0, seconds)
        self._numbers[bisect_left(BOUNDS, seconds)] += 1
        self._seconds += seconds

    def told(self) -> LagsTold:
        """As it is now."""
        return LagsTold(tuple(accumulate(self._numbers)), self._seconds)
