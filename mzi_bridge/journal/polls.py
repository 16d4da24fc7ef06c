"""When each module is to be polled next: shared by all processes, kept over restarts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, and_, case, func, or_, select, update

from mzi_bridge.clock import Clock
from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.tables import MAX_NAME, polls

REST_SECONDS = 60.0
LONGEST_LEASE_SECONDS = 3600.0


@dataclass(frozen=True)
class PollClaim:
    """One module's poll, in hand until `lease_until` (epoch seconds).

    `reason` is why it is due: `schedule`, or what was said when it was asked for. `failures`
    and `untold` count the polls before this one, see PollState.
    """

    module: str
    reason: str
    asked: int
    failures: int
    untold: int
    lease_id: str
    lease_until: float


@dataclass(frozen=True)
class PollState:
    """`failures`: polls in a row that failed. `untold`: scheduled polls in a row that found
    changes no notice had told of. `done_at` is the end of the last that succeeded. Times are
    epoch seconds by the bridge's clock."""

    module: str
    due_at: float
    reason: str
    started_at: float | None
    done_at: float | None
    failures: int
    untold: int


SCHEDULE = "schedule"


class Polls:
    """One row a module. Every method raises JournalUnavailable."""

    def __init__(self, database: Database, clock: Clock, tenant: str) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant

    async def ensure(self, due: Mapping[str, float]) -> None:
        """Modules that have no row yet get one, due at that time; the others stay as they are."""
        rows = [_new_row(self._tenant, module, due_at) for module, due_at in sorted(due.items())]
        if rows:
            async with self._database.write() as connection:
                await connection.execute(
                    self._database.insert(polls).on_conflict_do_nothing(), rows
                )

    async def ask(self, modules: Collection[str], reason: str) -> None:
        """Polls these modules at once, though none twice within a minute.

        Asked while a poll is under way, another follows: the first may have looked too early.
        """
        now = self._clock.now()
        earliest = case(
            (polls.c.started_at.is_(None), now),
            (polls.c.started_at > now, now),
            (polls.c.started_at + REST_SECONDS > now, polls.c.started_at + REST_SECONDS),
            else_=now,
        )
        async with self._database.write() as connection:
            await connection.execute(
                update(polls)
                .where(polls.c.tenant == self._tenant, polls.c.module.in_(sorted(modules)))
                .values(
                    due_at=case((polls.c.due_at < earliest, polls.c.due_at), else_=earliest),
                    asked=polls.c.asked + 1,
                    reason=reason[:MAX_NAME],
                )
            )

    async def claim(
        self, modules: Collection[str], *, lease_seconds: float, longest_wait: float
    ) -> PollClaim | None:
        """Leases the module that has been due for longest; None when none of these is due.

        `longest_wait` is the furthest ahead that a due time can lie, in seconds: one beyond it
        was set before the clock was set back, and is due now.
        """
        now = self._clock.now()
        free = or_(
            polls.c.lease_until.is_(None),
            polls.c.lease_until <= now,
            polls.c.lease_until > now + LONGEST_LEASE_SECONDS,
        )
        due = or_(polls.c.due_at <= now, polls.c.due_at > now + longest_wait)
        ready = and_(polls.c.tenant == self._tenant, polls.c.module.in_(sorted(modules)), free, due)
        first = select(polls.c.module).where(ready).order_by(polls.c.due_at, polls.c.module)
        async with self._database.read() as connection:
            module = (await connection.execute(first.limit(1))).scalar_one_or_none()
        if module is None:
            return None
        lease, until = uuid4().hex, now + min(lease_seconds, LONGEST_LEASE_SECONDS)
        async with self._database.write() as connection:
            taken = await connection.execute(
                update(polls)
                .where(ready, polls.c.module == module)
                .values(lease_id=lease, lease_until=until, started_at=now)
                .returning(polls)
            )
            row = taken.one_or_none()
        return None if row is None else _claim(row)

    async def extend(self, claim: PollClaim, lease_seconds: float) -> bool:
        """Whether the poll is still this claim's; its lease then ends later."""
        until = self._clock.now() + min(lease_seconds, LONGEST_LEASE_SECONDS)
        return await self._end(claim, {"lease_until": until})

    async def finish(self, claim: PollClaim, due_at: float, *, untold: int) -> bool:
        """The poll succeeded; the next is at `due_at`, or as soon as may be if it was asked for
        meanwhile. False when the lease had passed to someone else: nothing is kept then."""
        values = {"done_at": self._clock.now(), "failures": 0, "untold": untold}
        return await self._end(claim, values | self._next(claim, due_at))

    async def fail(self, claim: PollClaim, due_at: float) -> bool:
        """The poll failed: it is tried again at `due_at`, for the same reason as before."""
        values = {"failures": polls.c.failures + 1, "due_at": due_at}
        return await self._end(claim, values | _FREED)

    async def release(self, claim: PollClaim) -> bool:
        """Hands the poll back as it was: it is still due, and nothing is counted."""
        return await self._end(claim, _FREED)

    async def list(self) -> tuple[PollState, ...]:
        """All of the tenant, by module."""
        query = select(polls).where(polls.c.tenant == self._tenant).order_by(polls.c.module)
        async with self._database.read() as connection:
            return tuple(_state(row) for row in await connection.execute(query))

    def _next(self, claim: PollClaim, due_at: float) -> dict[str, Any]:
        asked_meanwhile = polls.c.asked != claim.asked
        soon = func.coalesce(polls.c.started_at, 0.0) + REST_SECONDS
        return _FREED | {
            "due_at": case((asked_meanwhile, soon), else_=due_at),
            "reason": case((asked_meanwhile, polls.c.reason), else_=SCHEDULE),
        }

    async def _end(self, claim: PollClaim, values: Mapping[str, Any]) -> bool:
        async with self._database.write() as connection:
            kept = await connection.execute(
                update(polls)
                .where(
                    polls.c.tenant == self._tenant,
                    polls.c.module == claim.module,
                    polls.c.lease_id == claim.lease_id,
                )
                .values(**values)
                .returning(polls.c.module)
            )
            return kept.one_or_none() is not None


_FREED: dict[str, Any] = {"lease_id": None, "lease_until": None}


def _new_row(tenant: str, module: str, due_at: float) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "module": module,
        "due_at": due_at,
        "reason": SCHEDULE,
        "asked": 0,
        "failures": 0,
        "untold": 0,
    }


def _claim(row: Row[Any]) -> PollClaim:
    return PollClaim(
        row.module,
        row.reason,
        row.asked,
        row.failures,
        row.untold,
        row.lease_id,
        row.lease_until,
    )


def _state(row: Row[Any]) -> PollState:
    return PollState(
        row.module,
        row.due_at,
        row.reason,
        row.started_at,
        row.done_at,
        row.failures,
        row.untold,
    )
