"""Owed writes handed out under a lease, and what a claim leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import Integer, Row, bindparam, case, func, select, update

from mzi_bridge.journal.claiming import PIECES
from mzi_bridge.journal.connection import JournalConnection
from mzi_bridge.journal.history import PUSH, Turn, write_turns
from mzi_bridge.journal.push_records import (
    ClaimedPush,
    PushClaim,
    PushOutcome,
    PushOutcomeKind,
    PushSettled,
    PushState,
    PushStep,
)
from mzi_bridge.journal.tables import MAX_NAME, pushes

Open = Callable[[str], str | None]
Rows = Sequence[Row[Any]]

WRITTEN = "written"
SUPERSEDED = "superseded"
FREE = {"lease_id": None, "lease_owner": None}
# Still leased and yet due: whoever had it died or hung.
CRASHES = pushes.c.crashes + case((pushes.c.lease_id.is_not(None), 1), else_=0)
_OWED = (
    pushes.c.tenant == bindparam("of_tenant"),
    pushes.c.kind == bindparam("of_kind"),
    pushes.c.state == PushState.DUE.value,
)
_HEAD = select(func.min(pushes.c.ready_at)).where(*_OWED)
_DUE = (
    select(pushes, CRASHES.label("all_crashes"))
    .where(*_OWED, pushes.c.ready_at <= bindparam("now"))
    .order_by(pushes.c.ready_at, pushes.c.record_key)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
_THIS = (
    pushes.c.tenant == bindparam("of_tenant"),
    pushes.c.kind == bindparam("of_kind"),
    pushes.c.record_key == bindparam("of_key"),
)
_LEASE = (
    update(pushes)
    .where(*_THIS)
    .values(
        lease_id=bindparam("lease"),
        lease_owner=bindparam("owner"),
        ready_at=bindparam("until"),
        # Counted when it starts: a write that kills its process is a try, too.
        attempts=pushes.c.attempts + 1,
        crashes=CRASHES,
    )
)
_HELD = (
    select(pushes)
    .where(
        pushes.c.lease_id == bindparam("of_lease"),
        pushes.c.record_key.in_(bindparam("of_keys", expanding=True)),
    )
    .order_by(pushes.c.record_key)
    .with_for_update()
)


async def head(connection: JournalConnection, tenant: str, kind: str) -> float | None:
    """When the first owed write of `kind` may be claimed (epoch s); None if none is owed."""
    wanted = {"of_tenant": tenant, "of_kind": kind}
    ready: float | None = (await connection.execute(_HEAD, wanted)).scalar_one()
    return ready


async def take(
    connection: JournalConnection,
    tenant: str,
    kind: str,
    *,
    owner: str,
    limit: int,
    now: float,
    lease_seconds: float,
    opened: Open,
) -> PushClaim | None:
    """Leases up to `limit` due writes of `kind`; None if another process was faster.

    Those whose lease ran out go in pieces of an eighth of `limit`, at the next time of an eighth
    of that: one that kills or hangs its process soon stands alone.
    """
    wanted = {"of_tenant": tenant, "of_kind": kind, "now": now, "most": limit}
    rows = _of_one_piece((await connection.execute(_DUE, wanted)).all(), limit)
    if not rows:
        return None
    items = tuple(_claimed(row, opened) for row in rows)
    claim = PushClaim(kind, items, owner, now + lease_seconds, uuid4().hex)
    lease = {"lease": claim.lease_id, "owner": owner[:200], "until": claim.lease_until}
    await connection.execute(_LEASE, [{**_this(row), **lease} for row in rows])
    return claim


async def extend(
    connection: JournalConnection, claim: PushClaim, until: float
) -> Mapping[str, Row[Any]]:
    """Moves the lease's end; the rows still held, which may be fewer than claimed."""
    held = await _held(connection, claim, [item.record_key for item in claim.items])
    await _set(connection, [(row, {"ready_at": until}) for row in held.values()])
    return held


async def release(connection: JournalConnection, claim: PushClaim, now: float) -> None:
    """Hands back what is still held, due now, the try not counted."""
    held = await _held(connection, claim, [item.record_key for item in claim.items])
    changes = [
        (row, {"ready_at": now, "attempts": max(0, row.attempts - 1), **FREE})
        for row in held.values()
    ]
    await _set(connection, changes)


async def note_steps(
    connection: JournalConnection,
    claim: PushClaim,
    steps: Sequence[PushStep],
    sent_at: float | None,
) -> frozenset[str]:
    """Keeps how far these have come; `sent_at` where it is given. Answers those still held."""
    given = {step.record_key: step for step in steps}
    held = await _held(connection, claim, list(given))
    changes = []
    for key, row in held.items():
        step = given[key]
        known: dict[str, Any] = {
            "step": step.step,
            "crm_id": step.crm_id,
            "written_ms": step.written_ms,
            "sent_at": sent_at,
        }
        changes.append((row, {name: value for name, value in known.items() if value is not None}))
    await _set(connection, changes)
    return frozenset(held)


