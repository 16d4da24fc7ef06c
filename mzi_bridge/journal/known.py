"""What the journal holds of one record now, read at one moment."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, Table, select

from mzi_bridge.journal.dead import DeadLetter, dead_letter
from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.faults import FieldFaultRow, field_fault
from mzi_bridge.journal.held_rows import HeldChange, held_change
from mzi_bridge.journal.push_records import PushRow
from mzi_bridge.journal.pushes import push_row
from mzi_bridge.journal.records import Source
from mzi_bridge.journal.tables import (
    dead_letters,
    field_faults,
    held_changes,
    inbox,
    photos,
    pushes,
)

MOST = 100


class WaitingRecord(Struct, frozen=True):
    """A dirty record. `ready_at`: when it is due (epoch s), or when the lease of whoever has it in
    hand runs out; `last_reason`: why the last try failed. `deleted_at_ms`: the newest proof of its
    deletion, if there is one."""

    module: str
    record_id: str
    source: Source
    first_noticed_at: float
    last_noticed_at: float
    attempts: int
    ready_at: float
    in_hand: bool
    last_reason: str
    deleted_at_ms: int | None


class KnownRecord(Struct, frozen=True):
    """Each the newest first. `photo_asked_at`: when its photo was last looked at, by module."""

    waiting: tuple[WaitingRecord, ...]
    dead: tuple[DeadLetter, ...]
    held: tuple[HeldChange, ...]
    faults: tuple[FieldFaultRow, ...]
    pushes: tuple[PushRow, ...]
    photo_asked_at: dict[str, float]


class KnownRecords:
    """Raises JournalUnavailable."""

    def __init__(self, database: Database, tenant: str) -> None:
        self._database = database
        self._tenant = tenant

    async def of(self, record_id: str, modules: Collection[str]) -> KnownRecord:
        """Under these names of modules; dead letters and held changes in every state."""
        names = sorted(modules)

        def of(table: Table) -> tuple[ColumnElement[bool], ...]:
            column = table.c
            named = column.crm_id if table is pushes else column.record_id
            return column.tenant == self._tenant, column.module.in_(names), named == record_id

        async with self._database.read() as connection:

            async def rows(table: Table, newest: ColumnElement[Any]) -> list[Row[Any]]:
                query = select(table).where(*of(table)).order_by(newest.desc()).limit(MOST)
                return list(await connection.execute(query))

            return KnownRecord(
                tuple(_waiting(row) for row in await rows(inbox, inbox.c.first_noticed_at)),
                tuple(dead_letter(row) for row in await rows(dead_letters, dead_letters.c.id)),
                tuple(held_change(row) for row in await rows(held_changes, held_changes.c.id)),
                tuple(
                    field_fault(row) for row in await rows(field_faults, field_faults.c.noticed_at)
                ),
                tuple(push_row(row) for row in await rows(pushes, pushes.c.last_at)),
                {row.module: row.asked_at for row in await rows(photos, photos.c.asked_at)},
            )


def _waiting(row: Row[Any]) -> WaitingRecord:
    return WaitingRecord(
        row.module,
        row.record_id,
        Source(row.source),
        row.first_noticed_at,
        row.last_noticed_at,
        row.attempts,
        row.ready_at,
        row.lease_id is not None,
        row.last_reason,
        row.deleted_at_ms,
    )
