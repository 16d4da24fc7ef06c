"""How far each poll of each module has come."""

from __future__ import annotations

from sqlalchemy import select

from mzi_bridge.clock import Clock
from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.tables import cursors


class Cursors:
    """One text per module and kind of poll. Every method raises JournalUnavailable."""

    def __init__(self, database: Database, clock: Clock, tenant: str) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant

    async def get(self, module: str, kind: str) -> str | None:
        query = select(cursors.c.value).where(
            cursors.c.tenant == self._tenant,
            cursors.c.module == module,
            cursors.c.kind == kind,
        )
        async with self._database.read() as connection:
            return (await connection.execute(query)).scalar_one_or_none()

    async def set(self, module: str, kind: str, value: str) -> None:
        """Moves the cursor. Do so only after what lies before it is durable."""
        upsert = self._database.insert(cursors).values(
            tenant=self._tenant,
            module=module,
            kind=kind,
            value=value,
            updated_at=self._clock.now(),
        )
        async with self._database.write() as connection:
            await connection.execute(
                upsert.on_conflict_do_update(
                    index_elements=[cursors.c.tenant, cursors.c.module, cursors.c.kind],
                    set_={
                        "value": upsert.excluded["value"],
                        "updated_at": upsert.excluded.updated_at,
                    },
                )
            )
