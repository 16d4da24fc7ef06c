"""Named locks: one holder among all tasks and processes that share the journal."""

from __future__ import annotations

import hashlib
import logging
import math
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING
from uuid import uuid4

import anyio
from sqlalchemy import BigInteger, Executable, bindparam, delete, func, or_, select, update

from mzi_bridge.clock import Clock
from mzi_bridge.journal.engine import Database, InsertInto, named_faults
from mzi_bridge.journal.errors import JournalUnavailable, unavailable
from mzi_bridge.journal.tables import locks

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

log = logging.getLogger(__name__)
POLL_SECONDS = 0.1
LONGEST_LEASE_SECONDS = 3600.0
CLOCK_SLACK_SECONDS = 30.0
"""How far the clocks of processes that share a journal may be apart."""
TryOnce = Callable[[], Awaitable[bool]]

_FREE = delete(locks).where(locks.c.holder == bindparam("of_holder"))
_RENEW = (
    update(locks)
    .where(locks.c.holder == bindparam("of_holder"))
    .values(until=locks.c.seconds + bindparam("now"))
    .returning(locks.c.name)
)


class Locks:
    """No lock is held by an open write transaction, so slow work under one hinders nobody.

    PostgreSQL: an advisory lock on a connection of its own, gone when that breaks. SQLite: a
    lease of `seconds` (an hour at most), so that a killed holder frees it in time; work under
    the lock must be shorter, renew it, or bear a second holder. The lease keeps its own length,
    by which is known whether a clock set back has left it too far ahead, whoever asks.
    """

    def __init__(self, database: Database, clock: Clock, tenant: str) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant
        self._in_process: defaultdict[str, anyio.Lock] = defaultdict(anyio.Lock)
        self._holders: dict[str, str] = {}
        self._connections: dict[str, AsyncConnection] = {}

    @asynccontextmanager
    async def hold(
        self, name: str, *, seconds: float = 60.0, patience: float = 120.0
    ) -> AsyncIterator[None]:
        """Waits for the lock. Raises JournalUnavailable (lock_busy) after `patience` seconds."""
        async with self._in_process[name], self._tries(name, seconds) as try_once:
            # Counted in waits, not by the hour: a clock set back would make it wait longer.
            for _ in range(math.ceil(patience / POLL_SECONDS)):
                if await try_once():
                    break
                await self._clock.sleep(POLL_SECONDS)
            else:
                raise unavailable("lock_busy")
            yield

    @asynccontextmanager
    async def attempt(self, name: str, *, seconds: float = 60.0) -> AsyncIterator[bool]:
        """Does not wait: yields whether the lock was free, and holds it then."""
        lock = self._in_process[name]
        if lock.locked():
            yield False
            return
        async with lock, self._tries(name, seconds) as try_once:
            yield await try_once()

    async def renew(self, name: str) -> bool:
        """Lets a lock that this process holds last its whole length from now; False if it was lost.

        What frees itself with its connection has no end: it is asked whether it still lives.
        """
        if not self._database.is_sqlite:
            return await self._lives(name)
        async with self._database.write() as connection:
            kept = await connection.execute(
                _RENEW, {"of_holder": self._holders.get(name), "now": self._clock.now()}
            )
            return kept.one_or_none() is not None

    async def _lives(self, name: str) -> bool:
        connection = self._connections.get(name)
        if connection is None or connection.invalidated:
            return False
        # A statement cut off would cost the connection, and with it the lock.
        with anyio.CancelScope(shield=True):
            try:
                with named_faults():
                    await connection.execute(select(1))
            except JournalUnavailable as error:
                log.warning("lock %s: %s", name, error.reason)
                return not connection.invalidated
        return True

    def _tries(self, name: str, seconds: float) -> AbstractAsyncContextManager[TryOnce]:
        return self._leases(name, seconds) if self._database.is_sqlite else self._advisory(name)

    @asynccontextmanager
    async def _advisory(self, name: str) -> AsyncIterator[TryOnce]:
        """A connection outside the pool: whoever waits for a lock takes none from others."""
        # It brings along what a journal in a file never needs.
        from mzi_bridge.journal.postgres_engine import beside_the_pool

        key = bindparam("key", lock_number(self._tenant, name), type_=BigInteger)
        with named_faults():
            async with beside_the_pool(self._database.address) as connection:

                async def try_once() -> bool:
                    answer = await connection.execute(select(func.pg_try_advisory_lock(key)))
                    taken = bool(answer.scalar_one())
                    if taken:
                        self._connections[name] = connection
                    return taken

                try:
                    yield try_once
                finally:
                    self._connections.pop(name, None)

    @asynccontextmanager
    async def _leases(self, name: str, seconds: float) -> AsyncIterator[TryOnce]:
        holder = uuid4().hex

        async def try_once() -> bool:
            taken = await self._lease(name, holder, seconds)
            if taken:
                self._holders[name] = holder
            return taken

        try:
            yield try_once
        finally:
            self._holders.pop(name, None)
            with anyio.CancelScope(shield=True):
                await self._free(name, holder)

    async def _free(self, name: str, holder: str) -> None:
        try:
            async with self._database.write() as connection:
                await connection.execute(_FREE, {"of_holder": holder})
        except JournalUnavailable as error:
            # The work under the lock was done; the lease ends by itself.
            log.warning("lock %s not freed before its lease ends: %s", name, error.reason)

    async def _lease(self, name: str, holder: str, seconds: float) -> bool:
        now = self._clock.now()
        length = min(seconds, LONGEST_LEASE_SECONDS)
        row = {
            "tenant": self._tenant,
            "name": name,
            "holder": holder,
            "until": now + length,
            "seconds": length,
        }
        async with self._database.write() as connection:
            taken = await connection.execute(_leasing(self._database.insert), {**row, "now": now})
            return taken.scalar_one_or_none() is not None


@cache
def _leasing(insert: InsertInto) -> Executable:
    upsert = insert(locks)
    return upsert.on_conflict_do_update(
        index_elements=[locks.c.tenant, locks.c.name],
        set_={name: upsert.excluded[name] for name in ("holder", "until", "seconds")},
        # A lease further ahead than its own length was taken before the clock was set back.
        where=or_(
            locks.c.until <= bindparam("now"),
            locks.c.until - locks.c.seconds - CLOCK_SLACK_SECONDS > bindparam("now"),
        ),
    ).returning(locks.c.holder)


def lock_number(tenant: str, name: str) -> int:
    """The 64-bit signed key of an advisory lock."""
    digest = hashlib.sha256(f"mzi:{tenant}:{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
