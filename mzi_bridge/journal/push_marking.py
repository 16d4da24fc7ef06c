"""The merging upsert of owed writes: however many events concern a record, it has one row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Executable, bindparam, case, null, select

from mzi_bridge.journal.connection import JournalConnection
from mzi_bridge.journal.engine import Database, InsertInto
from mzi_bridge.journal.push_records import NewPush, PushState
from mzi_bridge.journal.tables import pushes

FIRST_STEP = ""
FORGOTTEN = ""
"""A `rows_hash` of which nobody knows whether it still tells what the CRM has."""
PIECE = 500
Key = tuple[str, str]

_OCCURRED = (
    select(pushes.c.record_key, pushes.c.occurred_ms)
    .where(
        pushes.c.tenant == bindparam("of_tenant"),
        pushes.c.kind == bindparam("of_kind"),
        pushes.c.record_key.in_(bindparam("of_keys", expanding=True)),
    )
    .order_by(pushes.c.record_key)
    .with_for_update()
)


async def last_occurred(
    connection: JournalConnection, tenant: str, keys: AbstractSet[Key]
) -> dict[Key, int]:
    """When each record's newest facts came about (epoch ms); locks the rows, in their order."""
    found: dict[Key, int] = {}
    for kind, group in groupby(sorted(keys), key=lambda key: key[0]):
        names = [name for _, name in group]
        for start in range(0, len(names), PIECE):
            these = {
                "of_tenant": tenant,
                "of_kind": kind,
                "of_keys": names[start : start + PIECE],
            }
            for row in await connection.execute(_OCCURRED, these):
                found[kind, row.record_key] = row.occurred_ms
    return found


def newest(wanted: Iterable[NewPush]) -> list[NewPush]:
    """One for each record, of those that happened last the one that came last; sorted, so that
    every process locks rows in one order."""
    found: dict[Key, NewPush] = {}
    for push in wanted:
        before = found.get((push.kind, push.record_key))
        if before is None or before.occurred_ms <= push.occurred_ms:
            found[push.kind, push.record_key] = push
    return [found[key] for key in sorted(found)]


async def write_pushes(
    connection: JournalConnection,
    database: Database,
    tenant: str,
    sealed: Sequence[tuple[NewPush, str]],
    now: float,
    linger: float,
) -> None:
    """Makes writes owed, each with its sealed facts; `sealed` as newest() sorts them.

    A record's row takes the newer facts, its generation grows and its attempts start again; it
    is due in `linger` seconds, sooner if it was, and not while someone has it leased. Facts
    older than those that stand are left out.
    """
    if sealed:
        rows = [_row(tenant, push, text, now, linger) for push, text in sealed]
        await connection.execute(_merging(database.insert), rows)


@cache
def _merging(insert: InsertInto) -> Executable:
    upsert = insert(pushes)
    old, new = pushes.c, upsert.excluded
    was_due = old.state == PushState.DUE
    return upsert.on_conflict_do_update(
        index_elements=[old.tenant, old.kind, old.record_key],
        set_={
            "module": new.module,
            "generation": old.generation + 1,
            "occurred_ms": new.occurred_ms,
            "sealed": new.sealed,
            "state": new.state,
            # What is owed may have reached the CRM in part: only a row that is done knows.
            "content_hash": case((old.state == PushState.DONE, old.content_hash), else_=null()),
            "rows_hash": case(
                (old.state == PushState.DONE, old.rows_hash),
                (old.rows_hash.is_not(None), FORGOTTEN),
                else_=null(),
            ),
            "first_at": case((was_due, old.first_at), else_=new.first_at),
            "last_at": new.last_at,
            "settled_at": null(),
            "attempts": 0,
            "crashes": case((was_due, old.crashes), else_=0),
            "ready_at": case(
                (old.lease_id.is_not(None), old.ready_at),
                (was_due & (old.ready_at < new.ready_at), old.ready_at),
                else_=new.ready_at,
            ),
            "last_reason": "",
            "message": "",
        },
        where=new.occurred_ms >= old.occurred_ms,
    )


def _row(tenant: str, push: NewPush, sealed: str, now: float, linger: float) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "kind": push.kind,
        "record_key": push.record_key,
        "module": push.module,
        "generation": 1,
        "occurred_ms": push.occurred_ms,
        "sealed": sealed,
        "state": PushState.DUE.value,
        "step": FIRST_STEP,
        "echoes": 0,
        "first_at": now,
        "last_at": now,
        "attempts": 0,
        "crashes": 0,
        "ready_at": now + linger,
        "last_reason": "",
        "message": "",
    }
