"""How much of what happened, by the hour: what the charts are drawn from.

Counters in buckets of five minutes, kept as the credits are: what happens is noted in memory and
written some seconds later by a task of its own, so that no work waits for it; a crash forgets
what a few seconds counted. All processes of a tenant add into the same buckets.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Protocol

from sqlalchemy import Executable, bindparam, or_, select

from mzi_bridge.clock import Clock
from mzi_bridge.journal.activity_points import (
    BUCKET_SECONDS,
    ActivityPoint,
    Counts,
    Word,
    lag_word,
    point_of,
    spans,
)
from mzi_bridge.journal.connection import JournalConnection
from mzi_bridge.journal.console_tables import activity
from mzi_bridge.journal.engine import Database, InsertInto
from mzi_bridge.journal.errors import JournalUnavailable
from mzi_bridge.journal.pruning import prune_in_pieces, pruning

log = logging.getLogger(__name__)
WRITE_SECONDS = 5.0
"""How long what was noted may stay in memory only."""
AHEAD_SECONDS = 7200.0

_Key = tuple[int, str]
_OF_TENANT = activity.c.tenant == bindparam("of_tenant")
_READ = select(activity.c.bucket, activity.c.word, activity.c.number).where(
    _OF_TENANT, activity.c.bucket >= bindparam("first"), activity.c.bucket <= bindparam("last")
)
_PRUNE = pruning(
    activity.c.bucket,
    _OF_TENANT,
    or_(activity.c.bucket < bindparam("first"), activity.c.bucket > bindparam("last")),
)


class Note(Protocol):
    """`number` of these have just happened; `of` is what the journal does not keep of them: the
    reason of a request, the entity of a record. Machine words, both."""

    def __call__(self, word: Word, number: int = 1, of: str = "") -> None: ...


class Listener(Protocol):
    """Who else hears what is noted, at once. It must neither wait nor fail."""

    def noted(self, word: Word, number: int, of: str) -> None: ...

    def lagged(self, seconds: float) -> None: ...


class Activity:
    """Noting never waits and never fails. `series`, `totals`, `flush` and `prune` raise
    JournalUnavailable."""

    def __init__(self, database: Database, clock: Clock, tenant: str) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant
        self._noted: Counter[_Key] = Counter()
        self._planned: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None
        self._closed = False
        self._lock = asyncio.Lock()
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """It hears all that is noted in this process from now on."""
        self._listeners.append(listener)

    def note(self, word: Word, number: int = 1, of: str = "") -> None:
        """As Note says."""
        if number <= 0:
            return
        for listener in self._listeners:
            listener.noted(word, number, of)
        self._count(word, number)

    def note_lag(self, seconds: float) -> None:
        """A change has reached Moodle so long after its first notice."""
        for listener in self._listeners:
            listener.lagged(seconds)
        self._count(lag_word(seconds), 1)

    async def series(self, hours: int) -> Sequence[ActivityPoint]:
        """The last `hours` in points of one length (five minutes to two hours), the oldest
        first, the last one still growing. Every point is there, empty or not; other processes'
        counts as of a few seconds ago."""
        points = spans(self._clock.now(), hours)
        counts = await self._counts(points[0].first, points[-1].last)
        return [point_of(span, counts) for span in points]

    async def totals(self, hours: int) -> ActivityPoint:
        """All of the same time in one."""
        points = spans(self._clock.now(), hours)
        whole = points[0].until(points[-1])
        return point_of(whole, await self._counts(whole.first, whole.last))

    async def flush(self) -> None:
        """Writes what was noted."""
        async with self._lock:
            # Kept in `_noted` until it is committed; a cut-off commit may count it twice.
            noted = self._noted.copy()
            if noted:
                async with self._database.write() as connection:
                    await self._add(connection, noted)
                self._noted -= noted

    async def prune(self, before: float) -> int:
        """Forgets what was counted before that time (epoch s), or by a clock far ahead; how many
        rows."""
        kept = {
            "first": math.floor(before / BUCKET_SECONDS),
            "last": math.floor((self._clock.now() + AHEAD_SECONDS) / BUCKET_SECONDS),
        }
        return await prune_in_pieces(self._database, _PRUNE, {"of_tenant": self._tenant, **kept})

    async def close(self) -> None:
        """Writes what is left. A database out of reach loses it, and the log says so."""
        self._closed = True
        if self._planned is not None:
            self._planned.cancel()
            self._planned = None
        if self._writing is not None:
            await self._writing
        await self._write_quietly()

    def _count(self, word: Word, number: int) -> None:
        self._noted[int(self._clock.now() // BUCKET_SECONDS), word.value] += number
        if self._planned is None and not self._closed:
            loop = asyncio.get_running_loop()
            self._planned = loop.call_later(WRITE_SECONDS, self._begin_writing)

    def _begin_writing(self) -> None:
        self._planned = None
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_quietly(), name="activity")

    async def _write_quietly(self) -> None:
        try:
            await self.flush()
        except JournalUnavailable as error:
            log.warning("activity not written: %s", error.reason)
        finally:
            self._writing = None

    async def _counts(self, first: int, last: int) -> Mapping[int, Counts]:
        await self.flush()
        given = {"of_tenant": self._tenant, "first": first, "last": last}
        counts: dict[int, dict[str, int]] = {}
        async with self._database.read() as connection:
            for row in await connection.execute(_READ, given):
                counts.setdefault(row.bucket, {})[row.word] = row.number
        return counts

    async def _add(self, connection: JournalConnection, noted: Mapping[_Key, int]) -> None:
        """Sorted: so no two processes lock rows crosswise."""
        rows = [
            {"tenant": self._tenant, "bucket": bucket, "word": word, "number": noted[bucket, word]}
            for bucket, word in sorted(noted)
        ]
        await connection.execute(_adding(self._database.insert), rows)


@cache
def _adding(insert: InsertInto) -> Executable:
    upsert = insert(activity)
    return upsert.on_conflict_do_update(
        index_elements=[activity.c.tenant, activity.c.bucket, activity.c.word],
        set_={"number": activity.c.number + upsert.excluded.number},
    )
