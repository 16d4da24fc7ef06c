"""The ledger of API credits that the bridge's calls cost: all processes of a tenant, 24 hours.

Kept cheaply: a call is noted in memory, and what was noted goes to the database at most every
few seconds, with a later call, in a task of its own, and when the journal is closed. A crash
forgets what a few seconds of calls cost; another process learns of a call some seconds late.
What is forgotten is made up for by the CRM's own word, which counts more than the ledger while
it is fresh.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections import Counter
from collections.abc import Mapping
from functools import cache

from msgspec import Struct
from sqlalchemy import Executable, bindparam, delete, or_, select, update

from mzi_bridge.clock import Clock
from mzi_bridge.journal.connection import JournalConnection
from mzi_bridge.journal.engine import Database, InsertInto
from mzi_bridge.journal.errors import JournalUnavailable
from mzi_bridge.journal.tables import credit_totals, credits

log = logging.getLogger(__name__)
BUCKET_SECONDS = 300
WINDOW_SECONDS = 86_400
WRITE_SECONDS = 5.0
"""How long a noted call may stay in memory only, and how old the view of other processes is."""
FRESH_SECONDS = 900.0
"""How long the CRM's word counts: it says it only with an answer, and answers may cease."""

_AHEAD = 7200
_KEPT = WINDOW_SECONDS + 2 * _AHEAD

_BUCKETS = select(credits.c.bucket, credits.c.spent).where(
    credits.c.tenant == bindparam("of_tenant")
)
_TOTAL = select(credit_totals).where(credit_totals.c.tenant == bindparam("of_tenant"))
_FORGET = delete(credits).where(
    credits.c.tenant == bindparam("of_tenant"),
    or_(credits.c.bucket < bindparam("first"), credits.c.bucket > bindparam("last")),
)


class CreditStanding(Struct, frozen=True):
    """`spent`: what the bridge's calls of the last 24 hours cost. `said`: credits left in the
    whole organisation by the CRM's own word, less what was spent since; None where it has not
    said it lately. `said_for`: seconds for which its word still counts. `frees`: seconds from
    now → credits that leave the window then, in order."""

    spent: int
    said: int | None
    said_for: float
    frees: tuple[tuple[float, int], ...]

    def seconds_until(self, amount: int) -> float:
        """Until at least `amount` of the credits spent have left the window."""
        for seconds, credit in self.frees:
            amount -= credit
            if amount <= 0:
                return seconds
        return float(WINDOW_SECONDS)


class _Word(Struct, frozen=True):
    """`left` credits were left at `at`, when the tenant had spent `total` since ever."""

    left: int
    at: float
    total: int


