"""Dead letters: records that were given up, why, and the way back. History is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Row, bindparam, func, insert, literal_column, select, update

from mzi_bridge.clock import Clock
from mzi_bridge.journal.connection import JournalConnection
from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.marking import Mark, merge_marks, write_marks
from mzi_bridge.journal.pacing import place
from mzi_bridge.journal.pruning import prune_in_pieces, pruning
from mzi_bridge.journal.records import Outcome, Source
from mzi_bridge.journal.tables import MAX_NAME, dead_letters
from mzi_bridge.journal.wake import Wake

LONGEST_MESSAGE = 2000
PIECE = 500
# Spelt out, not bound: only so can a database use the index of open letters.
IS_OPEN = dead_letters.c.state == literal_column("'dead'")


class DeadState(StrEnum):
    """`superseded`: a later notice of the record was done, or it died anew."""

    DEAD = "dead"
    RETRIED = "retried"
    DISCARDED = "discarded"
    SUPERSEDED = "superseded"


_SUPERSEDE = (
    update(dead_letters)
    .where(
        dead_letters.c.tenant == bindparam("of_tenant"),
        dead_letters.c.module == bindparam("of_module"),
        dead_letters.c.record_id.in_(bindparam("of_records", expanding=True)),
        IS_OPEN,
    )
    .values(state=DeadState.SUPERSEDED, closed_at=bindparam("now"))
)
_PRUNE = pruning(
    dead_letters.c.id,
    dead_letters.c.tenant == bindparam("of_tenant"),
    dead_letters.c.state != DeadState.DEAD,
    dead_letters.c.closed_at < bindparam("before"),
)


class DeadLetter(Struct, frozen=True):
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


class Choice(Struct, frozen=True):
    """Which letters: those that meet all that is given; by default every one.

    `died_before` and `died_after` are epoch seconds, `up_to` is the highest id.
    """

    ids: Sequence[int] | None = None
    module: str | None = None
    reason: str | None = None
    died_before: float | None = None
    died_after: float | None = None
    up_to: int | None = None

    def terms(self) -> list[Any]:
        column = dead_letters.c
        given: list[tuple[Any, Callable[[Any], Any]]] = [
            (self.ids, column.id.in_),
            (self.module, column.module.__eq__),
            (self.reason, column.reason.__eq__),
            (self.died_before, column.died_at.__lt__),
            (self.died_after, column.died_at.__ge__),
            (self.up_to, column.id.__le__),
        ]
        return [term(value) for value, term in given if value is not None]


EVERY = Choice()


class DeadGroup(Struct, frozen=True):
    """Open letters of one module and reason: how many, and the highest id among them."""

    module: str
    reason: str
    number: int
    last: int


class DeadLetters:
    """Every method raises JournalUnavailable."""

    def __init__(self, database: Database, clock: Clock, tenant: str, wake: Wake) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant
        self._wake = wake

    async def list(
        self,
        choice: Choice = EVERY,
        *,
        limit: int = 100,
        after: int = 0,
        state: DeadState | None = DeadState.DEAD,
    ) -> tuple[DeadLetter, ...]:
        """Oldest first, those with an id above `after`; every state if `state` is None."""
        query = (
            select(dead_letters)
            .where(*self._where(choice, state), dead_letters.c.id > after)
            .order_by(dead_letters.c.id)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return tuple(dead_letter(row) for row in await connection.execute(query))

    async def retry(self, choice: Choice = EVERY) -> int:
        """Makes the records dirty again, with the proof of deletion they had; how many letters.

        A letter already closed is left alone. Many come
        due in steps (see pacing), and in several transactions: cut off, it is to be asked again.
        """
        choice, total = await self._fixed(choice)
        count = 0
        while closed := await self._retry_some(choice, count, total):
            count += closed
            self._wake.call()
        return count

    async def discard(self, choice: Choice = EVERY, *, note: str = "") -> int:
        """Closes letters for good; `note` says why, without names."""
        choice, _ = await self._fixed(choice)
        count = 0
        while True:
            async with self._database.write() as connection:
                rows = await self._close(connection, DeadState.DISCARDED, choice, note)
            if not rows:
                return count
            count += len(rows)

    async def count(self, choice: Choice = EVERY) -> int:
        """How many are open."""
        query = select(func.count()).where(*self._where(choice, DeadState.DEAD))
        async with self._database.read() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def groups(self) -> tuple[DeadGroup, ...]:
        """The open ones by module and reason, the most first."""
        column = dead_letters.c
        query = (
            select(column.module, column.reason, func.count(), func.max(column.id))
            .where(*self._where(EVERY, DeadState.DEAD))
            .group_by(column.module, column.reason)
            .order_by(func.count().desc(), column.module, column.reason)
        )
        async with self._database.read() as connection:
            rows = await connection.execute(query)
            return tuple(DeadGroup(row[0], row[1], int(row[2]), int(row[3])) for row in rows)

    async def prune(self, before: float) -> int:
        """Forgets letters closed before that time; open ones are never forgotten."""
        old = {"of_tenant": self._tenant, "before": before}
        return await prune_in_pieces(self._database, _PRUNE, old)

    async def _fixed(self, choice: Choice) -> tuple[Choice, int]:
        """The same choice without letters that come from now on, and how many are open."""
        query = select(func.max(dead_letters.c.id), func.count()).where(
            *self._where(choice, DeadState.DEAD)
        )
        async with self._database.read() as connection:
            last, total = (await connection.execute(query)).one()
        return replace(choice, up_to=last or 0), total

    async def _retry_some(self, choice: Choice, done: int, total: int) -> int:
        now = self._clock.now()
        async with self._database.write() as connection:
            rows = await self._close(connection, DeadState.RETRIED, choice, "")
            # The oldest come first, in whatever order the database answers.
            rows = sorted(rows, key=lambda row: row.id)
            paced = (_mark(row, now, place(done + n, total)) for n, row in enumerate(rows))
            await connection.run_sync(
                lambda c: write_marks(c, self._database, self._tenant, merge_marks(paced))
            )
        return len(rows)

    def _where(self, choice: Choice, state: DeadState | None) -> tuple[Any, ...]:
        wanted = [dead_letters.c.tenant == self._tenant, *choice.terms()]
        if state is DeadState.DEAD:
            wanted.append(IS_OPEN)
        elif state is not None:
            wanted.append(dead_letters.c.state == state)
        return tuple(wanted)

    async def _close(
        self, connection: JournalConnection, state: DeadState, choice: Choice, note: str
    ) -> Sequence[Row[Any]]:
        """At most PIECE of them, so that live work is never kept waiting for long."""
        query = (
            select(dead_letters.c.id)
            .where(*self._where(choice, DeadState.DEAD))
            .order_by(dead_letters.c.id)
            .limit(PIECE)
            .with_for_update(skip_locked=True)
        )
        oldest = list((await connection.execute(query)).scalars())
        closed = await connection.execute(
            update(dead_letters)
            .where(dead_letters.c.id.in_(oldest))
            .values(state=state, closed_at=self._clock.now(), note=note[:LONGEST_MESSAGE])
            .returning(dead_letters)
        )
        return list(closed)


async def bury(
    connection: JournalConnection, deaths: Sequence[tuple[Row[Any], Outcome]], now: float
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
    connection: JournalConnection, tenant: str, module: str, record_ids: Sequence[str], now: float
) -> None:
    """Closes the open letters of records that have since been done, or have died anew."""
    these = {"of_tenant": tenant, "of_module": module, "of_records": record_ids, "now": now}
    await connection.execute(_SUPERSEDE, these)


def _mark(row: Row[Any], now: float, place: tuple[int, float]) -> Mark:
    priority, wait = place
    return Mark(
        row.module,
        row.record_id,
        row.changed_at_ms,
        row.deleted_at_ms,
        priority,
        Source.OPERATOR,
        now,
        ready_at=now + wait,
    )


def dead_letter(row: Row[Any]) -> DeadLetter:
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
