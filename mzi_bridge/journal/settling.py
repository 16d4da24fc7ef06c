"""What a claim leaves behind: done, to be retried, dead, or dirty again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, case, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from mzi_bridge.journal.dead import bury, supersede
from mzi_bridge.journal.records import Claim, Outcome, OutcomeKind, SettleCounts
from mzi_bridge.journal.tables import MAX_NAME, inbox


async def settle_rows(
    connection: AsyncConnection,
    tenant: str,
    claim: Claim,
    outcomes: Sequence[Outcome],
    now: float,
) -> SettleCounts:
    """Applies `outcomes` to the rows that are still under this claim's lease.

    A lease that has run out but that nobody took over still counts: no one else has
    worked on the record.
    """
    given = {outcome.record_id: outcome for outcome in outcomes}
    rows = await _rows_held(connection, tenant, claim, list(given))
    claimed = {item.record_id: item.generation for item in claim.items}
    newer = [row for row in rows if row.generation != claimed.get(row.record_id)]
    same = [row for row in rows if row.generation == claimed.get(row.record_id)]
    kinds: dict[OutcomeKind, list[Row[Any]]] = {kind: [] for kind in OutcomeKind}
    for row in same:
        kinds[given[row.record_id].kind].append(row)
    await _redo(connection, tenant, claim.module, newer, now)
    await _retry(connection, tenant, claim.module, kinds[OutcomeKind.RETRY], given, now)
    await _bury(connection, tenant, claim.module, kinds[OutcomeKind.DEAD], given, now)
    await _finish(connection, tenant, claim.module, kinds[OutcomeKind.DONE], now)
    counts = Counter({kind: len(of_kind) for kind, of_kind in kinds.items()})
    return SettleCounts(
        done=counts[OutcomeKind.DONE],
        retried=counts[OutcomeKind.RETRY],
        dead=counts[OutcomeKind.DEAD],
        superseded=len(newer),
        lost=len(given) - len(rows),
    )


async def extend_lease(
    connection: AsyncConnection, tenant: str, claim: Claim, until: float
) -> frozenset[str]:
    """Moves the lease's end; answers the ids still held, which may be fewer than claimed."""
    held = await connection.execute(
        update(inbox)
        .where(*_held(tenant, claim))
        .values(ready_at=until)
        .returning(inbox.c.record_id)
    )
    return frozenset(held.scalars())


async def release_rows(connection: AsyncConnection, tenant: str, claim: Claim, now: float) -> None:
    """Hands back what is still held, due now, the try not counted."""
    generations = {item.record_id: item.generation for item in claim.items}
    rows = await _rows_held(connection, tenant, claim, list(generations))
    unchanged = [row for row in rows if row.generation == generations[row.record_id]]
    newer = [row for row in rows if row.generation != generations[row.record_id]]
    await _redo(connection, tenant, claim.module, newer, now)
    if unchanged:
        await connection.execute(
            update(inbox)
            .where(*_these(tenant, claim.module, unchanged))
            .values(
                lease_id=None,
                lease_owner=None,
                ready_at=now,
                attempts=case((inbox.c.attempts > 0, inbox.c.attempts - 1), else_=0),
            )
        )


def _held(tenant: str, claim: Claim) -> tuple[Any, ...]:
    return (
        inbox.c.tenant == tenant,
        inbox.c.module == claim.module,
        inbox.c.record_id.in_([item.record_id for item in claim.items]),
        inbox.c.lease_id == claim.lease_id,
    )


def _these(tenant: str, module: str, rows: Sequence[Row[Any]]) -> tuple[Any, ...]:
    ids = [row.record_id for row in rows]
    return inbox.c.tenant == tenant, inbox.c.module == module, inbox.c.record_id.in_(ids)


async def _rows_held(
    connection: AsyncConnection, tenant: str, claim: Claim, ids: list[str]
) -> list[Row[Any]]:
    query = (
        select(inbox)
        .where(*_held(tenant, claim), inbox.c.record_id.in_(ids))
        # Locked in the order in which marks lock, so the two never wait for each other.
        .order_by(inbox.c.record_id)
        .with_for_update()
    )
    return list((await connection.execute(query)).all())


async def _redo(
    connection: AsyncConnection, tenant: str, module: str, rows: Sequence[Row[Any]], now: float
) -> None:
    if rows:
        await connection.execute(
            update(inbox)
            .where(*_these(tenant, module, rows))
            .values(lease_id=None, lease_owner=None, ready_at=now)
        )


async def _retry(
    connection: AsyncConnection,
    tenant: str,
    module: str,
    rows: Sequence[Row[Any]],
    given: dict[str, Outcome],
    now: float,
) -> None:
    if not rows:
        return
    await connection.execute(
        update(inbox)
        .where(
            inbox.c.tenant == tenant,
            inbox.c.module == module,
            inbox.c.record_id == bindparam("of_record"),
        )
        .values(
            lease_id=None,
            lease_owner=None,
            ready_at=bindparam("at"),
            last_reason=bindparam("why"),
        ),
        [
            {
                "of_record": row.record_id,
                "at": now if (at := given[row.record_id].retry_at) is None else at,
                "why": given[row.record_id].reason[:MAX_NAME],
            }
            for row in rows
        ],
    )


async def _bury(
    connection: AsyncConnection,
    tenant: str,
    module: str,
    rows: Sequence[Row[Any]],
    given: dict[str, Outcome],
    now: float,
) -> None:
    if rows:
        await supersede(connection, tenant, module, [row.record_id for row in rows], now)
        await bury(connection, [(row, given[row.record_id]) for row in rows], now)
        await connection.execute(delete(inbox).where(*_these(tenant, module, rows)))


async def _finish(
    connection: AsyncConnection, tenant: str, module: str, rows: Sequence[Row[Any]], now: float
) -> None:
    if rows:
        await supersede(connection, tenant, module, [row.record_id for row in rows], now)
        await connection.execute(delete(inbox).where(*_these(tenant, module, rows)))
