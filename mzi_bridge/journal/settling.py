"""What a claim leaves behind: done, to be retried, dead, held, or dirty again, and the history of
each record.

Rows are found by their lease: its id is unique among all claims of all tenants, and gone
from a row that someone else has taken over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, case, delete, select, update

from mzi_bridge.journal.connection import JournalConnection
from mzi_bridge.journal.dead import bury, supersede
from mzi_bridge.journal.history import MAX_OUTCOME, turns_of_inbox
from mzi_bridge.journal.holding import settle_held
from mzi_bridge.journal.records import Claim, Outcome, OutcomeKind, SettleCounts
from mzi_bridge.journal.tables import MAX_NAME, inbox

SUPERSEDED = "superseded"
FREE = {"lease_id": None, "lease_owner": None}
Rows = Sequence[Row[Any]]

_THESE = (
    inbox.c.lease_id == bindparam("of_lease"),
    inbox.c.record_id.in_(bindparam("of_records", expanding=True)),
)
_TELL = turns_of_inbox(*_THESE)
_TELL_REST = turns_of_inbox(
    inbox.c.lease_id == bindparam("of_lease"),
    inbox.c.record_id.not_in(bindparam("of_records", expanding=True)),
)
_HELD = (
    select(inbox)
    .where(*_THESE)
    # Locked in the order in which marks lock, so the two never wait for each other.
    .order_by(inbox.c.record_id)
    .with_for_update()
)
_RETRY = (
    update(inbox)
    .where(
        inbox.c.tenant == bindparam("of_tenant"),
        inbox.c.module == bindparam("of_module"),
        inbox.c.record_id == bindparam("of_record"),
    )
    .values(ready_at=bindparam("at"), last_reason=bindparam("why"), crashes=0, **FREE)
)
_RELEASE = (
    update(inbox)
    .where(*_THESE)
    .values(
        ready_at=bindparam("now"),
        attempts=case((inbox.c.attempts > 0, inbox.c.attempts - 1), else_=0),
        **FREE,
    )
)
_REDO = update(inbox).where(*_THESE).values(ready_at=bindparam("now"), **FREE)
_FINISH = delete(inbox).where(*_THESE)
_EXTEND = update(inbox).where(*_THESE).values(ready_at=bindparam("until"))


async def settle_rows(
    connection: JournalConnection, claim: Claim, outcomes: Sequence[Outcome], now: float
) -> SettleCounts:
    """Applies `outcomes` to the rows that are still under this claim's lease.

    A lease that has run out but that nobody took over still counts: no one else has
    worked on the record.
    """
    given = {outcome.record_id: outcome for outcome in outcomes}
    same, newer = await _held(connection, claim, list(given))
    kinds: dict[OutcomeKind, list[Row[Any]]] = {kind: [] for kind in OutcomeKind}
    for row in same:
        kinds[given[row.record_id].kind].append(row)
    await _tell(connection, claim, same, newer, given, now)
    await _redo(connection, claim, newer, now)
    await _retry(connection, claim, kinds[OutcomeKind.RETRY], given, now)
    await _finish(connection, claim, kinds[OutcomeKind.DONE], now)
    await _bury(connection, claim, kinds[OutcomeKind.DEAD], given, now)
    await _finish(connection, claim, kinds[OutcomeKind.HELD], now)
    ended = [row for row in same if given[row.record_id].kind is not OutcomeKind.RETRY]
    released = await settle_held(connection, [(row, given[row.record_id]) for row in ended], now)
    return SettleCounts(
        done=len(kinds[OutcomeKind.DONE]),
        retried=len(kinds[OutcomeKind.RETRY]),
        dead=len(kinds[OutcomeKind.DEAD]),
        held=len(kinds[OutcomeKind.HELD]),
        released=released,
        superseded=len(newer),
        lost=len(given) - len(same) - len(newer),
    )


async def extend_lease(connection: JournalConnection, claim: Claim, until: float) -> frozenset[str]:
    """Moves the lease's end; answers the ids still held, which may be fewer than claimed."""
    same, newer = await _held(connection, claim, [item.record_id for item in claim.items])
    rows = [*same, *newer]
    if rows:
        await connection.execute(_EXTEND, {**_these(claim, _ids(rows)), "until": until})
    return frozenset(_ids(rows))


