"""Transactions on the journal: one writer at a time on SQLite, a pool on PostgreSQL."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, TypeVar

import anyio
from sqlalchemy import Engine, Table, exc, text
from sqlalchemy.dialects import sqlite

from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.address import Address
from mzi_bridge.journal.connection import JournalConnection, Transactions, Work
from mzi_bridge.journal.errors import (
    LOGIN_REFUSED,
    JournalUnavailable,
    reason_of,
    unavailable,
)
from mzi_bridge.journal.sqlite_engine import SqliteTransactions

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

T = TypeVar("T")
BUSY_SECONDS = 10.0
# SQLite looks after a taken lock ever more rarely, at last each 100 ms; a process that writes
# without pause frees it for far less. Who keeps to short looks has its turn.
LOOK_SECONDS = 0.008
TURN_SECONDS = 10.0
OLDEST_SQLITE = (3, 35, 0)
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
        self._turn = anyio.Lock()
        self.writer: Transactions
        self.reader: Transactions
        if address.file is not None:
            _check_sqlite()
            _create_private(address.file)
            self.writer = SqliteTransactions(address, "BEGIN IMMEDIATE", LOOK_SECONDS, threads=1)
            self.reader = SqliteTransactions(address, "BEGIN", BUSY_SECONDS, threads=pool_size)
        else:
            # It brings along what a journal in a file never needs.
            from mzi_bridge.journal.postgres_engine import PostgresTransactions

            self.writer = self.reader = PostgresTransactions(address, pool_size)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[JournalConnection]:
        """A transaction, durable when the block is left. Raises JournalUnavailable.

        It is short, and a cancelled task ends it first: the driver loses a connection whose
        statement or closing is cut off, and with it the engine's way to close.
        """
        await anyio.lowlevel.checkpoint_if_cancelled()
        with anyio.CancelScope(shield=True), named_faults():
            async with AsyncExitStack() as stack:
                await stack.enter_async_context(self._in_turn())
                begin = self.writer.begin
                yield await self._unlocked(lambda: stack.enter_async_context(begin()))

    @asynccontextmanager
    async def read(self) -> AsyncIterator[JournalConnection]:
        """A transaction for reading only, ended first as `write`. Raises JournalUnavailable."""
        await anyio.lowlevel.checkpoint_if_cancelled()
        with anyio.CancelScope(shield=True), named_faults():
            async with self.reader.begin() as connection:
                yield connection

    async def write_whole(self, work: Work[T]) -> T:
        """As `write`, with all that is to be done at hand: what many requests wait for."""
        await anyio.lowlevel.checkpoint_if_cancelled()
        with anyio.CancelScope(shield=True), named_faults():
            async with self._in_turn():
                answer = await self._unlocked(lambda: self.writer.whole(work))
        return answer

    async def read_whole(self, work: Work[T]) -> T:
        """As `read`, with all that is to be read at hand."""
        await anyio.lowlevel.checkpoint_if_cancelled()
        with anyio.CancelScope(shield=True), named_faults():
            answer = await self.reader.whole(work)
        return answer  # noqa: RET504 - a block that might swallow an error must not return

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        """First come, first served; SQLite itself would give its lock to whoever asks at the right
        moment."""
        if not self.is_sqlite:
            yield
            return
        with anyio.move_on_after(TURN_SECONDS) as waiting:
            await self._turn.acquire()
        if waiting.cancelled_caught:
            raise unavailable("database_pool_exhausted") from None
        try:
            yield
        finally:
            self._turn.release()

    async def _unlocked(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """What `attempt` answers, tried anew while another process holds SQLite's write lock: a
        transaction takes it at its start, so that nothing was done in it by then."""
        deadline = anyio.current_time() + BUSY_SECONDS
        while True:
            try:
                return await attempt()
            except exc.OperationalError as error:
                locked = self.is_sqlite and reason_of(error) == "database_locked"
                if not locked or anyio.current_time() >= deadline:
                    raise

    @property
    def engines(self) -> frozenset[Engine]:
        """All that statements go through."""
        return frozenset((self.writer.engine, self.reader.engine))

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
