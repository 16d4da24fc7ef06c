"""The inbox: a set of dirty records, marked by notices, claimed and settled by workers."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from msgspec.structs import replace
from sqlalchemy import Connection, case, func, select, update

from mzi_bridge.bound import binding
from mzi_bridge.clock import Clock
from mzi_bridge.journal.channels import touch_channels
from mzi_bridge.journal.claiming import LimitOf, limit_for, module_heads, rota, take
from mzi_bridge.journal.conflicts import through_conflicts
from mzi_bridge.journal.deliveries import Delivery, write_deliveries
from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.group_commit import GroupCommit
from mzi_bridge.journal.locks import LONGEST_LEASE_SECONDS
from mzi_bridge.journal.marking import mark_of, merge_marks, write_marks
from mzi_bridge.journal.pacing import LONGEST_PACE_SECONDS
from mzi_bridge.journal.records import (
    Claim,
    InboxCounts,
    Notice,
    Outcome,
    SettleCounts,
    Source,
)
from mzi_bridge.journal.settling import extend_lease, release_rows, settle_rows
from mzi_bridge.journal.tables import inbox
from mzi_bridge.journal.wake import Wake

log = logging.getLogger(__name__)
Arrivals = tuple[Sequence[Notice], Sequence[Delivery]]
EVENTS_A_LINE = 1000
BY_TURN_EVERY = 8
CLOCK_JUMP_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 4 * 3600.0


class Inbox:
    """One row per (tenant, module, record id). Every method raises JournalUnavailable."""

    def __init__(self, database: Database, clock: Clock, tenant: str, wake: Wake) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant
        self._wake = wake
        self._group: GroupCommit[Arrivals] = GroupCommit(self._commit)
        self._claims = 0
        self._last_now = clock.now()

    async def mark(self, notices: Sequence[Notice], *, deliveries: Sequence[Delivery] = ()) -> int:
        """Makes the records dirty and keeps the audit rows; durable when it returns.

        Answers the number of distinct records named. Everyone waiting shares one
        transaction. The channels by which notices came are touched in it, too.
        """
        if notices or deliveries:
            await self._group.submit((tuple(notices), tuple(deliveries)))
        return len({(notice.module, notice.record_id) for notice in notices})

    async def claim(
        self,
        *,
        owner: str,
        limit: LimitOf,
        lease_seconds: float,
        exclude_modules: AbstractSet[str] = frozenset(),
    ) -> Claim | None:
        """Leases due records of one module to `owner`; None when nothing is due.

        `limit` is a number, or asked per module (at most 1000 are given). A record is never
        in two live claims; a lease that ran out is claimable again.
        """
        seen = self._wake.count
        now = await self._steady_now()
        async with self._database.read() as connection:
            heads = await module_heads(connection, self._tenant)
        by_turn_only = self._claims % BY_TURN_EVERY == BY_TURN_EVERY - 1
        for head in rota(heads, now, exclude_modules, by_turn_only=by_turn_only):
            async with self._database.write() as connection:
                claim = await take(
                    connection,
                    self._tenant,
                    head,
                    owner=owner,
                    limit=limit_for(limit, head.module),
                    now=now,
                    lease_seconds=lease_seconds,
                )
            if claim is not None:
                self._claims += 1
                return claim
        self._wake.found_nothing_since(seen)
        return None

    async def extend(self, claim: Claim, lease_seconds: float) -> Claim:
        """The same claim with a later end, without the records that were lost meanwhile."""
        until = self._clock.now() + lease_seconds
        async with self._database.write() as connection:
            held = await extend_lease(connection, claim, until)
        items = tuple(item for item in claim.items if item.record_id in held)
        return replace(claim, items=items, lease_until=until)

    async def settle(self, claim: Claim, outcomes: Sequence[Outcome]) -> SettleCounts:
        """Ends the claim on the records named in `outcomes`; others of the claim stay leased.

        An outcome counts only if no newer notice came meanwhile; else the record is due again.
        """
        now = self._clock.now()
        async with self._database.write() as connection:
            counts = await settle_rows(connection, claim, outcomes, now)
        if counts.superseded or counts.retried:
            self._wake.call()
        return counts

    async def release(self, claim: Claim) -> None:
        """Hands back what is still held (a graceful stop, a paused link): no try is counted."""
        async with self._database.write() as connection:
            await release_rows(connection, claim, self._clock.now())
        self._wake.call()

    async def counts(self) -> InboxCounts:
        now = self._clock.now()
        leased = inbox.c.lease_id.is_not(None) & (inbox.c.ready_at > now)
        query = (
            select(
                inbox.c.module,
                func.count(),
                func.sum(case((inbox.c.ready_at <= now, 1), else_=0)),
                func.sum(case((leased, 1), else_=0)),
                func.min(inbox.c.first_noticed_at),
            )
            .where(inbox.c.tenant == self._tenant)
            .group_by(inbox.c.module)
        )
        async with self._database.read() as connection:
            rows = [tuple(row) for row in await connection.execute(query)]
        dirty, due, held = (sum(int(row[n]) for row in rows) for n in (1, 2, 3))
        return InboxCounts(
            dirty=dirty,
            due=due,
            leased=held,
            waiting=dirty - due - held,
            oldest_noticed_at=min((row[4] for row in rows), default=None),
            by_module={row[0]: int(row[1]) for row in rows},
        )

    async def next_due(self, exclude_modules: AbstractSet[str] = frozenset()) -> float | None:
        """When the next record may be claimed (epoch seconds; past if due); None if clean."""
        async with self._database.read() as connection:
            heads = await module_heads(connection, self._tenant)
        wanted = (head for head in heads if head.module not in exclude_modules)
        ready = (at for head in wanted for at in head.ready_at if at is not None)
        return min(ready, default=None)

    async def wait(self, seconds: float) -> None:
        """Returns when a record was marked in this process, or after `seconds`.

        A mark that came after the last claim that found nothing counts: it returns at once.
        """
        await self._wake.wait(self._clock, seconds)

    async def mend_clock(self) -> None:
        """Brings nearer what a clock that ran ahead has put off: no fresh notice waits, no retry
        waits longer than the longest backoff, what is paced no longer than an hour, no lease
        lasts longer than the longest there is.
        """
        now = self._clock.now()
        latest = case(
            (inbox.c.lease_id.is_not(None), now + LONGEST_LEASE_SECONDS),
            (inbox.c.attempts > 0, now + LONGEST_WAIT_SECONDS),
            (inbox.c.priority == Source.BACKFILL.priority, now + LONGEST_PACE_SECONDS),
            else_=now,
        )
        async with self._database.write() as connection:
            await connection.execute(
                update(inbox)
                .where(inbox.c.tenant == self._tenant, inbox.c.ready_at > latest)
                .values(ready_at=latest)
            )

    async def dirty_among(self, module: str, record_ids: Sequence[str]) -> frozenset[str]:
        """Those of these records (some hundreds at most) that are dirty or in hand now."""
        if not record_ids:
            return frozenset()
        query = select(inbox.c.record_id).where(
            inbox.c.tenant == self._tenant,
            inbox.c.module == module,
            inbox.c.record_id.in_(list(record_ids)),
        )
        async with self._database.read() as connection:
            return frozenset((await connection.execute(query)).scalars())

    async def close(self) -> None:
        await self._group.close()

    async def _steady_now(self) -> float:
        now = self._clock.now()
        if now < self._last_now - CLOCK_JUMP_SECONDS:
            await self.mend_clock()
        self._last_now = now
        return now

    async def _commit(self, arrivals: Sequence[Arrivals]) -> None:
        now = self._clock.now()
        notices = [notice for group, _ in arrivals for notice in group]
        deliveries = [delivery for _, group in arrivals for delivery in group]
        channels = {notice.channel_id for notice in notices if notice.channel_id}
        marks = merge_marks(mark_of(notice, now) for notice in notices)

        def write(connection: Connection) -> None:
            write_marks(connection, self._database, self._tenant, marks)
            write_deliveries(connection, self._tenant, deliveries, now)
            touch_channels(connection, self._tenant, channels, now)

        await through_conflicts(lambda: self._database.write_whole(write))
        _tell_accepted([notice for group, told in arrivals if told for notice in group])
        if marks:
            self._wake.call()


def _tell_accepted(notices: Sequence[Notice]) -> None:
    """One line for a commit, since a line costs as much as a notice; more where it is very long."""
    if not log.isEnabledFor(logging.INFO):
        return
    for first in range(0, len(notices), EVENTS_A_LINE):
        told = notices[first : first + EVENTS_A_LINE]
        events = list(dict.fromkeys(notice.event_id for notice in told))
        modules = " ".join(sorted({notice.module for notice in told}))
        # Said anew, for the writer's task has the context of whoever came first.
        with binding(event_ids=events, module=modules):
            log.info("accepted", extra={"notices": len(told)})
