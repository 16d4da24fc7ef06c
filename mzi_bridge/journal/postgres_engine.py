"""A PostgreSQL server by its asynchronous driver, and a pool of connections."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import Engine, NullPool
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from mzi_bridge.journal.address import Address
from mzi_bridge.journal.connection import Work
from mzi_bridge.journal.tables import know_postgresql

T = TypeVar("T")
POOL_SECONDS = 10.0
# A dead host is noticed in seconds; an option in the URL wins.
OPTIONS: dict[str, Any] = {
    "application_name": "mzi-bridge",
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20000,
}


class PostgresTransactions:
    """At most `2 * pool_size` at once; the others wait for `POOL_SECONDS`."""

    def __init__(self, address: Address, pool_size: int) -> None:
        know_postgresql()
        self._pool = create_async_engine(
            address.url,
            connect_args=_options(address),
            # What overflows a pool is closed after use, and a login costs more than a notice.
            pool_size=2 * pool_size,
            max_overflow=0,
            pool_timeout=POOL_SECONDS,
            pool_pre_ping=True,
        )

    @property
    def engine(self) -> Engine:
        return self._pool.sync_engine

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        async with self._pool.begin() as connection:
            yield connection

    async def whole(self, work: Work[T]) -> T:
        async with self._pool.begin() as connection:
            return await connection.run_sync(work)

    async def dispose(self) -> None:
        await self._pool.dispose()


@asynccontextmanager
async def beside_the_pool(address: Address) -> AsyncIterator[AsyncConnection]:
    """A connection without transactions, which takes none from others; it is closed at the end."""
    engine = create_async_engine(
        address.url,
        connect_args=_options(address),
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
    )
    async with engine.connect() as connection:
        yield connection


def _options(address: Address) -> dict[str, Any]:
    given = address.url.query
    return {name: value for name, value in OPTIONS.items() if name not in given}
