"""How far each poll of each module has come."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Executable, bindparam, select

from mzi_bridge.clock import Clock
from mzi_bridge.journal.engine import Database, InsertInto
from mzi_bridge.journal.tables import cursors

_GET = select(cursors.c.value).where(
    cursors.c.tenant == bindparam("of_tenant"),
    cursors.c.module == bindparam("of_module"),
    cursors.c.kind == bindparam("of_kind"),
)


class Cursors:
    """One text per module and kind of poll. Every method raises JournalUnavailable."""

    def __init__(self, database: Database, clock: Clock, tenant: str) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant

    async def get(self, module: str, kind: str) -> str | None:
        named = {"of_tenant": self._tenant, "of_module": module, "of_kind": kind}
        async with self._database.read() as connection:
            return (await connection.execute(_GET, named)).scalar_one_or_none()

    async def set(self, module: str, kind: str, value: str) -> None:
        """Moves the cursor. Do so only after what lies before it is durable."""
        row = {
            "tenant": self._tenant,
            "module": module,
            "kind": kind,
            "value": value,
            "updated_at": self._clock.now(),
        }
        async with self._database.write() as connection:
            await connection.execute(_setting(self._database.insert), row)


@cache
def _setting(insert: InsertInto) -> Executable:
    upsert = insert(cursors)
    return upsert.on_conflict_do_update(
        index_elements=[cursors.c.tenant, cursors.c.module, cursors.c.kind],
        set_={"value": upsert.excluded["value"], "updated_at": upsert.excluded.updated_at},
    )
