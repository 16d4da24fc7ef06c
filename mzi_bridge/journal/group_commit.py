"""One transaction for everyone who waits: what makes an fsync cheap per request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from mzi_bridge.errors import MziError
from mzi_bridge.journal.errors import JournalUnavailable, unavailable

T = TypeVar("T")
LARGEST_BATCH = 2000
LONGEST_WAIT_SECONDS = 0.02


@dataclass(eq=False)
class _Waiting(Generic[T]):
    item: T
    done: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class GroupCommit(Generic[T]):
    """Hands everything submitted while one commit ran to the next one.

    A single writer task exists while there is work. Where many are answered by one commit, most of
    them come again at once: the next one waits until as many are there, at most for as long as the
    last one took and 20 ms, so that commits stay few. A caller that is cancelled leaves the
    commit of the others alone. An item that breaks its batch for a reason of its own is found by
    committing that batch one by one.
    """

    def __init__(self, commit: Callable[[Sequence[T]], Awaitable[None]]) -> None:
        self._commit = commit
        self._waiting: list[_Waiting[T]] = []
        self._writer: asyncio.Task[None] | None = None
        self._closed = False
        self._expected = 0
        self._full: asyncio.Event | None = None

    async def submit(self, item: T) -> None:
        """Returns when `item` is committed. Raises what its commit raised."""
        if self._closed:
            raise unavailable("journal_closed")
        entry = _Waiting(item)
        self._waiting.append(entry)
        if self._writer is None:
            self._writer = asyncio.create_task(self._drain(), name="journal-writer")
        elif self._full is not None and len(self._waiting) >= self._expected:
            self._full.set()
        await entry.done

    async def close(self) -> None:
        """Commits what waits, and takes no more."""
        self._closed = True
        if self._writer is not None:
            await self._writer

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                batch = self._waiting[:LARGEST_BATCH]
                del self._waiting[:LARGEST_BATCH]
                began = loop.time()
                await self._commit_batch([e for e in batch if not e.done.cancelled()])
                await self._gather(len(batch), loop.time() - began)
        finally:
            self._writer = None
            for entry in self._waiting:
                _fail(entry, unavailable("journal_closed"))
            self._waiting.clear()

    async def _gather(self, expected: int, seconds: float) -> None:
        if expected == 1 or self._closed or len(self._waiting) >= expected:
            return
        self._expected, self._full = expected, asyncio.Event()
        try:
            async with asyncio.timeout(min(seconds, LONGEST_WAIT_SECONDS)):
                await self._full.wait()
        except TimeoutError:
            pass
        finally:
            self._full = None

    async def _commit_batch(self, batch: list[_Waiting[T]]) -> None:
        if not batch:
            return
        try:
            await self._commit([entry.item for entry in batch])
        except asyncio.CancelledError:
            for entry in batch:
                _fail(entry, unavailable("journal_closed"))
            raise
        except Exception as error:
            if len(batch) == 1 or isinstance(error, MziError):
                for entry in batch:
                    _fail(entry, error)
            else:
                for entry in batch:
                    await self._commit_batch([entry])
        else:
            for entry in batch:
                if not entry.done.done():
                    entry.done.set_result(None)


def _fail(entry: _Waiting[T], error: Exception) -> None:
    if isinstance(error, JournalUnavailable):
        # One exception raised by many tasks would grow a traceback of them all.
        error = unavailable(error.reason)
    if not entry.done.done():
        entry.done.set_exception(error)
        # Whoever went away meanwhile need not be told.
        entry.done.exception()
