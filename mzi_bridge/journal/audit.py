"""Who did what, when, to what, and what came of it. No secret and no value of a record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, bindparam, insert, select, update

from mzi_bridge.clock import Clock
from mzi_bridge.journal.console_tables import MAX_ACTOR, audit_log
from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.pruning import prune_in_pieces, pruning
from mzi_bridge.journal.tables import MAX_NAME

MAX_CLIENT = 64
MAX_TARGET = 200
BEGUN = "begun"
DONE = "done"

_ADD = insert(audit_log).returning(audit_log.c.id)
_OF_TENANT = audit_log.c.tenant == bindparam("of_tenant")
_END = update(audit_log).where(
    _OF_TENANT, audit_log.c.id == bindparam("of_id"), audit_log.c.outcome == BEGUN
)
_PRUNE = pruning(audit_log.c.id, _OF_TENANT, audit_log.c.at < bindparam("before"))

Detail = str | int | float | bool | None


class AuditRow(Struct, frozen=True):
    """`actor` is who it was, as they signed in; `client` their address; `action` a word.

    `outcome` is `begun` (the bridge was stopped in the middle, or is at it), `done`, or the
    reason word of the refusal or failure. `at` is epoch seconds.
    """

    id: int
    at: float
    actor: str
    client: str
    action: str
    target: str
    outcome: str
    details: Mapping[str, Detail]


class AuditFilter(Struct, frozen=True):
    """Which rows: those that meet all that is given. `failed` leaves out what was done."""

    actor: str = ""
    action: str = ""
    failed: bool = False


class AuditLog:
    """Every method raises JournalUnavailable."""

    def __init__(self, database: Database, clock: Clock, tenant: str) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant

    async def write(
        self,
        actor: str,
        client: str,
        action: str,
        *,
        outcome: str = BEGUN,
        target: str = "",
        details: Mapping[str, Detail] | None = None,
    ) -> int:
        """One row, and its id. Written as `begun` before an action, so that none is done
        unwritten; `end` then tells what came of it."""
        row = {
            "tenant": self._tenant,
            "at": self._clock.now(),
            "actor": actor[:MAX_ACTOR],
            "client": client[:MAX_CLIENT],
            "action": action[:MAX_NAME],
            "target": target[:MAX_TARGET],
            "outcome": outcome[:MAX_NAME],
            "details": dict(details or {}),
        }
        async with self._database.write() as connection:
            return int((await connection.execute(_ADD, row)).scalar_one())

    async def end(
        self,
        row_id: int,
        outcome: str,
        *,
        target: str = "",
        details: Mapping[str, Detail] | None = None,
    ) -> None:
        values = {
            "outcome": outcome[:MAX_NAME],
            "target": target[:MAX_TARGET],
            "details": dict(details or {}),
        }
        async with self._database.write() as connection:
            await connection.execute(
                _END.values(**values), {"of_tenant": self._tenant, "of_id": row_id}
            )

    async def list(
        self, which: AuditFilter, *, limit: int = 50, before: int | None = None
    ) -> tuple[AuditRow, ...]:
        """Newest first; `before` is an id, to page on."""
        query = select(audit_log).where(audit_log.c.tenant == self._tenant)
        if which.actor:
            query = query.where(audit_log.c.actor == which.actor)
        if which.action:
            query = query.where(audit_log.c.action == which.action)
        if which.failed:
            query = query.where(audit_log.c.outcome != DONE)
        if before is not None:
            query = query.where(audit_log.c.id < before)
        query = query.order_by(audit_log.c.id.desc()).limit(limit)
        async with self._database.read() as connection:
            return tuple(_row(row) for row in await connection.execute(query))

    async def actors(self) -> tuple[str, ...]:
        """Everybody who did anything, by name."""
        return await self._distinct(audit_log.c.actor)

    async def actions(self) -> tuple[str, ...]:
        """Every word of an action that is there."""
        return await self._distinct(audit_log.c.action)

    async def prune(self, before: float) -> int:
        """Forgets what was done before that time; how many rows."""
        old = {"of_tenant": self._tenant, "before": before}
        return await prune_in_pieces(self._database, _PRUNE, old)

    async def _distinct(self, column: Any) -> tuple[str, ...]:
        query = select(column).where(audit_log.c.tenant == self._tenant).distinct().order_by(column)
        async with self._database.read() as connection:
            return tuple((await connection.execute(query)).scalars())


def _row(row: Row[Any]) -> AuditRow:
    return AuditRow(
        row.id,
        row.at,
        row.actor,
        row.client,
        row.action,
        row.target,
        row.outcome,
        row.details,
    )
