"""What the processes of one case share: the hour, and which point was reached last."""

from __future__ import annotations

import asyncio
import mmap
import struct
from contextvars import ContextVar

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


LONGEST_POLL_SECONDS = 1.0
_storyteller: ContextVar[asyncio.Task[object] | None] = ContextVar("storyteller", default=None)


def moves_the_hour() -> None:
    """From now on sleeps of this task move the hour for everyone, and so do short ones, which
    poll, of tasks that it starts. All others wait until the hour has come."""
    _storyteller.set(asyncio.current_task())


class BoardClock:
    """The board's hour: it stands still but for the story's own sleeps and `advance`."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._sleepers: list[tuple[float, asyncio.Event]] = []

    def now(self) -> float:
        return self._board.now

    async def sleep(self, seconds: float) -> None:
        teller = _storyteller.get()
        polling = teller is not None and seconds <= LONGEST_POLL_SECONDS
        if polling or (teller is not None and teller is asyncio.current_task()):
            self.advance(max(seconds, 0.0))
            await asyncio.sleep(0)
            return
        woken = asyncio.Event()
        self._sleepers.append((self._board.now + seconds, woken))
        await woken.wait()

    def advance(self, seconds: float) -> None:
        self._board.now += seconds
        for until, woken in self._sleepers:
            if until <= self._board.now:
                woken.set()
        self._sleepers = [(until, woken) for until, woken in self._sleepers if not woken.is_set()]
