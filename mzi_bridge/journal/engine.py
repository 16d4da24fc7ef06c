"""Connections to the journal's database: one writer at a time on SQLite, a pool on PostgreSQL."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
from sqlalchemy import Connection, Engine, Table, create_engine, event, exc, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.address import Address
from mzi_bridge.journal.errors import (
    LOGIN_REFUSED,
    JournalUnavailable,
    reason_of,
    unavailable,
)
from mzi_bridge.journal.sqlite_thread import SqliteThread
from mzi_bridge.journal.tables import know_postgresql

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

T = TypeVar("T")
Work = Callable[[Connection], T]
"""Statements of one transaction."""

BUSY_SECONDS = 10.0
# SQLite looks after a taken lock ever more rarely, at last each 100 ms; a process that writes
# without pause frees it for far less. Who keeps to short looks has its turn.
LOOK_SECONDS = 0.008
POOL_SECONDS = 10.0
OLDEST_SQLITE = (3, 35, 0)
# A dead host is noticed in seconds; an option in the URL wins.
POSTGRES_OPTIONS: dict[str, Any] = {
    "application_name": "mzi-bridge",
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20000,
}
# The driver begins no transaction of its own; the engine does.
_SQLITE_OPTIONS: dict[str, Any] = {"isolation_level": None, "timeout": BUSY_SECONDS}
InsertInto = Callable[[Table], "sqlite.Insert | postgresql.Insert"]


class Database:
    """Transactions on the journal's database. Close it with `close()`.

    On SQLite a write takes the file's write lock at its start (BEGIN IMMEDIATE), so that it
    can never fail half-way for a lock. Writers of one process queue, first come, first served;
    only the head of the queue looks after the file's lock. Reads see a snapshot and never wait.
    """

    def __init__(self, address: Address, *, pool_size: int = 5) -> None:
        self.address = address
        self.is_sqlite = address.file is not None
        if address.file is not None:
            _check_sqlite()
            _create_private(address.file)
            self._turn = anyio.Lock()
            self.writer = _sqlite_engine(address, "BEGIN IMMEDIATE", LOOK_SECONDS, pool_size=1)
            self.reader = _sqlite_engine(address, "BEGIN", BUSY_SECONDS, pool_size=pool_size)
            self._writing = SqliteThread(_thread_engine(address, "BEGIN IMMEDIATE", LOOK_SECONDS))
            self._reading = SqliteThread(_thread_engine(address, "BEGIN", BUSY_SECONDS))
        else:
            self.writer = self.reader = _postgres_engine(address, pool_size)

    @property
    def connect_args(self) -> dict[str, Any]:
        """Options for a PostgreSQL connection made outside the pool."""
        return _postgres_options(self.address)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction, durable when the block is left. Raises JournalUnavailable.

        It is short, and a cancelled task ends it first: the driver loses a connection whose
        statement or closing is cut off, and with it the engine's way to close.
        """
        await anyio.lowlevel.checkpoint_if_cancelled()
        with anyio.CancelScope(shield=True), named_faults():
            async with AsyncExitStack() as stack:
                if self.is_sqlite:
                    await self._take_turn()
                    stack.callback(self._turn.release)
                yield await self._begun(stack)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction for reading only, ended first as `write`. Raises JournalUnavailable."""
        await anyio.lowlevel.checkpoint_if_cancelled()
        with anyio.CancelScope(shield=True), named_faults():
            async with self.reader.begin() as connection:
                yield connection

    async def write_whole(self, work: Work[T]) -> T:
        """As `write`, with all that is to be done at hand: what many requests wait for."""
        await anyio.lowlevel.checkpoint_if_cancelled()
        with anyio.CancelScope(shield=True), named_faults():
            if self.is_sqlite:
                answer = await self._write_in_thread(work)
            else:
                answer = await _whole(self.writer, work)
        return answer

    async def read_whole(self, work: Work[T]) -> T:
        """As `read`, with all that is to be read at hand."""
        await anyio.lowlevel.checkpoint_if_cancelled()
        with anyio.CancelScope(shield=True), named_faults():
            if self.is_sqlite:
                answer = await self._reading.run(work)
            else:
                answer = await _whole(self.reader, work)
        return answer

    async def _write_in_thread(self, work: Work[T]) -> T:
        await self._take_turn()
        try:
            return await _unlocked(lambda: self._writing.run(work))
        finally:
            self._turn.release()

    async def _take_turn(self) -> None:
        """The pool would give its connection to whoever asks at the right moment."""
        try:
            self._turn.acquire_nowait()
        except anyio.WouldBlock:
            with anyio.move_on_after(POOL_SECONDS) as waiting:
                await self._turn.acquire()
            if waiting.cancelled_caught:
                raise unavailable("database_pool_exhausted") from None

    async def _begun(self, stack: AsyncExitStack) -> AsyncConnection:
        """A transaction that ends with `stack`."""
        return await _unlocked(lambda: stack.enter_async_context(self.writer.begin()))

    @property
    def engines(self) -> frozenset[Engine]:
        """All that statements go through."""
        shared = {self.writer.sync_engine, self.reader.sync_engine}
        apart = {self._writing.engine, self._reading.engine} if self.is_sqlite else ()
        return frozenset((*shared, *apart))

    @property
    def insert(self) -> InsertInto:
        """Makes an INSERT that knows ON CONFLICT, in the words of the database at hand."""
        if self.is_sqlite:
            return sqlite.insert
        from sqlalchemy.dialects import postgresql

        return postgresql.insert

    async def ping(self) -> None:
        """Raises JournalUnavailable when the database does not answer."""
        async with self.read() as connection:
            await connection.execute(text("SELECT 1"))

    async def greet(self) -> None:
        """The first contact: a login that the server refuses is a setting to mend.

        Raises OperatorError (database_login_refused), JournalUnavailable.
        """
        try:
            await self.ping()
        except JournalUnavailable as error:
            if not LOGIN_REFUSED.search(str(error.__cause__)):
                raise
            raise OperatorError(
                "The server refuses the user or the database of DATABASE_URL"
                f" ({self.address.shown}).",
                reason="database_login_refused",
                fix="Correct user, password or database name, or create what is missing.",
            ) from None

    async def close(self) -> None:
        await self.writer.dispose()
        await self.reader.dispose()
        if self.is_sqlite:
            self._writing.close()
            self._reading.close()


@contextmanager
def named_faults() -> Iterator[None]:
    """Turns the database's passing faults into JournalUnavailable; bugs go through as they are."""
    try:
        yield
    except exc.SQLAlchemyError as error:
        reason = reason_of(error)
        if reason is None:
            raise
        raise unavailable(reason) from error


