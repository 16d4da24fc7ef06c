"""What is owed to the CRM: claimed and settled by the pushers, looked into by people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import case, func, null, select, update

from mzi_bridge.clock import Clock
from mzi_bridge.journal import push_claims
from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.inbox import CLOCK_JUMP_SECONDS, LONGEST_WAIT_SECONDS
from mzi_bridge.journal.locks import LONGEST_LEASE_SECONDS
from mzi_bridge.journal.push_records import (
    PushClaim,
    PushCounts,
    PushOutcome,
    PushRow,
    PushSettled,
    PushState,
    PushStep,
)
from mzi_bridge.journal.seal import Seal
from mzi_bridge.journal.tables import pushes
from mzi_bridge.journal.wake import Wake

LARGEST_CLAIM = 100
LONGEST_LINGER_SECONDS = 60.0
SENDING = "sending"
DISCARDED = "discarded"
FACTS_ERASED = "facts_erased"


class Pushes:
    """One row per (tenant, kind, record key). Every method raises JournalUnavailable."""

    def __init__(
        self, database: Database, clock: Clock, tenant: str, wake: Wake, seal: Seal
    ) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant
        self._wake = wake
        self._seal = seal
        self._last_now = clock.now()

    async def claim(
        self,
        *,
        owner: str,
        kinds: Sequence[str],
        lease_seconds: float,
        limit: int = LARGEST_CLAIM,
    ) -> PushClaim | None:
        """Leases due writes of one of `kinds` to `owner`, the kind that waits longest; None when
        nothing is due. Raises OperatorError (secret_key_missing)."""
        seen = self._wake.count
        now = await self._steady_now()
        async with self._database.read() as connection:
            heads = [(await push_claims.head(connection, self._tenant, k), k) for k in kinds]
        due = sorted((ready, kind) for ready, kind in heads if ready is not None and ready <= now)
        for _, kind in due:
            async with self._database.write() as connection:
                claim = await push_claims.take(
                    connection,
                    self._tenant,
                    kind,
                    owner=owner,
                    limit=max(1, min(limit, LARGEST_CLAIM)),
                    now=now,
                    lease_seconds=lease_seconds,
                    opened=self._seal.open,
                )
            if claim is not None:
                return claim
        self._wake.found_nothing_since(seen)
        return None

    async def extend(self, claim: PushClaim, lease_seconds: float) -> PushClaim:
        """The same claim with a later end, without the writes that were lost meanwhile."""
        until = self._clock.now() + lease_seconds
        async with self._database.write() as connection:
            held = await push_claims.extend(connection, claim, until)
        items = tuple(item for item in claim.items if item.record_key in held)
        return replace(claim, items=items, lease_until=until)

    async def settle(self, claim: PushClaim, outcomes: Sequence[PushOutcome]) -> PushSettled:
        """Ends the claim on the writes named in `outcomes`; others of it stay leased."""
        async with self._database.write() as connection:
            counts = await push_claims.settle(connection, claim, outcomes, self._clock.now())
        if counts.superseded or counts.retried:
            self._wake.call()
        return counts

    async def release(self, claim: PushClaim) -> None:
        """Hands back what is still held (a graceful stop, a paused link): no try is counted."""
        async with self._database.write() as connection:
            await push_claims.release(connection, claim, self._clock.now())
        self._wake.call()

    async def sending(self, claim: PushClaim, keys: Sequence[str]) -> frozenset[str]:
        """Notes, before it is done, that records are about to be inserted; those still held."""
        steps = [PushStep(key, SENDING) for key in keys]
        async with self._database.write() as connection:
            return await push_claims.note_steps(connection, claim, steps, self._clock.now())

    async def step(self, claim: PushClaim, steps: Sequence[PushStep]) -> frozenset[str]:
        """Notes how far these have come; answers those still held."""
        async with self._database.write() as connection:
            return await push_claims.note_steps(connection, claim, steps, None)

    async def next_due(self, kinds: Sequence[str]) -> float | None:
        """When the next write of `kinds` may be claimed (epoch s; past if due); None if none."""
        async with self._database.read() as connection:
            heads = [await push_claims.head(connection, self._tenant, kind) for kind in kinds]
        return min((ready for ready in heads if ready is not None), default=None)

    async def wait(self, seconds: float) -> None:
        """Returns when something became owed in this process, or after `seconds`."""
        await self._wake.wait(self._clock, seconds)

    async def counts(self) -> PushCounts:
        now = self._clock.now()
        is_due = pushes.c.state == PushState.DUE
        leased = is_due & pushes.c.lease_id.is_not(None) & (pushes.c.ready_at > now)
        query = (
            select(
                pushes.c.kind,
                func.sum(case((is_due, 1), else_=0)),
                func.sum(case((leased, 1), else_=0)),
                func.sum(case((pushes.c.state == PushState.DEAD, 1), else_=0)),
                func.min(case((is_due, pushes.c.first_at), else_=null())),
            )
            .where(
                pushes.c.tenant == self._tenant,
                pushes.c.state.in_([PushState.DUE.value, PushState.DEAD.value]),
            )
            .group_by(pushes.c.kind)
        )
        async with self._database.read() as connection:
            rows = [tuple(row) for row in await connection.execute(query)]
        due, leased_now, dead = (sum(int(row[n]) for row in rows) for n in (1, 2, 3))
        oldest = min((row[4] for row in rows if row[4] is not None), default=None)
        return PushCounts(due, leased_now, dead, oldest, {row[0]: int(row[1]) for row in rows})

    async def written_by_us(self, module: str, crm_ids: Sequence[str]) -> Mapping[str, int]:
        """Of these records (some hundreds at most) those that a push wrote, and the version that
        the CRM gave them by it (epoch ms)."""
        if not crm_ids:
            return {}
        query = select(pushes.c.crm_id, func.max(pushes.c.written_ms)).where(
            *self._records(module, crm_ids), pushes.c.written_ms.is_not(None)
        )
        async with self._database.read() as connection:
            found = await connection.execute(query.group_by(pushes.c.crm_id))
            return {row[0]: int(row[1]) for row in found}

    async def of_late(
        self, module: str, crm_ids: Sequence[str], since: float
    ) -> Mapping[str, bool]:
        """Of these records (some hundreds at most) those of which a write is owed or was settled
        `since` (epoch s), and whether one is owed."""
        if not crm_ids:
            return {}
        is_due = pushes.c.state == PushState.DUE
        query = select(pushes.c.crm_id, func.max(case((is_due, 1), else_=0))).where(
            *self._records(module, crm_ids), is_due | (pushes.c.settled_at >= since)
        )
        async with self._database.read() as connection:
            found = await connection.execute(query.group_by(pushes.c.crm_id))
            return {row[0]: bool(row[1]) for row in found}

    async def count_echoes(self, module: str, crm_ids: Sequence[str]) -> None:
        """Notes that notices of these records told only of what we wrote."""
        if crm_ids:
            async with self._database.write() as connection:
                await connection.execute(
                    update(pushes)
                    .where(*self._records(module, crm_ids))
                    .values(echoes=pushes.c.echoes + 1)
                )

    async def list(
        self, state: PushState, *, kind: str | None = None, limit: int = 100
    ) -> Sequence[PushRow]:
        """Owed or dead writes, the oldest first."""
        query = (
            select(pushes)
            .where(pushes.c.tenant == self._tenant, pushes.c.state == state)
            .order_by(pushes.c.first_at, pushes.c.kind, pushes.c.record_key)
            .limit(limit)
        )
        if kind is not None:
            query = query.where(pushes.c.kind == kind)
        async with self._database.read() as connection:
            return [push_row(row) for row in await connection.execute(query)]

    async def retry(self, kind: str, record_key: str | None = None) -> int:
        """Makes dead writes owed again, all of the kind or one; how many. Those whose facts are
        gone stay dead."""
        now = self._clock.now()
        revived = {
            "state": PushState.DUE.value,
            "ready_at": now,
            "settled_at": None,
            "attempts": 0,
            "crashes": 0,
            "content_hash": None,
            "rows_hash": None,
        }
        count = await self._change_dead(revived, kind, record_key, pushes.c.sealed.is_not(None))
        if count:
            self._wake.call()
        return count

    async def discard(self, kind: str, record_key: str) -> int:
        """Ends a dead write without writing it, and forgets its facts; 1, or 0 if there is none."""
        ended = {
            "state": PushState.DONE.value,
            "sealed": None,
            "content_hash": None,
            "rows_hash": None,
            "last_reason": DISCARDED,
            "settled_at": self._clock.now(),
        }
        return await self._change_dead(ended, kind, record_key)

    async def erase(self, before: float) -> int:
        """Forgets the facts of writes that died before `before` (epoch s); how many."""
        erased = {"sealed": None, "last_reason": FACTS_ERASED}
        old = (pushes.c.sealed.is_not(None), pushes.c.settled_at < before)
        return await self._change_dead(erased, None, None, *old)

    async def mend_clock(self) -> None:
        """Brings nearer what a clock that ran ahead has put off, as the inbox does."""
        now = self._clock.now()
        latest = case(
            (pushes.c.lease_id.is_not(None), now + LONGEST_LEASE_SECONDS),
            (pushes.c.attempts > 0, now + LONGEST_WAIT_SECONDS),
            else_=now + LONGEST_LINGER_SECONDS,
        )
        async with self._database.write() as connection:
            await connection.execute(
                update(pushes)
                .where(
                    pushes.c.tenant == self._tenant,
                    pushes.c.state == PushState.DUE,
                    pushes.c.ready_at > latest,
                )
                .values(ready_at=latest)
            )

    async def _change_dead(
        self,
        values: Mapping[str, Any],
        kind: str | None,
        record_key: str | None,
        *conditions: Any,
    ) -> int:
        change = update(pushes).where(
            pushes.c.tenant == self._tenant, pushes.c.state == PushState.DEAD, *conditions
        )
        if kind is not None:
            change = change.where(pushes.c.kind == kind)
        if record_key is not None:
            change = change.where(pushes.c.record_key == record_key)
        async with self._database.write() as connection:
            changed = await connection.execute(
                change.values(dict(values)).returning(pushes.c.record_key)
            )
            return len(changed.all())

    def _records(self, module: str, crm_ids: Sequence[str]) -> tuple[Any, ...]:
        return (
            pushes.c.tenant == self._tenant,
            pushes.c.module == module,
            pushes.c.crm_id.in_(list(crm_ids)),
        )

    async def _steady_now(self) -> float:
        now = self._clock.now()
        if now < self._last_now - CLOCK_JUMP_SECONDS:
            await self.mend_clock()
        self._last_now = now
        return now


def push_row(row: Any) -> PushRow:
    return PushRow(
        kind=row.kind,
        record_key=row.record_key,
        module=row.module,
        state=PushState(row.state),
        step=row.step,
        crm_id=row.crm_id,
        attempts=row.attempts,
        first_at=row.first_at,
        last_at=row.last_at,
        ready_at=row.ready_at,
        reason=row.last_reason,
        message=row.message,
    )
