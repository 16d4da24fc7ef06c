"""The journal's disk: the real SQLite on a real file, its faults, and its moments.

The product reaches SQLite through a thread, whose answers come at moments of their own. Here
SQLAlchemy's plain engine is called at once, and a write takes a moment of virtual time before
it begins and after it is committed. Faults are those of a machine: no room left, a file locked
by another process, a process that is no more.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any, NoReturn, TypeVar

from sqlalchemy import Connection, Engine, StaticPool, create_engine, exc
from sqlalchemy.util import LRUCache

import mzi_bridge.journal.engine
from mzi_bridge.journal.address import Address

Answer = TypeVar("Answer")
BUSY_SECONDS = 10.0
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
WRITES = ("BEGIN IMMEDIATE", "statement")


class Disk:
    """One machine's; `locked_until` is loop time. `kill` ends the process that runs now."""

    def __init__(self, chance: Random) -> None:
        self.full = False
        self.full_at_commit = False
        self.locked_until = 0.0
        self._chance = chance
        self._engines: list[_Engine] = []

    def install(self) -> None:
        """From now on every SQLite journal that is opened lies on this disk."""
        journal: Any = mzi_bridge.journal.engine
        journal.SqliteTransactions = self._engine

    def kill(self) -> None:
        """What is not committed is lost, and nothing more is done."""
        for engine in self._engines:
            engine.die()
        self._engines.clear()

    async def turn(self) -> None:
        """Waits until a write may begin; raises as SQLite does after waiting in vain."""
        now = asyncio.get_running_loop().time()
        await asyncio.sleep(self.moment() + min(BUSY_SECONDS, max(0.0, self.locked_until - now)))
        if self.locked_until > asyncio.get_running_loop().time():
            fail("database is locked", sqlite3.SQLITE_BUSY)

    def moment(self) -> float:
        return self._chance.random() * 0.004

    def check_room(self, *, commit: bool) -> None:
        if self.full and commit == self.full_at_commit:
            fail("database or disk is full", sqlite3.SQLITE_FULL)

    def _engine(self, address: Address, begin: str, _look: float, *, threads: int) -> _Engine:
        made = _Engine(self, str(address.file), begin)
        self._engines.append(made)
        return made


class _Engine:
    """What the journal needs of SqliteTransactions: one at a time."""

    def __init__(self, disk: Disk, file: str, begin: str) -> None:
        self._disk = disk
        self._file = file
        self._begin = begin
        self._connection: Connection | None = None
        self._driver: sqlite3.Connection
        self._turns = asyncio.Lock()
        self._dead = False
        self._writes = begin != "BEGIN"

    def begin(self) -> _Transaction:
        return _Transaction(self)

    async def whole(self, work: Callable[[Connection], Answer]) -> Answer:
        async with self.begin() as connection:
            return await connection.run_sync(work)

    async def enter(self) -> Connection:
        """The connection, with a transaction begun; `leave` ends it."""
        await self._turns.acquire()
        try:
            await (self._disk.turn() if self._writes else asyncio.sleep(0))
            return self._open()
        except BaseException:
            self._turns.release()
            raise

    async def leave(self, *, commit: bool) -> None:
        try:
            if commit:
                await self._commit()
            elif not self._dead:
                self._driver.execute("ROLLBACK")
        finally:
            self._turns.release()

    async def _commit(self) -> None:
        try:
            self.check(commit=True)
        except BaseException:
            if not self._dead:
                self._driver.execute("ROLLBACK")
            raise
        self._driver.execute("COMMIT")
        # Committed, and not told yet: a process may die between the two.
        if self._writes:
            await asyncio.sleep(self._disk.moment())

    def check(self, *, commit: bool = False) -> None:
        if self._dead:
            fail("the process is no more", sqlite3.SQLITE_IOERR)
        if self._writes:
            self._disk.check_room(commit=commit)

    async def dispose(self) -> None:
        self.die()

    def die(self) -> None:
        self._dead = True
        if self._connection is not None:
            self._connection.close()
            self._connection.engine.dispose()
            self._connection = None

    def _open(self) -> Connection:
        if self._dead:
            fail("the process is no more", sqlite3.SQLITE_IOERR)
        if self._connection is None:
            self._connection, self._driver = _connected(self._file)
        self._driver.execute(self._begin)
        return self._connection


def _connected(file: str) -> tuple[Connection, sqlite3.Connection]:
    """The transactions are SQLite's own: SQLAlchemy keeps none beside them."""
    driver = sqlite3.connect(file, isolation_level=None, cached_statements=1000)
    for pragma in PRAGMAS:
        driver.execute(f"PRAGMA {pragma}")
    known = _known_to_all()
    engine = Engine(StaticPool(lambda: driver), known.dialect, known.url)  # type: ignore[arg-type]
    options: Any = {"isolation_level": "AUTOCOMMIT", "compiled_cache": COMPILED}
    return engine.connect().execution_options(**options), driver


COMPILED: Any = LRUCache(1000)


@cache
def _known_to_all() -> Engine:
    """A bridge starts often: it need not learn SQLite's dialect anew, nor its own statements."""
    engine = create_engine("sqlite://")
    engine.connect().close()
    return engine


class _Transaction:
    """A JournalConnection, and the context that begins and ends it."""

    def __init__(self, engine: _Engine) -> None:
        self._engine = engine
        self._connection: Connection

    async def __aenter__(self) -> _Transaction:
        self._connection = await self._engine.enter()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> None:
        await self._engine.leave(commit=error is None)

    async def execute(self, statement: Any, parameters: Any = None) -> Any:
        self._engine.check()
        return self._connection.execute(statement, parameters)

    async def run_sync(self, work: Callable[[Connection], Answer], /) -> Answer:
        self._engine.check()
        return work(self._connection)


def fail(text: str, code: int) -> NoReturn:
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    raise exc.OperationalError("", None, error)