async def _whole(engine: AsyncEngine, work: Work[T]) -> T:
    async with engine.begin() as connection:
        return await connection.run_sync(work)


async def _unlocked(attempt: Callable[[], Awaitable[T]]) -> T:
    """What `attempt` answers, tried anew while another process holds the file's write lock: a
    transaction takes it at its start, so that nothing was done in it by then."""
    deadline = anyio.current_time() + BUSY_SECONDS
    while True:
        try:
            return await attempt()
        except exc.OperationalError as error:
            if reason_of(error) != "database_locked" or anyio.current_time() >= deadline:
                raise


def _sqlite_engine(address: Address, begin: str, look: float, *, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(
        address.url,
        connect_args=_SQLITE_OPTIONS,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
    )
    _configure(engine.sync_engine, begin, look)
    return engine


def _thread_engine(address: Address, begin: str, look: float) -> Engine:
    url = address.url.set(drivername="sqlite")
    engine = create_engine(url, connect_args=_SQLITE_OPTIONS, pool_size=1, max_overflow=0)
    # Many rows in one statement: after each, the thread would wait its turn with all that runs.
    engine.dialect.use_insertmanyvalues_wo_returning = True
    _configure(engine, begin, look)
    return engine


def _configure(engine: Engine, begin: str, look: float) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        pragmas = (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={round(1000 * look)}",
        )
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def _postgres_engine(address: Address, pool_size: int) -> AsyncEngine:
    know_postgresql()
    return create_async_engine(
        address.url,
        connect_args=_postgres_options(address),
        # What overflows a pool is closed after use, and a login costs more than a notice.
        pool_size=2 * pool_size,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
        pool_pre_ping=True,
    )


def _postgres_options(address: Address) -> dict[str, Any]:
    given = address.url.query
    return {name: value for name, value in POSTGRES_OPTIONS.items() if name not in given}


def _check_sqlite() -> None:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise OperatorError(
            f"This Python carries SQLite {sqlite3.sqlite_version}; the journal needs 3.35.",
            reason="sqlite_too_old",
            fix="Use a newer Python build, or set DATABASE_URL to a PostgreSQL database.",
        )


def _create_private(file: os.PathLike[str]) -> None:
    """Creates the file readable by its owner only; SQLite gives its companions the same mode."""
    try:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise OperatorError(
            f"DATABASE_URL names {os.fspath(file)!r}, which cannot be opened for writing"
            f" ({error.strerror}).",
            reason="database_file_denied",
            fix="Give the bridge's user write access, or name another file.",
        ) from None
