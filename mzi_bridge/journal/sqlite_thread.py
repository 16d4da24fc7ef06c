"""SQLite in a thread of its own, to which a whole transaction goes, and comes back once.

The async driver goes to its thread and back several times for each statement; where many requests
wait for a few short transactions, that costs more than the transactions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine

T = TypeVar("T")


class SqliteThread:
    """`engine` is used by this thread only, one transaction after the other."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")

    async def run(self, work: Callable[[Connection], T]) -> T:
        """What `work` answers, once its transaction has ended well; raises what it raised."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._whole, work)

    def close(self) -> None:
        self._thread.submit(self.engine.dispose)
        self._thread.shutdown()

    def _whole(self, work: Callable[[Connection], T]) -> T:
        with self.engine.begin() as connection:
            return work(connection)
