"""What the processes of one case share: the hour, and which point was reached last."""

from __future__ import annotations

import asyncio
import mmap
import struct

CLOCK, COUNT, LABEL = 0, 8, 16
SIZE = mmap.PAGESIZE


class Board:
    """Anonymous memory that a fork inherits: it outlives whoever is killed."""

    def __init__(self, now: float) -> None:
        self._memory = mmap.mmap(-1, SIZE)
        self.now = now

    @property
    def now(self) -> float:
        """Epoch seconds, for both sides and the bridge alike."""
        return float(struct.unpack_from("d", self._memory, CLOCK)[0])

    @now.setter
    def now(self, now: float) -> None:
        struct.pack_into("d", self._memory, CLOCK, now)

    def note(self, count: int) -> None:
        """So many points were reached so far."""
        struct.pack_into("q", self._memory, COUNT, count)

    def note_end(self, label: str) -> None:
        """Where the process is about to die."""
        text = label.encode()[: SIZE - LABEL - 1]
        self._memory[LABEL : LABEL + len(text) + 1] = text + b"\0"

    def read(self) -> tuple[int, str]:
        """The count and the label."""
        (count,) = struct.unpack_from("q", self._memory, COUNT)
        label = self._memory[LABEL:SIZE].partition(b"\0")[0].decode(errors="replace")
        return int(count), label

    def clear(self) -> None:
        self.note(0)
        self.note_end("")


class BoardClock:
    """The board's hour. Nobody waits: a sleep moves the hour for everyone."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def now(self) -> float:
        return self._board.now

    async def sleep(self, seconds: float) -> None:
        self._board.now += max(seconds, 0.0)
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        self._board.now += seconds
