"""The journal's disk: the real SQLite on a real file, called without a thread.

aiosqlite hands every call to a thread, whose answer comes at a moment of its own; here the call
is made at once and its answer comes at a moment of virtual time. Faults are those of a machine:
no room left, a file locked by another process, a process that is no more.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from random import Random
from typing import Any

import aiosqlite

BUSY_SECONDS = 10.0
WRITES = ("INSERT", "UPDATE", "DELETE")
Answered = tuple[asyncio.Future[Any] | None, Callable[[], Any]]


class Disk:
    """One machine's; `connections` are those of the process that runs now."""

    def __init__(self, chance: Random) -> None:
        self.full = False
        self.full_at_commit = False
        self.locked_until = 0.0
        self._chance = chance
        self._connections: list[_Connection] = []

    def install(self) -> None:
        """From now on every SQLite connection of this program is one of this disk."""
        aiosqlite.connect = self._connect  # type: ignore[assignment]

    def kill(self) -> None:
        """As if the process ended here: what is not committed is lost, nothing more is done."""
        for connection in self._connections:
            connection.die()
        self._connections.clear()

    def latency(self, command: str) -> float:
        return self._chance.random() * 0.004 if command in ("BEGIN IMMEDIATE", "COMMIT") else 0.0

    def fault(self, command: str) -> tuple[float, sqlite3.OperationalError | None]:
        """(seconds to wait, what to answer then) for one call."""
        now = asyncio.get_running_loop().time()
        if command == "BEGIN IMMEDIATE" and self.locked_until > now:
            wait = self.locked_until - now
            if wait > BUSY_SECONDS:
                return BUSY_SECONDS, _error("database is locked", sqlite3.SQLITE_BUSY)
            return wait, None
        no_room = "COMMIT" if self.full_at_commit else WRITES
        if self.full and command.startswith(no_room):
            return 0.0, _error("database or disk is full", sqlite3.SQLITE_FULL)
        return 0.0, None

    def _connect(self, database: Any, *, iter_chunk_size: int = 64, **given: Any) -> _Connection:
        connection = _Connection(self, lambda: sqlite3.connect(database, **given), iter_chunk_size)
        self._connections.append(connection)
        return connection


class _Connection(aiosqlite.Connection):
    def __init__(self, disk: Disk, connector: Callable[[], sqlite3.Connection], size: int) -> None:
        super().__init__(connector, size)
        self.disk = disk
        self.dead = False
        self._thread = _NoThread()  # type: ignore[assignment]
        self._tx = _AtOnce(self)  # type: ignore[assignment]

    def die(self) -> None:
        self.dead = True
        if self._connection is not None:
            self._connection.close()


class _NoThread:
    daemon = True

    def start(self) -> None:
        pass


class _AtOnce:
    """Stands for the queue to the thread."""

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection

    def put_nowait(self, item: Answered) -> None:
        future, function = item
        loop = asyncio.get_running_loop()
        command = _command(function)
        wait, error = self._connection.disk.fault(command)
        wait += self._connection.disk.latency(command)
        if wait and command != "COMMIT":
            loop.call_later(wait, self._run, future, function, error)
        else:
            # Committed at once, told later: a process may die between the two.
            self._run(future, function, error, wait)

    def _run(
        self,
        future: asyncio.Future[Any] | None,
        function: Callable[[], Any],
        error: Exception | None,
        told_after: float = 0.0,
    ) -> None:
        result = None
        if self._connection.dead and _command(function) not in ("CLOSE", "CLOSE_AND_STOP"):
            error = _error("the process is no more", sqlite3.SQLITE_IOERR)
        if error is None:
            try:
                result = function()
            except Exception as raised:
                error = raised
        if future is None:
            return
        if told_after:
            asyncio.get_running_loop().call_later(told_after, _tell, future, result, error)
        else:
            _tell(future, result, error)


def _tell(future: asyncio.Future[Any], result: Any, error: Exception | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)


def _command(function: Callable[[], Any]) -> str:
    """The SQL of a call, or its name in SQL."""
    args = getattr(function, "args", ())
    if args and isinstance(args[0], str):
        return args[0]
    called = getattr(function, "func", function)
    return str(getattr(called, "__name__", "")).upper()


def _error(text: str, code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    return error
