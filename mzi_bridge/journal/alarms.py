"""Alarms: what an operator must know of, for as long as it stands. No personal value in any."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Executable,
    Row,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from mzi_bridge.clock import Clock
from mzi_bridge.journal.connection import JournalConnection
from mzi_bridge.journal.engine import Database, InsertInto
from mzi_bridge.journal.tables import MAX_NAME, alarms

log = logging.getLogger(__name__)
REMINDER_SECONDS = 3600.0


class _Which:
    """Alarms of one kind: how to look whether there are any, and how to clear them."""

    def __init__(self, *terms: ColumnElement[bool]) -> None:
        self.look = select(alarms.c.kind).where(*_OF_KIND, *terms)
        self.clear = delete(alarms).where(*_OF_KIND, *terms).returning(alarms.c.subject)


_OF_TENANT = alarms.c.tenant == bindparam("of_tenant")
_OF_KIND = (_OF_TENANT, alarms.c.kind == bindparam("of_kind"))
_NAMED = alarms.c.subject == bindparam("of_subject")
_ONE = _Which(_NAMED)
_OTHERS = _Which(alarms.c.subject.not_in(bindparam("kept", expanding=True)))
_LIST = select(alarms).where(_OF_TENANT).order_by(alarms.c.since, alarms.c.kind, alarms.c.subject)
_LIST_OF_KIND = _LIST.where(alarms.c.kind == bindparam("of_kind"))
_SEE_AGAIN = (
    update(alarms)
    .where(*_OF_KIND, _NAMED)
    .values(last_seen_at=bindparam("now"), message=bindparam("told"))
    .returning(alarms.c.since)
)
_REMIND = (
    update(alarms)
    .where(
        *_OF_KIND,
        _NAMED,
        # A time ahead was kept before the clock was set back.
        or_(alarms.c.logged_at <= bindparam("before"), alarms.c.logged_at > bindparam("now")),
    )
    .values(logged_at=bindparam("now"))
    .returning(alarms.c.kind)
)


class Alarm(Struct, frozen=True):
    """`kind` is a machine word, `subject` what it is about (a module, a link; may be empty).

    `since` is when it was first raised, `last_seen_at` when last (epoch seconds).
    """

    kind: str
    subject: str
    since: float
    last_seen_at: float
    message: str


class Alarms:
    """One per kind and subject, shared by all processes. Every method raises JournalUnavailable.

    An alarm is logged at ERROR when it is raised and once an hour while it is raised again, by
    one process only; at INFO when it is cleared.
    """

    def __init__(self, database: Database, clock: Clock, tenant: str) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant

    async def raise_alarm(self, kind: str, subject: str, message: str) -> bool:
        """Whether it is new. `message` is the bridge's own sentence, with no value of a record.

        Raise it at every look that finds the trouble: the newest message stands.
        """
        kind, subject = kind[:MAX_NAME], subject[:MAX_NAME]
        async with self._database.write() as connection:
            if await self._insert(connection, kind, subject, message):
                new, since, remind = True, self._clock.now(), True
            else:
                new, since = False, await self._see_again(connection, kind, subject, message)
                remind = await self._is_reminder_due(connection, kind, subject)
        if remind:
            age = "" if new else f" (for {(self._clock.now() - since) / 3600:.1f} h)"
            log.error("alarm %s of %s%s: %s", kind, subject or "the bridge", age, message)
        return new

    async def clear(self, kind: str, subject: str) -> bool:
        """Whether it stood."""
        return subject in await self._clear(_ONE, self._named(kind, subject))

    async def clear_all_but(self, kind: str, subjects: Collection[str]) -> tuple[str, ...]:
        """Ends the alarms of this kind on other subjects: for a look that names all that is
        wrong. Answers whose alarms ended."""
        kept = [subject[:MAX_NAME] for subject in subjects]
        return await self._clear(_OTHERS, {**self._named(kind, ""), "kept": kept})

    async def list(self, kind: str | None = None) -> tuple[Alarm, ...]:
        """What stands now, oldest first."""
        query = _LIST if kind is None else _LIST_OF_KIND
        async with self._database.read() as connection:
            rows = await connection.execute(query, {"of_tenant": self._tenant, "of_kind": kind})
            return tuple(_alarm(row) for row in rows)

    async def count(self) -> int:
        query = select(func.count()).select_from(alarms).where(alarms.c.tenant == self._tenant)
        async with self._database.read() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def _insert(
        self, connection: JournalConnection, kind: str, subject: str, message: str
    ) -> bool:
        now = self._clock.now()
        row = {
            "tenant": self._tenant,
            "kind": kind,
            "subject": subject,
            "since": now,
            "last_seen_at": now,
            "logged_at": now,
            "message": message,
        }
        new = await connection.execute(_raising(self._database.insert), row)
        return new.one_or_none() is not None

    async def _see_again(
        self, connection: JournalConnection, kind: str, subject: str, message: str
    ) -> float:
        seen = await connection.execute(
            _SEE_AGAIN, {**self._named(kind, subject), "now": self._clock.now(), "told": message}
        )
        # Cleared by another process in this very moment: its next look raises it anew.
        return float(seen.scalar_one_or_none() or self._clock.now())

    async def _is_reminder_due(
        self, connection: JournalConnection, kind: str, subject: str
    ) -> bool:
        now = self._clock.now()
        times = {"now": now, "before": now - REMINDER_SECONDS}
        due = await connection.execute(_REMIND, {**self._named(kind, subject), **times})
        return due.one_or_none() is not None

    async def _clear(self, which: _Which, named: Mapping[str, Any]) -> tuple[str, ...]:
        async with self._database.read() as connection:
            if (await connection.execute(which.look, named)).first() is None:
                return ()
        async with self._database.write() as connection:
            gone = await connection.execute(which.clear, named)
            subjects = tuple(sorted(row.subject for row in gone))
        for subject in subjects:
            log.info("alarm %s of %s is over", named["of_kind"], subject or "the bridge")
        return subjects

    def _named(self, kind: str, subject: str) -> dict[str, Any]:
        return {
            "of_tenant": self._tenant,
            "of_kind": kind[:MAX_NAME],
            "of_subject": subject[:MAX_NAME],
        }


@cache
def _raising(insert: InsertInto) -> Executable:
    return insert(alarms).on_conflict_do_nothing().returning(alarms.c.since)


def _alarm(row: Row[Any]) -> Alarm:
    return Alarm(row.kind, row.subject, row.since, row.last_seen_at, row.message)
