"""Moodle's events: each taken in once, in one transaction with what it makes owed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Executable, bindparam, select, update

from mzi_bridge.clock import Clock
from mzi_bridge.journal.conflicts import through_conflicts
from mzi_bridge.journal.connection import JournalConnection
from mzi_bridge.journal.engine import Database, InsertInto
from mzi_bridge.journal.group_commit import GroupCommit
from mzi_bridge.journal.pruning import prune_in_pieces, pruning
from mzi_bridge.journal.push_marking import PIECE, Key, last_occurred, newest, write_pushes
from mzi_bridge.journal.push_records import Arrival, EventResult, NewPush, Taken
from mzi_bridge.journal.seal import Seal
from mzi_bridge.journal.tables import moodle_events
from mzi_bridge.journal.wake import Wake

SUPERSEDED = "superseded"

_KNOWN = select(moodle_events).where(
    moodle_events.c.tenant == bindparam("of_tenant"),
    moodle_events.c.event_id.in_(bindparam("of_ids", expanding=True)),
)
_SUPERSEDE = (
    update(moodle_events)
    .where(
        moodle_events.c.tenant == bindparam("of_tenant"),
        moodle_events.c.event_id == bindparam("of_id"),
    )
    .values(result=EventResult.NOTED.value, reason=SUPERSEDED)
)


@dataclass(eq=False)
class _Post:
    """What one request brought, and in the end the answers to it."""

    arrivals: Sequence[Arrival]
    sealed: dict[int, str]
    linger: float
    answers: list[Taken] = field(default_factory=list)


class MoodleEvents:
    """One row for each (tenant, event id). Every method raises JournalUnavailable."""

    def __init__(
        self, database: Database, clock: Clock, tenant: str, wake: Wake, seal: Seal
    ) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant
        self._wake = wake
        self._seal = seal
        self._group: GroupCommit[_Post] = GroupCommit(self._commit)

    async def take(self, arrivals: Sequence[Arrival], *, linger: float = 0.0) -> list[Taken]:
        """Takes the events in, in their order; durable when it returns the answers in that order.

        A repeat is answered as the first one was and stores nothing; nor does another event
        under a known id. What is owed comes due in `linger` seconds. Everyone waiting shares one
        transaction. Raises OperatorError (secret_key_missing).
        """
        if not arrivals:
            return []
        owed = [push for arrival in arrivals for push in arrival.pushes]
        post = _Post(
            tuple(arrivals), {id(push): self._seal.close(push.facts) for push in owed}, linger
        )
        await self._group.submit(post)
        return post.answers

    async def latest(self) -> tuple[int, float] | None:
        """Of the event that came last: when it occurred (epoch ms) and came (epoch s)."""
        query = (
            select(moodle_events.c.occurred_at_ms, moodle_events.c.received_at)
            .where(moodle_events.c.tenant == self._tenant)
            .order_by(moodle_events.c.received_at.desc())
            .limit(1)
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else (row[0], row[1])

    async def prune(self, before: float) -> int:
        """Forgets events received before `before` (epoch s); how many."""
        statement = pruning(
            moodle_events.c.event_id,
            moodle_events.c.tenant == bindparam("of_tenant"),
            moodle_events.c.received_at < bindparam("before"),
        )
        given = {"of_tenant": self._tenant, "before": before}
        return await prune_in_pieces(self._database, statement, given)

    async def close(self) -> None:
        await self._group.close()

    async def _commit(self, posts: Sequence[_Post]) -> None:
        async def write() -> None:
            async with self._database.write() as connection:
                await self._take_all(connection, posts)

        await through_conflicts(write)
        if any(post.sealed for post in posts):
            self._wake.call()

    async def _take_all(self, connection: JournalConnection, posts: Sequence[_Post]) -> None:
        now = self._clock.now()
        arrivals = [arrival for post in posts for arrival in post.arrivals]
        known, first = await self._store(connection, arrivals, now)
        owed = [push for arrival in first for push in arrival.pushes]
        late = await self._overtaken(connection, first)
        sealed = {key: text for post in posts for key, text in post.sealed.items()}
        for linger in sorted({post.linger for post in posts}):
            mine = {key for post in posts if post.linger == linger for key in post.sealed}
            wanted = newest(push for push in owed if id(push) in mine)
            pairs = [(push, sealed[id(push)]) for push in wanted]
            await write_pushes(connection, self._database, self._tenant, pairs, now, linger)
        await self._supersede(connection, late)
        known |= {i: _superseded(known[i]) for i in late}
        started = {id(arrival) for arrival in first}
        for post in posts:
            post.answers = [_answer(a, known[a.event_id], id(a) in started) for a in post.arrivals]

    async def _store(
        self, connection: JournalConnection, arrivals: Sequence[Arrival], now: float
    ) -> tuple[dict[str, dict[str, Any]], list[Arrival]]:
        """The stored row of each event id, and the arrivals that are new."""
        known = await self._known(connection, {arrival.event_id for arrival in arrivals})
        fresh: dict[str, Arrival] = {}
        for arrival in arrivals:
            if arrival.event_id not in known:
                fresh.setdefault(arrival.event_id, arrival)
        rows = {i: _row(self._tenant, arrival, now) for i, arrival in fresh.items()}
        stored = await self._insert(connection, [rows[i] for i in sorted(rows)])
        # Another process may have stored the same event meanwhile: its row stands.
        known |= {i: row for i, row in rows.items() if i in stored}
        known |= await self._known(connection, rows.keys() - stored)
        return known, [arrival for i, arrival in fresh.items() if i in stored]

    async def _known(
        self, connection: JournalConnection, event_ids: Iterable[str]
    ) -> dict[str, dict[str, Any]]:
        ids = sorted(event_ids)
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(ids), PIECE):
            these = {"of_tenant": self._tenant, "of_ids": ids[start : start + PIECE]}
            for row in (await connection.execute(_KNOWN, these)).mappings():
                found[row["event_id"]] = dict(row)
        return found

    async def _insert(
        self, connection: JournalConnection, rows: Sequence[dict[str, Any]]
    ) -> frozenset[str]:
        if not rows:
            return frozenset()
        inserted = await connection.execute(_inserting(self._database.insert), rows)
        return frozenset(inserted.scalars())

    async def _overtaken(
        self, connection: JournalConnection, first: Sequence[Arrival]
    ) -> frozenset[str]:
        """Events of whose records something newer is known, in the journal or in their order."""
        keys = {(push.kind, push.record_key) for a in first for push in a.pushes}
        last = await last_occurred(connection, self._tenant, keys)
        late: set[str] = set()
        for arrival in first:
            if arrival.pushes and all(_is_older(push, last) for push in arrival.pushes):
                late.add(arrival.event_id)
            for push in arrival.pushes:
                key = (push.kind, push.record_key)
                last[key] = max(last.get(key, 0), push.occurred_ms)
        return frozenset(late)

    async def _supersede(self, connection: JournalConnection, late: Iterable[str]) -> None:
        rows = [{"of_tenant": self._tenant, "of_id": i} for i in sorted(late)]
        if rows:
            await connection.execute(_SUPERSEDE, rows)


def _is_older(push: NewPush, last: dict[Key, int]) -> bool:
    return push.occurred_ms < last.get((push.kind, push.record_key), 0)


def _row(tenant: str, arrival: Arrival, now: float) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "event_id": arrival.event_id,
        "event_type": arrival.event_type,
        "body_hash": arrival.body_hash,
        "result": arrival.result.value,
        "reason": arrival.reason,
        "occurred_at_ms": arrival.occurred_ms,
        "received_at": now,
    }


def _superseded(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "result": EventResult.NOTED.value, "reason": SUPERSEDED}


def _answer(arrival: Arrival, row: dict[str, Any], is_first: bool) -> Taken:
    return Taken(
        arrival.event_id,
        EventResult(row["result"]),
        row["reason"],
        row["received_at"],
        is_repeat=not is_first,
        is_other=row["body_hash"] != arrival.body_hash,
    )


@cache
def _inserting(insert: InsertInto) -> Executable:
    return insert(moodle_events).on_conflict_do_nothing().returning(moodle_events.c.event_id)
