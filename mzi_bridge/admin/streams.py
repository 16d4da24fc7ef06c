"""Streams to browsers, counted: each holds a connection."""

from __future__ import annotations

MOST = 20


class Streams:
    """How many may be open at once, of one process."""

    def __init__(self, most: int = MOST) -> None:
        self._left = most

    def enter(self) -> bool:
        if self._left <= 0:
            return False
        self._left -= 1
        return True

    def leave(self) -> None:
        self._left += 1