async def settle(
    connection: JournalConnection, claim: PushClaim, outcomes: Sequence[PushOutcome], now: float
) -> PushSettled:
    """Applies `outcomes` to the rows still under this claim's lease.

    What was written is remembered in any case; the facts are forgotten when it is done. Facts
    that came meanwhile keep the row owed, due now.
    """
    given = {outcome.record_key: outcome for outcome in outcomes}
    claimed = {item.record_key: item.generation for item in claim.items}
    held = await _held(connection, claim, list(given))
    changes = []
    counts = dict.fromkeys(PushOutcomeKind, 0)
    turns: list[Turn] = []
    superseded = 0
    for key, row in held.items():
        outcome = given[key]
        if row.generation != claimed[key]:
            superseded += 1
            changes.append((row, {**_written(outcome), "ready_at": now, **FREE}))
        else:
            counts[outcome.kind] += 1
            changes.append((row, {**_written(outcome), **_ended(outcome, now), **FREE}))
        turns += _turns(row, outcome, is_newer=row.generation != claimed[key])
    await _set(connection, changes)
    if turns:
        await write_turns(connection, next(iter(held.values())).tenant, turns, now)
    return PushSettled(
        counts[PushOutcomeKind.DONE],
        counts[PushOutcomeKind.RETRY],
        counts[PushOutcomeKind.DEAD],
        superseded,
        lost=len(given) - len(held),
    )


def _turns(row: Row[Any], outcome: PushOutcome, *, is_newer: bool) -> list[Turn]:
    """One for the record of the CRM; none while nobody knows which it is."""
    crm_id = outcome.crm_id or row.crm_id
    if crm_id is None:
        return []
    is_done = outcome.kind is PushOutcomeKind.DONE
    named = (outcome.reason or WRITTEN) if is_done else outcome.kind.value
    return [
        Turn(
            row.module,
            crm_id,
            f"{PUSH}:{row.kind}",
            SUPERSEDED if is_newer and not is_done else named,
            "" if is_done else outcome.reason,
            outcome.written_ms,
            row.first_at,
            row.attempts,
        )
    ]


def _written(outcome: PushOutcome) -> dict[str, Any]:
    known = {
        "crm_id": outcome.crm_id,
        "content_hash": outcome.content_hash,
        "rows_hash": outcome.rows_hash,
        "written_ms": outcome.written_ms,
    }
    return {name: value for name, value in known.items() if value is not None}


def _ended(outcome: PushOutcome, now: float) -> dict[str, Any]:
    said = {"last_reason": outcome.reason[:MAX_NAME], "message": outcome.message}
    if outcome.kind is PushOutcomeKind.RETRY:
        at = now if outcome.retry_at is None else outcome.retry_at
        return {**said, "ready_at": at, "crashes": 0}
    if outcome.kind is PushOutcomeKind.DEAD:
        return {**said, "state": PushState.DEAD.value, "settled_at": now, "ready_at": now}
    return {
        **said,
        "state": PushState.DONE.value,
        "settled_at": now,
        "ready_at": now,
        "sealed": None,
        "attempts": 0,
        "crashes": 0,
    }


async def _held(
    connection: JournalConnection, claim: PushClaim, keys: Sequence[str]
) -> dict[str, Row[Any]]:
    """The rows under the lease, run out or not, that nobody else took over."""
    these = {"of_lease": claim.lease_id, "of_keys": keys}
    return {row.record_key: row for row in await connection.execute(_HELD, these)}


async def _set(
    connection: JournalConnection, changes: Sequence[tuple[Row[Any], Mapping[str, Any]]]
) -> None:
    """Each row's own changes, in one statement for all that change the same columns."""
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row, values in changes:
        if values:
            given = {f"new_{name}": value for name, value in values.items()}
            by_columns.setdefault(tuple(sorted(values)), []).append({**_this(row), **given})
    for columns, given_rows in by_columns.items():
        named: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
        await connection.execute(update(pushes).where(*_THIS).values(named), given_rows)


def _this(row: Row[Any]) -> dict[str, str]:
    return {"of_tenant": row.tenant, "of_kind": row.kind, "of_key": row.record_key}


def _of_one_piece(rows: Rows, limit: int) -> Rows:
    """Those that crashed as often as the first, as many as may go together."""
    if not rows:
        return rows
    crashes = rows[0].all_crashes
    size = max(1, limit // PIECES ** min(crashes, 4))
    return [row for row in rows if row.all_crashes == crashes][:size]


def _claimed(row: Row[Any], opened: Open) -> ClaimedPush:
    return ClaimedPush(
        record_key=row.record_key,
        generation=row.generation,
        occurred_ms=row.occurred_ms,
        facts=None if row.sealed is None else opened(row.sealed),
        step=row.step,
        sent_at=row.sent_at,
        crm_id=row.crm_id,
        content_hash=row.content_hash,
        rows_hash=row.rows_hash,
        first_at=row.first_at,
        attempts=row.attempts,
        crashes=row.all_crashes,
    )
