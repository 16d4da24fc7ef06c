"""Columns left alone because of a record's own bad values: which, and why, never the value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, bindparam, delete, func, select

from mzi_bridge.clock import Clock
from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.tables import MAX_NAME, field_faults

FaultPairs = Sequence[tuple[str, str]]
_OF_MODULE = (
    select(field_faults.c.record_id)
    .where(
        field_faults.c.tenant == bindparam("of_tenant"),
        field_faults.c.module == bindparam("of_module"),
    )
    .limit(1)
)
_FAULTY = _OF_MODULE.where(field_faults.c.record_id.in_(bindparam("of_records", expanding=True)))


class FieldFaultRow(Struct, frozen=True):
    """`column` was not written for `code`; `noticed_at` is epoch seconds."""

    module: str
    record_id: str
    column: str
    code: str
    noticed_at: float


class FieldFaults:
    """Every method raises JournalUnavailable."""

    def __init__(self, database: Database, clock: Clock, tenant: str) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant

    async def replace(self, module: str, faults: Mapping[str, FaultPairs]) -> None:
        """Per record id its (column, code) pairs of now; an empty sequence clears the record's.

        A batch without faults, before and after, costs one read and no write.
        """
        stale = await self._is_faulty(module, list(faults))
        rows = self._rows(module, faults)
        if not stale and not rows:
            return
        async with self._database.write() as connection:
            await connection.execute(
                delete(field_faults).where(
                    field_faults.c.tenant == self._tenant,
                    field_faults.c.module == module,
                    field_faults.c.record_id.in_(list(faults)),
                )
            )
            if rows:
                await connection.execute(
                    self._database.insert(field_faults).on_conflict_do_nothing(), rows
                )

    async def list(
        self, module: str | None = None, *, limit: int = 100, after: str = ""
    ) -> tuple[FieldFaultRow, ...]:
        """By record id, those of ids above `after` (exclusive)."""
        query = select(field_faults).where(
            field_faults.c.tenant == self._tenant, field_faults.c.record_id > after
        )
        if module is not None:
            query = query.where(field_faults.c.module == module)
        query = query.order_by(
            field_faults.c.record_id, field_faults.c.module, field_faults.c.column_name
        ).limit(limit)
        async with self._database.read() as connection:
            return tuple(field_fault(row) for row in await connection.execute(query))

    async def counts(self) -> Mapping[tuple[str, str], int]:
        """How many records each (module, column) is left alone on."""
        key = field_faults.c.module, field_faults.c.column_name
        query = (
            select(*key, func.count()).where(field_faults.c.tenant == self._tenant).group_by(*key)
        )
        async with self._database.read() as connection:
            rows = await connection.execute(query)
            return {(row[0], row[1]): int(row[2]) for row in rows}

    async def _is_faulty(self, module: str, record_ids: Sequence[str]) -> bool:
        """Whether any of these has a fault."""
        of_module = {"of_tenant": self._tenant, "of_module": module}
        of_these = {**of_module, "of_records": record_ids}

        def look(connection: Connection) -> bool:
            # Of most modules there is none: then no record need be looked for.
            if connection.execute(_OF_MODULE, of_module).first() is None:
                return False
            return connection.execute(_FAULTY, of_these).first() is not None

        return await self._database.read_whole(look)

    def _rows(self, module: str, faults: Mapping[str, FaultPairs]) -> Sequence[dict[str, object]]:
        now = self._clock.now()
        return [
            {
                "tenant": self._tenant,
                "module": module,
                "record_id": record_id,
                "column_name": column[:MAX_NAME],
                "code": code[:MAX_NAME],
                "noticed_at": now,
            }
            for record_id in sorted(faults)
            for column, code in faults[record_id]
        ]


def field_fault(row: Row[Any]) -> FieldFaultRow:
    return FieldFaultRow(row.module, row.record_id, row.column_name, row.code, row.noticed_at)
