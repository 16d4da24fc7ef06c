"""SQLite in threads: a transaction keeps one, to which each of its statements goes, and comes back
once, with all that it has found."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar

import anyio
from sqlalchemy import Connection, Engine, Executable, create_engine, event

from mzi_bridge.journal.address import Address
from mzi_bridge.journal.connection import Rows, Values, Work
from mzi_bridge.journal.errors import unavailable

T = TypeVar("T")
WAIT_SECONDS = 10.0
"""How long a transaction waits for a thread."""

OPEN_SECONDS = 10.0
CACHE_KIB = 2000
"""Of pages, for all connections of a kind together: the file's pages are in the system's memory,
too."""

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")


class SqliteTransactions:
    """At most `threads` transactions at once; each begins with the word `begin`.

    `look`: seconds for which SQLite itself waits where another connection has taken the lock.
    """

    def __init__(self, address: Address, begin: str, look: float, *, threads: int) -> None:
        self.engine = _engine(address, begin, look, threads)
        self._places = anyio.Semaphore(threads)
        self._idle: list[ThreadPoolExecutor] = []

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[_ThreadConnection]:
        async with self._thread() as thread:
            transaction = self.engine.begin()
            connection = _ThreadConnection(thread, await _run(thread, transaction.__enter__))
            try:
                yield connection
            except BaseException as error:
                ending = (type(error), error, error.__traceback__)
                await _run(thread, partial(transaction.__exit__, *ending))
                raise
            await _run(thread, partial(transaction.__exit__, None, None, None))

    async def whole(self, work: Work[T]) -> T:
        def transact() -> T:
            with self.engine.begin() as connection:
                return work(connection)

        async with self._thread() as thread:
            return await _run(thread, transact)

    async def dispose(self) -> None:
        """Once no transaction is under way."""
        self.engine.dispose()
        for thread in self._idle:
            thread.shutdown()
        self._idle.clear()

    @asynccontextmanager
    async def _thread(self) -> AsyncIterator[ThreadPoolExecutor]:
        await self._take_place()
        try:
            # The one that was used last: what is needed at once seldom is kept at rest.
            thread = self._idle.pop() if self._idle else _new_thread()
            try:
                yield thread
            finally:
                self._idle.append(thread)
        finally:
            self._places.release()

    async def _take_place(self) -> None:
        with anyio.move_on_after(WAIT_SECONDS) as waiting:
            await self._places.acquire()
        if waiting.cancelled_caught:
            raise unavailable("database_pool_exhausted")


class _ThreadConnection:
    """A JournalConnection."""

    def __init__(self, thread: ThreadPoolExecutor, connection: Connection) -> None:
        self._thread = thread
        self._connection = connection

    async def execute(self, statement: Executable, parameters: Values | None = None) -> Rows:
        return await _run(self._thread, lambda: self._executed(statement, parameters))

    async def run_sync(self, work: Work[T], /) -> T:
        return await _run(self._thread, lambda: work(self._connection))

    def _executed(self, statement: Executable, parameters: Values | None) -> Rows:
        result = self._connection.execute(statement, parameters)
        return result.freeze()() if result.returns_rows else result


async def _run(thread: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(thread, work)


def _new_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="journal")


def _engine(address: Address, begin: str, look: float, connections: int) -> Engine:
    # The driver begins no transaction of its own; the engine does.
    options = {"isolation_level": None, "timeout": OPEN_SECONDS, "check_same_thread": False}
    engine = create_engine(address.url, connect_args=options, pool_size=connections, max_overflow=0)
    # Many rows in one statement: after each, the thread would wait its turn with all that runs.
    engine.dialect.use_insertmanyvalues_wo_returning = True

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        own = (f"busy_timeout={round(1000 * look)}", f"cache_size=-{CACHE_KIB // connections}")
        for pragma in (*PRAGMAS, *own):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
