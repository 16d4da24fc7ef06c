"""What a settled claim does to the held changes of its records, in the claim's transaction.

Locks go from the inbox to the held changes, and there by id, here and in `held.py`: so no two
writers wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from mzi_bridge.journal.connection import JournalConnection
from mzi_bridge.journal.marking import newer
from mzi_bridge.journal.records import HeldKind, Outcome, OutcomeKind
from mzi_bridge.journal.tables import MAX_NAME, held_changes

IS_LIVE = held_changes.c.closed_at.is_(None)
OF_THESE = (
    held_changes.c.tenant == bindparam("of_tenant"),
    held_changes.c.module == bindparam("of_module"),
    held_changes.c.record_id.in_(bindparam("of_records", expanding=True)),
)
_LOCK_LIVE = (
    select(held_changes).where(*OF_THESE, IS_LIVE).order_by(held_changes.c.id).with_for_update()
)
Settled = tuple[Row[Any], Outcome]
HeldAgain = tuple[Row[Any], Settled]
"""The live change, and the inbox row with the outcome by which it was met again."""


class HeldState(StrEnum):
    """`open` waits for the operator; `confirmed` is on its way to Moodle; the others are history.

    `applied`: it stands in Moodle. `discarded`: the operator decided against it, and it is not
    applied by anything that is no newer. `superseded`: a later look at the record found another
    thing to do, as after a restore, or the record is a dead letter now.
    """

    OPEN = "open"
    CONFIRMED = "confirmed"
    APPLIED = "applied"
    DISCARDED = "discarded"
    SUPERSEDED = "superseded"


async def settle_held(connection: JournalConnection, settled: Sequence[Settled], now: float) -> int:
    """Opens what is held, closes what is not any more; how many no longer wait.

    `settled` are inbox rows of one module with the outcomes that ended them. A change held
    again stays the same one; a confirmed one that is held even so, or one of another kind, is
    replaced by a new one.
    """
    if not settled:
        return 0
    outcomes = {row.record_id: outcome for row, outcome in settled}
    first = settled[0][0]
    live = {
        row.record_id: row
        for row in await lock_live(connection, first.tenant, first.module, list(outcomes))
    }
    held = [(row, outcome) for row, outcome in settled if outcome.kind is OutcomeKind.HELD]
    again = [
        (live[row.record_id], (row, outcome))
        for row, outcome in held
        if row.record_id in live and _is_the_same(live[row.record_id], outcome)
    ]
    same = {row.record_id for _, (row, _) in again}
    await _close(connection, [live[i] for i in live.keys() - same], outcomes, now)
    await _refresh(connection, again, now)
    await _open(connection, [(r, o) for r, o in held if r.record_id not in same], now)
    return len(live.keys() - {row.record_id for row, _ in held})


async def lock_live(
    connection: JournalConnection, tenant: str, module: str, record_ids: Iterable[str]
) -> list[Row[Any]]:
    """The live changes of these records, locked."""
    these = {"of_tenant": tenant, "of_module": module, "of_records": list(record_ids)}
    return list(await connection.execute(_LOCK_LIVE, these))


def _is_the_same(live: Row[Any], outcome: Outcome) -> bool:
    return HeldState(live.state) is HeldState.OPEN and HeldKind(live.kind) is outcome.closes


async def _close(
    connection: JournalConnection,
    rows: Sequence[Row[Any]],
    outcomes: Mapping[str, Outcome],
    now: float,
) -> None:
    states: dict[HeldState, list[int]] = {}
    for row in rows:
        outcome = outcomes[row.record_id]
        stands = outcome.kind is OutcomeKind.DONE and outcome.closes == row.kind
        state = HeldState.APPLIED if stands else HeldState.SUPERSEDED
        states.setdefault(state, []).append(row.id)
    for state, ids in states.items():
        await connection.execute(
            update(held_changes)
            .where(held_changes.c.id.in_(ids))
            .values(state=state, closed_at=now)
        )


async def _refresh(connection: JournalConnection, again: Sequence[HeldAgain], now: float) -> None:
    if again:
        await connection.execute(
            update(held_changes)
            .where(held_changes.c.id == bindparam("of_id"))
            .values(
                changed_at_ms=bindparam("changed"),
                deleted_at_ms=bindparam("deleted"),
                last_held_at=now,
            ),
            [
                {
                    "of_id": live.id,
                    "changed": newer(live.changed_at_ms, _changed_at(row, outcome)),
                    # The proof of a deletion outlives a notice that knows nothing of it.
                    "deleted": newer(live.deleted_at_ms, row.deleted_at_ms),
                }
                for live, (row, outcome) in again
            ],
        )


async def _open(connection: JournalConnection, held: Sequence[Settled], now: float) -> None:
    if held:
        rows = [
            held_row(
                row.tenant,
                row.module,
                row.record_id,
                outcome.closes or HeldKind.CLOSING,
                outcome.reason,
                (_changed_at(row, outcome), row.deleted_at_ms),
                now,
            )
            for row, outcome in held
        ]
        await connection.execute(insert(held_changes), rows)


def _changed_at(row: Row[Any], outcome: Outcome) -> int | None:
    """What was held may be younger than the notice that led to it."""
    read = None if outcome.version is None else outcome.version * 1000
    return newer(row.changed_at_ms, read)


def held_row(
    tenant: str,
    module: str,
    record_id: str,
    kind: HeldKind,
    reason: str,
    times: tuple[int | None, int | None],
    now: float,
) -> dict[str, Any]:
    """An open change as a row; `times` are those of its notices, (changed, deleted), in ms."""
    return {
        "tenant": tenant,
        "module": module,
        "record_id": record_id,
        "kind": kind,
        "reason": reason[:MAX_NAME],
        "state": HeldState.OPEN,
        "changed_at_ms": times[0],
        "deleted_at_ms": times[1],
        "held_at": now,
        "last_held_at": now,
        "note": "",
    }
