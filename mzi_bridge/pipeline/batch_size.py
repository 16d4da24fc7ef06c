"""How many rows travel in one call: as many as Moodle answers for soon."""

from __future__ import annotations

FIRST, FEWEST = 100, 10
SOON_SECONDS, LATE_SECONDS = 1.0, 3.0
"""Answered sooner, a full call is followed by one twice as large; later, by one half as large. A
call holds locks on its rows in Moodle, so it should not last."""


class BatchSize:
    """`now` is the size of the next call, never more than `most`."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._wanted = FIRST

    @property
    def now(self) -> int:
        return min(self._wanted, self.most)

    def answered(self, rows: int, seconds: float) -> None:
        """Notes how long a call of so many rows took."""
        if seconds > LATE_SECONDS:
            self._wanted = max(FEWEST, min(self.now, rows) // 2)
        elif seconds < SOON_SECONDS and rows >= self.now:
            self._wanted = min(2 * self.now, self.most)
