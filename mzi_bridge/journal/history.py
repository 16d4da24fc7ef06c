"""What became of a record at each turn: ids, machine words and times, no value of it.

What ends a claim is written in the transaction that settles it; what a sync has changed, right
after. A record keeps its newest turns only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Double,
    Executable,
    Integer,
    Row,
    String,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
)

from mzi_bridge.clock import Clock
from mzi_bridge.journal.connection import JournalConnection
from mzi_bridge.journal.console_tables import record_history
from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.pruning import PIECE, prune_in_pieces, pruning
from mzi_bridge.journal.records import Source
from mzi_bridge.journal.tables import MAX_NAME, inbox

MOST_TURNS = 200
MAX_OUTCOME = 20
AHEAD_SECONDS = 7200.0
PUSH = "push"
RECONCILE = "reconcile"
_SOURCES = {source.value: source.turn for source in Source}

_ID = record_history.c.id
_OF_TENANT = record_history.c.tenant == bindparam("of_tenant")
_ADD = insert(record_history)
# By id, for it grows with the time: an index of the times would be paid for at each settlement.
_OLDEST = select(_ID, record_history.c.at).where(_OF_TENANT).order_by(_ID).limit(PIECE).subquery()
_OLD = select(_OLDEST.c.id).where(
    or_(_OLDEST.c.at < bindparam("before"), _OLDEST.c.at > bindparam("ahead"))
)
_PRUNE = delete(record_history).where(_ID.in_(_OLD)).returning(_ID)
_LONG = (
    select(record_history.c.record_id)
    .where(_OF_TENANT)
    .group_by(record_history.c.record_id)
    .having(func.count() > bindparam("kept", type_=Integer))
    .limit(PIECE)
)
_OF_RECORD = (_OF_TENANT, record_history.c.record_id == bindparam("of_record"))
_LAST_KEPT = (
    select(_ID)
    .where(*_OF_RECORD)
    .order_by(_ID.desc())
    .limit(1)
    .offset(bindparam("kept", type_=Integer))
    .scalar_subquery()
)
_SHORTEN = pruning(_ID, *_OF_RECORD, _ID <= _LAST_KEPT)


def turns_of_inbox(*which: ColumnElement[bool]) -> Executable:
    """The statement that keeps a turn of each of these rows of the inbox, before they change;
    with `now`, `outcome` and `reason`."""
    row = inbox.c
    changed, deleted = row.changed_at_ms, row.deleted_at_ms
    newest = case((changed.is_(None), deleted), (deleted > changed, deleted), else_=changed)
    given = {
        "tenant": row.tenant,
        "module": row.module,
        "record_id": row.record_id,
        "at": bindparam("now", type_=Double),
        "source": row.source,
        "outcome": bindparam("outcome", type_=String),
        "reason": bindparam("reason", type_=String),
        "changed_at_ms": newest,
        "noticed_at": row.first_noticed_at,
        "attempts": row.attempts,
    }
    return insert(record_history).from_select([*given], select(*given.values()).where(*which))


class Turn(Struct, frozen=True):
    """What became of a record.

    `source` is how it came up: notice, poll, sync, reconcile, operator, or `push:<kind>` for a
    write into the CRM. `outcome`: Moodle's word (inserted, updated, unchanged, stale, deleted)
    or absent, echo, discarded, retry, held, dead, superseded (a newer notice came meanwhile: it
    is looked at again), written (into the CRM); `reason` says why. `changed_at_ms` is the newest
    change that the CRM told of, `noticed_at` (epoch s) the first notice that the turn answers.
    """

    module: str
    record_id: str
    source: str
    outcome: str
    reason: str = ""
    changed_at_ms: int | None = None
    noticed_at: float | None = None
    attempts: int = 0


class HistoryRow(Turn, frozen=True):
    """A kept turn, which ended `at` (epoch s by the bridge's clock)."""

    id: int = 0
    at: float = 0.0


class History:
    """Every method raises JournalUnavailable."""

    def __init__(self, database: Database, clock: Clock, tenant: str) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant

    async def add(self, turns: Sequence[Turn]) -> None:
        """Keeps turns that no settlement writes, in one transaction."""
        if turns:
            async with self._database.write() as connection:
                await write_turns(connection, self._tenant, turns, self._clock.now())

    async def of(
        self, record_id: str, module: str | None = None, limit: int = 100
    ) -> tuple[HistoryRow, ...]:
        """The newest first, in all modules or one."""
        query = select(record_history).where(
            record_history.c.tenant == self._tenant, record_history.c.record_id == record_id
        )
        if module is not None:
            query = query.where(record_history.c.module == module)
        query = query.order_by(_ID.desc()).limit(limit)
        async with self._database.read() as connection:
            return tuple(_kept(row) for row in await connection.execute(query))

    async def prune(self, before: float) -> int:
        """Forgets turns before that time (epoch s), those of a clock far ahead, and all but a
        record's newest; how many."""
        own = {"of_tenant": self._tenant}
        old = {**own, "before": before, "ahead": self._clock.now() + AHEAD_SECONDS}
        pruned = await prune_in_pieces(self._database, _PRUNE, old)
        kept = {**own, "kept": MOST_TURNS}
        while True:
            async with self._database.read() as connection:
                long = list((await connection.execute(_LONG, kept)).scalars())
            for record_id in long:
                given = {**kept, "of_record": record_id}
                pruned += await prune_in_pieces(self._database, _SHORTEN, given)
            if len(long) < PIECE:
                return pruned


async def write_turns(
    connection: JournalConnection, tenant: str, turns: Iterable[Turn], now: float
) -> None:
    rows = [
        {
            "tenant": tenant,
            "module": turn.module,
            "record_id": turn.record_id,
            "at": now,
            "source": turn.source,
            "outcome": turn.outcome[:MAX_OUTCOME],
            "reason": turn.reason[:MAX_NAME],
            "changed_at_ms": turn.changed_at_ms,
            "noticed_at": turn.noticed_at,
            "attempts": turn.attempts,
        }
        for turn in turns
    ]
    if rows:
        await connection.execute(_ADD, rows)


def _kept(row: Row[Any]) -> HistoryRow:
    return HistoryRow(
        module=row.module,
        record_id=row.record_id,
        source=_SOURCES.get(row.source, row.source),
        outcome=row.outcome,
        reason=row.reason,
        changed_at_ms=row.changed_at_ms,
        noticed_at=row.noticed_at,
        attempts=row.attempts,
        id=row.id,
        at=row.at,
    )
