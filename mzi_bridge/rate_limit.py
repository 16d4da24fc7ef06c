"""How often one caller may do a thing: token buckets, by any key."""

from __future__ import annotations

from collections import OrderedDict

from mzi_bridge.clock import Clock

MOST_KEYS = 10_000


class RateLimit:
    """`number` at once, and as many again in each `seconds`; in the memory of one process.

    The keys longest unseen are forgotten past `MOST_KEYS`, so that nobody fills the memory.
    """

    def __init__(self, number: int, seconds: float, clock: Clock) -> None:
        self._number = number
        self._per_second = number / seconds
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """0.0 if `key` may go on, which counts; else the seconds until it may, which do not."""
        now = self._clock.now()
        left, at = self._buckets.pop(key, (float(self._number), now))
        # A clock set back gives nothing and takes nothing.
        left = min(self._number, left + max(0.0, now - at) * self._per_second)
        wait = 0.0 if left >= 1.0 else (1.0 - left) / self._per_second
        self._buckets[key] = (left if wait else left - 1.0, now)
        if len(self._buckets) > MOST_KEYS:
            self._buckets.popitem(last=False)
        return wait

    def give_back(self, key: str) -> None:
        """What `key` did last shall not count."""
        if key in self._buckets:
            left, at = self._buckets[key]
            self._buckets[key] = (min(float(self._number), left + 1.0), at)