async def release_rows(connection: JournalConnection, claim: Claim, now: float) -> None:
    """Hands back what is still held, due now, the try not counted."""
    same, newer = await _held(connection, claim, [item.record_id for item in claim.items])
    await _redo(connection, claim, newer, now)
    if same:
        await connection.execute(_RELEASE, {**_these(claim, _ids(same)), "now": now})


async def _held(
    connection: JournalConnection, claim: Claim, record_ids: Sequence[str]
) -> tuple[list[Row[Any]], list[Row[Any]]]:
    """Rows of these ids under the lease: as they were claimed, and with a newer notice."""
    claimed = {item.record_id: item.generation for item in claim.items}
    same: list[Row[Any]] = []
    newer: list[Row[Any]] = []
    for row in await connection.execute(_HELD, _these(claim, record_ids)):
        (same if row.generation == claimed[row.record_id] else newer).append(row)
    return same, newer


def _these(claim: Claim, record_ids: Sequence[str]) -> dict[str, Any]:
    return {"of_lease": claim.lease_id, "of_records": record_ids}


def _ended(outcome: Outcome) -> tuple[str, str]:
    """What is done is named by what was done, the rest by how it ended and why."""
    if outcome.kind is OutcomeKind.DONE and outcome.reason:
        return outcome.reason, ""
    return outcome.kind.value, outcome.reason


def _ids(rows: Rows) -> list[str]:
    return [row.record_id for row in rows]


async def _tell(
    connection: JournalConnection,
    claim: Claim,
    same: Rows,
    newer: Rows,
    given: Mapping[str, Outcome],
    now: float,
) -> None:
    """Keeps what becomes of each row, taken from the row itself: so it costs a statement for each
    way to end, and not one for each record."""
    ended: dict[tuple[str, str], list[str]] = {}
    for row in same:
        ended.setdefault(_ended(given[row.record_id]), []).append(row.record_id)
    for row in newer:
        ended.setdefault((SUPERSEDED, given[row.record_id].reason), []).append(row.record_id)
    # Most of a claim ends alike, and is told apart by the few that do not: a list of keys costs.
    most = max(ended, key=lambda way: len(ended[way]), default=None)
    is_whole = len(given) == len(claim.items)
    for way, record_ids in ended.items():
        words = {"now": now, "outcome": way[0][:MAX_OUTCOME], "reason": way[1][:MAX_NAME]}
        if way == most and is_whole:
            others = [i for other, ids in ended.items() if other != way for i in ids]
            await connection.execute(_TELL_REST, {**_these(claim, others), **words})
        else:
            await connection.execute(_TELL, {**_these(claim, record_ids), **words})


async def _redo(connection: JournalConnection, claim: Claim, rows: Rows, now: float) -> None:
    if rows:
        await connection.execute(_REDO, {**_these(claim, _ids(rows)), "now": now})


async def _retry(
    connection: JournalConnection,
    claim: Claim,
    rows: Rows,
    given: Mapping[str, Outcome],
    now: float,
) -> None:
    if not rows:
        return
    await connection.execute(
        _RETRY,
        [
            {
                "of_tenant": row.tenant,
                "of_module": row.module,
                "of_record": row.record_id,
                "at": now if (at := given[row.record_id].retry_at) is None else at,
                "why": given[row.record_id].reason[:MAX_NAME],
            }
            for row in rows
        ],
    )


async def _finish(connection: JournalConnection, claim: Claim, rows: Rows, now: float) -> None:
    if rows:
        await supersede(connection, rows[0].tenant, claim.module, _ids(rows), now)
        await connection.execute(_FINISH, _these(claim, _ids(rows)))


async def _bury(
    connection: JournalConnection,
    claim: Claim,
    rows: Rows,
    given: Mapping[str, Outcome],
    now: float,
) -> None:
    if rows:
        await _finish(connection, claim, rows, now)
        await bury(connection, [(row, given[row.record_id]) for row in rows], now)
