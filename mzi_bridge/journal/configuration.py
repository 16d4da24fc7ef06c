"""The number of the configuration: it grows with each change that processes must take up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache

import anyio
from sqlalchemy import Executable, bindparam, select

from mzi_bridge.journal.connection import JournalConnection
from mzi_bridge.journal.console_tables import configuration
from mzi_bridge.journal.engine import Database, InsertInto

_GENERATION = select(configuration.c.generation).where(
    configuration.c.tenant == bindparam("of_tenant")
)


class Configuration:
    """Every method raises JournalUnavailable."""

    def __init__(self, database: Database, tenant: str) -> None:
        self._database = database
        self._tenant = tenant
        self._changed = anyio.Event()

    async def generation(self) -> int:
        """0 as long as nothing was ever stored."""
        async with self._database.read() as connection:
            found = await connection.execute(_GENERATION, {"of_tenant": self._tenant})
            return found.scalar_one_or_none() or 0

    def next_change(self) -> Callable[[], Awaitable[None]]:
        """Waits for the next change that this process stores from now on, be it asked before that
        or after; changes of other processes have to be looked for."""
        return self._changed.wait

    async def grow(self, connection: JournalConnection) -> None:
        """First in the transaction of a change: it keeps two changes from crossing."""
        await connection.execute(_growing(self._database.insert), {"tenant": self._tenant})

    def announce(self) -> None:
        """After the commit of a change."""
        self._changed.set()
        self._changed = anyio.Event()


@cache
def _growing(insert: InsertInto) -> Executable:
    return (
        insert(configuration)
        .values(tenant=bindparam("tenant"), generation=1)
        .on_conflict_do_update(
            index_elements=[configuration.c.tenant],
            set_={"generation": configuration.c.generation + 1},
        )
    )
