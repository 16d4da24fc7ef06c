"""Settings that were made on a page: sealed, for many of them are secrets."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from sqlalchemy import Executable, bindparam, delete, select

from mzi_bridge.clock import Clock
from mzi_bridge.journal.configuration import Configuration
from mzi_bridge.journal.console_tables import stored_settings
from mzi_bridge.journal.engine import Database, InsertInto
from mzi_bridge.journal.seal import Seal

log = logging.getLogger(__name__)
_ALL = (
    select(stored_settings)
    .where(stored_settings.c.tenant == bindparam("of_tenant"))
    .order_by(stored_settings.c.name)
)
_REMOVE = delete(stored_settings).where(
    stored_settings.c.tenant == bindparam("of_tenant"),
    stored_settings.c.name == bindparam("of_name"),
)


@dataclass(frozen=True)
class StoredSetting:
    """`text` as it would stand in the environment; `changed_at` is epoch seconds."""

    name: str
    text: str = field(repr=False)
    changed_at: float
    changed_by: str


class StoredSettings:
    """Every method raises JournalUnavailable, and OperatorError (secret_key_missing)."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        tenant: str,
        seal: Seal,
        configuration: Configuration,
    ) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant
        self._seal = seal
        self._configuration = configuration

    async def all(self) -> Mapping[str, StoredSetting]:
        """By name. What no key opens any more is left out, and said in the log."""
        async with self._database.read() as connection:
            rows = (await connection.execute(_ALL, {"of_tenant": self._tenant})).all()
        found = {}
        for row in rows:
            text = self._seal.open(row.sealed)
            if text is None:
                log.warning("the stored setting %s opens with no key of the settings", row.name)
                continue
            found[row.name] = StoredSetting(row.name, text, row.changed_at, row.changed_by)
        return found

    async def change(self, values: Mapping[str, str | None], actor: str) -> None:
        """Stores each value under its name, or removes it where it is None; all or nothing."""
        if not values:
            return
        now = self._clock.now()
        kept = [
            {
                "tenant": self._tenant,
                "name": name,
                "sealed": self._seal.close(text),
                "changed_at": now,
                "changed_by": actor,
            }
            for name, text in sorted(values.items())
            if text is not None
        ]
        gone = [
            {"of_tenant": self._tenant, "of_name": name}
            for name, text in sorted(values.items())
            if text is None
        ]
        async with self._database.write() as connection:
            await self._configuration.grow(connection)
            if kept:
                await connection.execute(_storing(self._database.insert), kept)
            if gone:
                await connection.execute(_REMOVE, gone)
        self._configuration.announce()


@cache
def _storing(insert: InsertInto) -> Executable:
    upsert = insert(stored_settings)
    return upsert.on_conflict_do_update(
        index_elements=[stored_settings.c.tenant, stored_settings.c.name],
        set_={n: upsert.excluded[n] for n in ("sealed", "changed_at", "changed_by")},
    )
