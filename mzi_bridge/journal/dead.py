"""Dead letters: records that were given up, why, and the way back. History is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, insert, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from mzi_bridge.clock import Clock
from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.marking import Mark, merge_marks, write_marks
from mzi_bridge.journal.pruning import prune_in_pieces
from mzi_bridge.journal.records import Outcome, Source
from mzi_bridge.journal.tables import MAX_NAME, dead_letters
from mzi_bridge.journal.wake import Wake

LONGEST_MESSAGE = 2000
# Spelt out, not bound: only so can a database use the index of open letters.
IS_OPEN = dead_letters.c.state == literal_column("'dead'")


class DeadState(StrEnum):
    """`superseded`: a later notice of the record was done, or it died anew."""

    DEAD = "dead"
    RETRIED = "retried"
    DISCARDED = "discarded"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class DeadLetter:
    """`message` is made by the bridge (columns, codes): it holds no value of the record."""

    id: int
    module: str
    record_id: str
    reason: str
    message: str
    attempts: int
    first_noticed_at: float
    died_at: float
    state: DeadState
    closed_at: float | None
    note: str


class DeadLetters:
    """Every method raises JournalUnavailable."""

    def __init__(self, database: Database, clock: Clock, tenant: str, wake: Wake) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant
        self._wake = wake

    async def list(
        self,
        module: str | None = None,
        reason: str | None = None,
        *,
        limit: int = 100,
        after: int = 0,
        state: DeadState | None = DeadState.DEAD,
    ) -> tuple[DeadLetter, ...]:
        """Oldest first, those with an id above `after`; every state if `state` is None."""
        query = (
            select(dead_letters)
            .where(*self._where(None, module, reason, state), dead_letters.c.id > after)
            .order_by(dead_letters.c.id)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return tuple(_letter(row) for row in await connection.execute(query))

    async def retry(
        self,
        ids: Sequence[int] | None = None,
        *,
        module: str | None = None,
        reason: str | None = None,
    ) -> int:
        """Makes the records dirty again, with the proof of deletion they had; how many letters.

        By id, by filter, or all that are open. A letter already closed is left alone.
        """
        now = self._clock.now()
        async with self._database.write() as connection:
            rows = await self._close(connection, DeadState.RETRIED, ids, module, reason, "", now)
            marks = merge_marks(_mark(row, now) for row in rows)
            await write_marks(connection, self._database, self._tenant, marks)
        if rows:
            self._wake.call()
        return len(rows)

    async def discard(
        self,
        ids: Sequence[int] | None = None,
        *,
        module: str | None = None,
        reason: str | None = None,
        note: str = "",
    ) -> int:
        """Closes letters for good, chosen as in retry(); `note` says why, without names."""
        now = self._clock.now()
        async with self._database.write() as connection:
            rows = await self._close(
                connection, DeadState.DISCARDED, ids, module, reason, note, now
            )
        return len(rows)

    async def count(self) -> int:
        """How many are open."""
        query = select(func.count()).where(*self._where(None, None, None, DeadState.DEAD))
        async with self._database.read() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def prune(self, before: float) -> int:
        """Forgets letters closed before that time; open ones are never forgotten."""
        old = select(dead_letters.c.id).where(
            dead_letters.c.tenant == self._tenant,
            dead_letters.c.state != DeadState.DEAD,
            dead_letters.c.closed_at < before,
        )
        return await prune_in_pieces(self._database, dead_letters.c.id, old)

    def _where(
        self,
        ids: Sequence[int] | None,
        module: str | None,
        reason: str | None,
        state: DeadState | None,
    ) -> tuple[Any, ...]:
        wanted = [dead_letters.c.tenant == self._tenant]
        if ids is not None:
            wanted.append(dead_letters.c.id.in_(ids))
        if module is not None:
            wanted.append(dead_letters.c.module == module)
        if reason is not None:
            wanted.append(dead_letters.c.reason == reason)
        if state is DeadState.DEAD:
            wanted.append(IS_OPEN)
        elif state is not None:
            wanted.append(dead_letters.c.state == state)
        return tuple(wanted)

    async def _close(
        self,
        connection: AsyncConnection,
        state: DeadState,
        ids: Sequence[int] | None,
        module: str | None,
        reason: str | None,
        note: str,
        now: float,
    ) -> Sequence[Row[Any]]:
        closed = await connection.execute(
            update(dead_letters)
            .where(*self._where(ids, module, reason, DeadState.DEAD))
            .values(state=state, closed_at=now, note=note[:LONGEST_MESSAGE])
            .returning(dead_letters)
        )
        return list(closed)


async def bury(
    connection: AsyncConnection, deaths: Sequence[tuple[Row[Any], Outcome]], now: float
) -> None:
    """Writes letters for inbox rows and the outcomes that ended them."""
    await connection.execute(
        insert(dead_letters),
        [
            {
                "tenant": row.tenant,
                "module": row.module,
                "record_id": row.record_id,
                "reason": outcome.reason[:MAX_NAME],
                "message": outcome.message[:LONGEST_MESSAGE],
                "attempts": row.attempts,
                "changed_at_ms": row.changed_at_ms,
                "deleted_at_ms": row.deleted_at_ms,
                "first_noticed_at": row.first_noticed_at,
                "died_at": now,
                "state": DeadState.DEAD,
                "note": "",
            }
            for row, outcome in deaths
        ],
    )


async def supersede(
    connection: AsyncConnection, tenant: str, module: str, record_ids: Sequence[str], now: float
) -> None:
    """Closes the open letters of records that have since been done, or have died anew."""
    await connection.execute(
        update(dead_letters)
        .where(
            dead_letters.c.tenant == tenant,
            dead_letters.c.module == module,
            dead_letters.c.record_id.in_(record_ids),
            IS_OPEN,
        )
        .values(state=DeadState.SUPERSEDED, closed_at=now)
    )


def _mark(row: Row[Any], now: float) -> Mark:
    return Mark(
        row.module,
        row.record_id,
        row.changed_at_ms,
        row.deleted_at_ms,
        Source.OPERATOR.priority,
        now,
    )


def _letter(row: Row[Any]) -> DeadLetter:
    return DeadLetter(
        row.id,
        row.module,
        row.record_id,
        row.reason,
        row.message,
        row.attempts,
        row.first_noticed_at,
        row.died_at,
        DeadState(row.state),
        row.closed_at,
        row.note,
    )