class Credits:
    """Noting never waits. `standing` and `flush` raise JournalUnavailable.

    Buckets of five minutes by the bridge's clock; one counts until its end is a day old. A
    clock that jumps by an hour either way moves credits by as much, and loses none for good.
    """

    def __init__(self, database: Database, clock: Clock, tenant: str) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant
        self._noted: Counter[int] = Counter()
        self._heard: tuple[int, float] | None = None
        self._after_heard = 0
        self._buckets: Mapping[int, int] = {}
        self._total = 0
        self._word: _Word | None = None
        self._synced_at: float | None = None
        self._begun_at = clock.now()
        self._writing: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()

    def note(self, cost: int, left: int | None = None) -> None:
        """A call was answered, or may have been. `left`: what the CRM said is left after it."""
        now = self._clock.now()
        if cost:
            self._noted[int(now // BUCKET_SECONDS)] += cost
            self._after_heard += cost
        if left is not None:
            self._heard, self._after_heard = (left, now), 0
        if self._writing is None and self._is_due(now):
            self._writing = asyncio.create_task(self._write_quietly(), name="credit-ledger")

    async def standing(self) -> CreditStanding:
        """What is known now; other processes as of a few seconds ago."""
        if self._synced_at is None or self._is_due(self._clock.now()):
            await self.flush()
        return self._standing()

    async def flush(self) -> None:
        """Writes what was noted, and reads what others wrote."""
        async with self._lock:
            # Kept in `_noted` until it is committed; a cut-off commit may count it twice.
            noted, heard, after = self._noted.copy(), self._heard, self._after_heard
            self._begun_at = self._clock.now()
            if noted or heard:
                async with self._database.write() as connection:
                    await self._add(connection, noted)
                    await self._hear(connection, heard, after)
                    read = await self._read(connection)
            else:
                async with self._database.read() as connection:
                    read = await self._read(connection)
            self._noted -= noted
            if self._heard == heard:
                self._heard = None
            self._buckets, self._total, self._word = read
            self._synced_at = self._clock.now()

    async def close(self) -> None:
        """Writes what is left. A database out of reach loses it, and says so in the log."""
        if self._writing is not None:
            await self._writing
        if self._noted or self._heard:
            await self._write_quietly()

    async def _write_quietly(self) -> None:
        try:
            await self.flush()
        except JournalUnavailable as error:
            log.warning("credits not written: %s", error.reason)
        finally:
            self._writing = None

    def _is_due(self, now: float) -> bool:
        return not 0.0 <= now - self._begun_at < WRITE_SECONDS

    def _standing(self) -> CreditStanding:
        now = self._clock.now()
        buckets = Counter(self._buckets)
        buckets.update(self._noted)
        frees = tuple(
            ((bucket + 1) * BUCKET_SECONDS + WINDOW_SECONDS - now, spent)
            for bucket, spent in sorted(buckets.items())
            if _counts(bucket, now)
        )
        said, said_for = self._said(now)
        return CreditStanding(sum(spent for _, spent in frees), said, said_for, frees)

    def _said(self, now: float) -> tuple[int | None, float]:
        if self._heard is not None:
            left, at = self._heard
            since = self._after_heard
        elif self._word is not None:
            left, at = self._word.left, self._word.at
            since = self._total + self._noted.total() - self._word.total
        else:
            return None, 0.0
        if not 0.0 <= now - at < FRESH_SECONDS:
            return None, 0.0
        return max(0, left - since), at + FRESH_SECONDS - now

    async def _add(self, connection: JournalConnection, noted: Mapping[int, int]) -> None:
        """The row of the total first: it keeps processes from locking buckets crosswise."""
        await connection.execute(
            _adding_total(self._database.insert),
            {"tenant": self._tenant, "total": sum(noted.values())},
        )
        if not noted:
            return
        rows = [{"tenant": self._tenant, "bucket": b, "spent": s} for b, s in noted.items()]
        await connection.execute(_adding(self._database.insert), rows)
        now = self._clock.now()
        kept = {
            "first": math.floor((now - _KEPT) / BUCKET_SECONDS),
            "last": math.floor((now + _KEPT) / BUCKET_SECONDS),
        }
        await connection.execute(_FORGET, {"of_tenant": self._tenant, **kept})

    async def _hear(
        self, connection: JournalConnection, heard: tuple[int, float] | None, after: int
    ) -> None:
        """Keeps the CRM's word, unless another process heard a later one."""
        if heard is None:
            return
        left, at = heard
        known = credit_totals.c.said_at
        await connection.execute(
            update(credit_totals)
            .where(
                credit_totals.c.tenant == self._tenant,
                or_(known.is_(None), known <= at, known > self._clock.now()),
            )
            .values(said=left, said_at=at, said_total=credit_totals.c.total - after)
        )

    async def _read(
        self, connection: JournalConnection
    ) -> tuple[Mapping[int, int], int, _Word | None]:
        own = {"of_tenant": self._tenant}
        buckets = {row.bucket: row.spent for row in await connection.execute(_BUCKETS, own)}
        row = (await connection.execute(_TOTAL, own)).one_or_none()
        if row is None:
            return buckets, 0, None
        word = None if row.said is None else _Word(row.said, row.said_at, row.said_total)
        return buckets, row.total, word


@cache
def _adding_total(insert: InsertInto) -> Executable:
    upsert = insert(credit_totals)
    return upsert.on_conflict_do_update(
        index_elements=[credit_totals.c.tenant],
        set_={"total": credit_totals.c.total + upsert.excluded.total},
    )


@cache
def _adding(insert: InsertInto) -> Executable:
    upsert = insert(credits)
    return upsert.on_conflict_do_update(
        index_elements=[credits.c.tenant, credits.c.bucket],
        set_={"spent": credits.c.spent + upsert.excluded.spent},
    )


def _counts(bucket: int, now: float) -> bool:
    begins = bucket * BUCKET_SECONDS
    return now - WINDOW_SECONDS < begins + BUCKET_SECONDS and begins <= now + _AHEAD
