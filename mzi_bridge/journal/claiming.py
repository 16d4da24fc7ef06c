"""Which records to hand out next, and to whom."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any
from uuid import uuid4

from msgspec import Struct
from sqlalchemy import Integer, Row, bindparam, case, func, select, update

from mzi_bridge.journal.connection import JournalConnection
from mzi_bridge.journal.records import Claim, ClaimedRecord, Source
from mzi_bridge.journal.tables import inbox, inbox_modules

PRIORITIES = (0, 1, 2)
LARGEST_CLAIM = 1000
PIECES = 8
# Still leased and yet due: whoever had it died or hung.
CRASHES = inbox.c.crashes + case((inbox.c.lease_id.is_not(None), 1), else_=0)

# One index look-up per module and priority, however many records are dirty.
_HEADS = select(
    inbox_modules.c.module,
    inbox_modules.c.turn,
    *(
        select(func.min(inbox.c.ready_at))
        .where(
            inbox.c.tenant == inbox_modules.c.tenant,
            inbox.c.module == inbox_modules.c.module,
            inbox.c.priority == priority,
        )
        .scalar_subquery()
        for priority in PRIORITIES
    ),
).where(inbox_modules.c.tenant == bindparam("of_tenant"))
_DUE = (
    select(
        inbox.c.record_id,
        inbox.c.generation,
        inbox.c.attempts,
        inbox.c.changed_at_ms,
        inbox.c.deleted_at_ms,
        inbox.c.first_noticed_at,
        CRASHES.label("crashes"),
        inbox.c.source,
    )
    .where(
        inbox.c.tenant == bindparam("of_tenant"),
        inbox.c.module == bindparam("of_module"),
        inbox.c.priority == bindparam("of_priority"),
        inbox.c.ready_at <= bindparam("now"),
    )
    .order_by(inbox.c.ready_at)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
_LEASE = (
    update(inbox)
    .where(
        inbox.c.tenant == bindparam("of_tenant"),
        inbox.c.module == bindparam("of_module"),
        inbox.c.record_id == bindparam("of_record"),
    )
    .values(
        lease_id=bindparam("lease"),
        lease_owner=bindparam("owner"),
        ready_at=bindparam("until"),
        # Counted when it starts: a record that kills its process is a try, too.
        attempts=inbox.c.attempts + 1,
        crashes=CRASHES,
    )
)
_END_TURN = (
    update(inbox_modules)
    .where(
        inbox_modules.c.tenant == bindparam("of_tenant"),
        inbox_modules.c.module == bindparam("of_module"),
    )
    .values(
        turn=select(func.max(inbox_modules.c.turn))
        .where(inbox_modules.c.tenant == bindparam("of_tenant"))
        .scalar_subquery()
        + 1
    )
)


class ModuleHead(Struct, frozen=True):
    """A module's place in the rota, and per priority when its first record is ready."""

    module: str
    turn: int
    ready_at: tuple[float | None, ...]

    def due(self, now: float) -> tuple[int, ...]:
        """The priorities with a record due at `now`, the best first."""
        firsts = zip(PRIORITIES, self.ready_at, strict=True)
        return tuple(p for p, ready in firsts if ready is not None and ready <= now)


async def module_heads(connection: JournalConnection, tenant: str) -> list[ModuleHead]:
    """Every module that ever had a dirty record."""
    rows = await connection.execute(_HEADS, {"of_tenant": tenant})
    return [ModuleHead(row[0], row[1], tuple(row[2:])) for row in rows]


def rota(
    heads: Sequence[ModuleHead], now: float, exclude: AbstractSet[str], *, by_turn_only: bool
) -> list[ModuleHead]:
    """Modules with due records, the one to serve first in front.

    Live work comes before a delta poll's, that before a backfill's; among equals the module
    whose last turn is longest ago. With `by_turn_only` the kind of work does not count: now
    and then a claim goes so, lest live work without end starve a backfill.
    """
    due = [head for head in heads if head.module not in exclude and head.due(now)]
    return sorted(
        due, key=lambda head: (0 if by_turn_only else head.due(now)[0], head.turn, head.module)
    )


async def take(
    connection: JournalConnection,
    tenant: str,
    head: ModuleHead,
    *,
    owner: str,
    limit: int,
    now: float,
    lease_seconds: float,
) -> Claim | None:
    """Leases up to `limit` due records of the module, the best priority first.

    Rows that another process is just taking are passed over. None if nothing was left.
    Records whose lease ran out go in pieces of an eighth of `limit`, at the next time of an
    eighth of that: one that kills or hangs its process soon stands alone.
    """
    limit = min(limit, LARGEST_CLAIM)
    rows = _of_one_piece(await _due_rows(connection, tenant, head, limit, now), limit)
    if not rows:
        return None
    claim = Claim(
        head.module,
        tuple(_claimed(row) for row in rows),
        owner,
        now + lease_seconds,
        uuid4().hex,
    )
    await _lease(connection, tenant, claim)
    await _end_turn(connection, tenant, head.module)
    return claim


async def _due_rows(
    connection: JournalConnection, tenant: str, head: ModuleHead, limit: int, now: float
) -> list[Row[Any]]:
    rows: list[Row[Any]] = []
    wanted = {"of_tenant": tenant, "of_module": head.module, "now": now}
    for priority in head.due(now):
        if len(rows) >= limit:
            break
        these = {**wanted, "of_priority": priority, "most": limit - len(rows)}
        rows += list(await connection.execute(_DUE, these))
    return rows


def _of_one_piece(rows: Sequence[Row[Any]], limit: int) -> Sequence[Row[Any]]:
    """Those that crashed as often as the first, as many as may go together."""
    if not rows:
        return rows
    crashes = rows[0].crashes
    size = max(1, limit // PIECES ** min(crashes, 4))
    return [row for row in rows if row.crashes == crashes][:size]


def _claimed(row: Row[Any]) -> ClaimedRecord:
    return ClaimedRecord(
        row.record_id,
        row.generation,
        row.attempts,
        row.changed_at_ms,
        row.deleted_at_ms,
        row.first_noticed_at,
        row.crashes,
        Source(row.source),
    )


async def _lease(connection: JournalConnection, tenant: str, claim: Claim) -> None:
    lease = {
        "of_tenant": tenant,
        "of_module": claim.module,
        "lease": claim.lease_id,
        "owner": claim.owner[:200],
        "until": claim.lease_until,
    }
    # Key by key: a list of keys is a scan to PostgreSQL while its statistics are old.
    await connection.execute(
        _LEASE, [{**lease, "of_record": item.record_id} for item in claim.items]
    )


async def _end_turn(connection: JournalConnection, tenant: str, module: str) -> None:
    await connection.execute(_END_TURN, {"of_tenant": tenant, "of_module": module})


LimitOf = int | Callable[[str], int]


def limit_for(limit: LimitOf, module: str) -> int:
    """The batch size for `module`, at least 1."""
    return max(1, limit if isinstance(limit, int) else limit(module))
