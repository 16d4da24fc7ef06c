"""Held changes: what the brake keeps back, until the operator confirms or the CRM takes it back.

History is kept. Ids and version times only: no value of any record.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, literal_column, select, update

from mzi_bridge.clock import Clock
from mzi_bridge.journal.connection import JournalConnection
from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.held_rows import (
    HeldChange,
    HeldNow,
    LiveChange,
    OpenChanges,
    held_change,
    live_change,
    newest_discarded,
)
from mzi_bridge.journal.holding import IS_LIVE, OF_THESE, HeldState, held_row, lock_live
from mzi_bridge.journal.marking import Mark, merge_marks, write_marks
from mzi_bridge.journal.pruning import PIECE, prune_in_pieces, pruning
from mzi_bridge.journal.records import HeldKind, Source
from mzi_bridge.journal.tables import held_changes
from mzi_bridge.journal.wake import Wake

__all__ = ["HeldChange", "HeldChanges", "HeldNow", "HeldState", "LiveChange", "OpenChanges"]
LONGEST_NOTE = 2000
_IS_OPEN = held_changes.c.state == HeldState.OPEN
# Spelt out, not bound: only so can a database use the index of discarded changes.
_IS_DISCARDED = held_changes.c.state == literal_column("'discarded'")

_OF_TENANT = held_changes.c.tenant == bindparam("of_tenant")
_OF_MODULE = select(held_changes.c.id).where(
    _OF_TENANT, held_changes.c.module == bindparam("of_module")
)
_KINDS_THERE = select(
    _OF_MODULE.where(IS_LIVE, _IS_OPEN).exists(),
    _OF_MODULE.where(IS_LIVE).exists(),
    _OF_MODULE.where(_IS_DISCARDED).exists(),
)
_LIVE = select(held_changes).where(*OF_THESE, IS_LIVE)
_DISCARDED = select(held_changes).where(*OF_THESE, _IS_DISCARDED)
_OPEN_NOW = (
    select(held_changes.c.module, func.count(), func.max(held_changes.c.id))
    .where(_OF_TENANT, IS_LIVE, _IS_OPEN)
    .group_by(held_changes.c.module)
)
_PRUNE = pruning(
    held_changes.c.id,
    _OF_TENANT,
    held_changes.c.closed_at < bindparam("before"),
    held_changes.c.state != HeldState.DISCARDED,
)


class HeldChanges:
    """Every method raises JournalUnavailable."""

    def __init__(self, database: Database, clock: Clock, tenant: str, wake: Wake) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant
        self._wake = wake

    async def list(
        self,
        module: str | None = None,
        *,
        limit: int = 100,
        after: int = 0,
        state: HeldState | None = HeldState.OPEN,
    ) -> tuple[HeldChange, ...]:
        """Oldest first, those with an id above `after`; every state if `state` is None."""
        query = (
            select(held_changes)
            .where(*self._of(None if module is None else [module]), held_changes.c.id > after)
            .order_by(held_changes.c.id)
            .limit(limit)
        )
        if state is not None:
            query = query.where(held_changes.c.state == state)
        async with self._database.read() as connection:
            return tuple(held_change(row) for row in await connection.execute(query))

    async def counts(self) -> Mapping[str, int]:
        """How many are open, by module; modules with none are missing."""
        return {module: found.number for module, found in (await self.open_now()).items()}

    async def open_now(self) -> Mapping[str, OpenChanges]:
        """What is open, by module; modules with nothing are missing."""
        async with self._database.read() as connection:
            rows = await connection.execute(_OPEN_NOW, {"of_tenant": self._tenant})
            return {row[0]: OpenChanges(int(row[1]), int(row[2])) for row in rows}

    async def now(self, module: str, record_ids: Collection[str]) -> HeldNow:
        """Whether anything of the module waits; what is live and what discarded of these."""
        of_module = {"of_tenant": self._tenant, "of_module": module}
        of_these = {**of_module, "of_records": list(record_ids)}

        def look(connection: Connection) -> HeldNow:
            waits, lives, is_discarded = connection.execute(_KINDS_THERE, of_module).one()
            # Of most modules nothing is held: then no record need be looked for.
            live = connection.execute(_LIVE, of_these) if lives else ()
            discarded = connection.execute(_DISCARDED, of_these) if is_discarded else ()
            return HeldNow(
                bool(waits),
                {row.record_id: live_change(row) for row in live},
                newest_discarded(list(discarded)),
            )

        return await self._database.read_whole(look)

    async def hold(
        self,
        module: str,
        changes: Mapping[str, HeldKind],
        *,
        reason: str,
        at_ms: Mapping[str, int],
    ) -> None:
        """Holds changes met outside a claim and makes their records dirty, in one transaction.

        The module's brake is on at once, for all processes; the worker that then looks at the
        records settles them in order with their other notices. `at_ms`, by id, is when the CRM
        showed the record so, or its proven deletion. A change that is live already stays as it
        is.
        """
        now = self._clock.now()
        times = {i: _times(kind, at_ms[i]) for i, kind in changes.items()}
        marks = merge_marks(
            Mark(module, i, changed, deleted, Source.BACKFILL.priority, Source.BACKFILL, now)
            for i, (changed, deleted) in times.items()
        )
        async with self._database.write() as connection:
            await connection.run_sync(lambda c: write_marks(c, self._database, self._tenant, marks))
            rows = [
                held_row(self._tenant, module, i, changes[i], reason, times[i], now)
                for i in sorted(changes)
            ]
            if rows:
                insert = self._database.insert(held_changes).on_conflict_do_nothing()
                await connection.execute(insert, rows)
        if marks:
            self._wake.call()

    async def confirm(
        self, modules: Sequence[str] | None, number: int, *, up_to: int | None = None
    ) -> int:
        """Confirms what is open of `modules` (None: of all), with ids not above `up_to`, if that
        is `number` changes, and makes their records dirty with the proof they have. Answers how
        many were open: another number than asked for means that nothing was confirmed.
        """
        try:
            count = await self._confirm(modules, number, up_to)
        except _Moved as moved:
            return moved.number
        self._wake.call()
        return count

    async def discard(
        self,
        ids: Sequence[int] | None = None,
        *,
        module: str | None = None,
        up_to: int | None = None,
        note: str = "",
    ) -> int:
        """Closes open changes by number, by module, or all, with ids not above `up_to`; how many.
        `note` says why, without names. Each stands until the CRM tells of a newer one of its kind
        and record.
        """
        modules = None if module is None else [module]
        async with self._database.write() as connection:
            rows = await self._open(connection, modules, ids, up_to=up_to, lock=True)
            for start in range(0, len(rows), PIECE):
                piece = [row.id for row in rows[start : start + PIECE]]
                await connection.execute(
                    update(held_changes)
                    .where(held_changes.c.id.in_(piece))
                    .values(
                        state=HeldState.DISCARDED,
                        closed_at=self._clock.now(),
                        note=note[:LONGEST_NOTE],
                    )
                )
        return len(rows)

    async def reopen(self, ids: Sequence[int], *, module: str) -> int:
        """Lets discarded changes wait again for the operator's word; how many. One whose record
        has a live change stays closed: that one is newer.
        """
        async with self._database.write() as connection:
            query = select(held_changes).where(
                *self._of([module]), _IS_DISCARDED, held_changes.c.id.in_(ids)
            )
            rows = list(await connection.execute(query.order_by(held_changes.c.id)))
            records = [row.record_id for row in rows]
            live = await lock_live(connection, self._tenant, module, records)
            newest = {row.record_id: row.id for row in rows}
            for row in live:
                newest.pop(row.record_id, None)
            await connection.execute(
                update(held_changes)
                .where(held_changes.c.id.in_(list(newest.values())))
                .values(state=HeldState.OPEN, closed_at=None)
            )
        return len(newest)

    async def prune(self, before: float) -> int:
        """Forgets changes closed before that time; live ones are never forgotten, nor those
        discarded: they go on holding."""
        old = {"of_tenant": self._tenant, "before": before}
        return await prune_in_pieces(self._database, _PRUNE, old)

    async def _confirm(self, modules: Sequence[str] | None, number: int, up_to: int | None) -> int:
        now = self._clock.now()
        async with self._database.write() as connection:
            rows = await self._open(connection, modules, up_to=up_to)
            if len(rows) != number or not rows:
                return len(rows)
            marks = merge_marks(_mark(row, now) for row in rows)
            await connection.run_sync(lambda c: write_marks(c, self._database, self._tenant, marks))
            # What was opened since, whoever confirms has not seen.
            last = rows[-1].id
            still = await self._open(connection, modules, up_to=last, lock=True)
            if len(still) != number:
                raise _Moved(len(await self._open(connection, modules, up_to=up_to)))
            await connection.execute(
                update(held_changes)
                .where(*self._of(modules), IS_LIVE, _IS_OPEN, held_changes.c.id <= last)
                .values(state=HeldState.CONFIRMED, confirmed_at=now)
            )
            return number

    async def _open(
        self,
        connection: JournalConnection,
        modules: Sequence[str] | None,
        ids: Sequence[int] | None = None,
        *,
        up_to: int | None = None,
        lock: bool = False,
    ) -> Sequence[Row[Any]]:
        query = select(held_changes).where(*self._of(modules), IS_LIVE, _IS_OPEN)
        if ids is not None:
            query = query.where(held_changes.c.id.in_(ids))
        if up_to is not None:
            query = query.where(held_changes.c.id <= up_to)
        query = query.order_by(held_changes.c.id)
        return list(await connection.execute(query.with_for_update() if lock else query))

    def _of(self, modules: Sequence[str] | None) -> tuple[Any, ...]:
        of_tenant = held_changes.c.tenant == self._tenant
        return (of_tenant,) if modules is None else (of_tenant, held_changes.c.module.in_(modules))


class _Moved(Exception):
    """What was to be confirmed has changed meanwhile; `number` is open now."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _times(kind: HeldKind, at_ms: int) -> tuple[int | None, int | None]:
    return (None, at_ms) if kind is HeldKind.DELETE else (at_ms, None)


def _mark(row: Row[Any], now: float) -> Mark:
    return Mark(
        row.module,
        row.record_id,
        row.changed_at_ms,
        row.deleted_at_ms,
        Source.OPERATOR.priority,
        Source.OPERATOR,
        now,
    )
