"""When each module is to be polled next: shared by all processes, kept over restarts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import uuid4

from msgspec import Struct
from sqlalchemy import Double, Executable, Row, bindparam, case, func, or_, select, update

from mzi_bridge.clock import Clock
from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.tables import MAX_NAME, polls

REST_SECONDS = 60.0
LONGEST_LEASE_SECONDS = 3600.0


class PollClaim(Struct, frozen=True):
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


class PollState(Struct, frozen=True):
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

_NOW = bindparam("now", type_=Double)
_RESTED = polls.c.started_at + REST_SECONDS
_EARLIEST = case(
    (polls.c.started_at.is_(None), _NOW),
    (polls.c.started_at > _NOW, _NOW),
    (_RESTED > _NOW, _RESTED),
    else_=_NOW,
)
_OF_THESE = (
    polls.c.tenant == bindparam("of_tenant"),
    polls.c.module.in_(bindparam("of_modules", expanding=True)),
)
_ASK = (
    update(polls)
    .where(*_OF_THESE)
    .values(
        due_at=case((polls.c.due_at < _EARLIEST, polls.c.due_at), else_=_EARLIEST),
        asked=polls.c.asked + 1,
        reason=bindparam("why"),
    )
)
_READY = (
    *_OF_THESE,
    or_(
        polls.c.lease_until.is_(None),
        polls.c.lease_until <= _NOW,
        polls.c.lease_until > bindparam("lease_too_far"),
    ),
    or_(polls.c.due_at <= _NOW, polls.c.due_at > bindparam("due_too_far")),
)
_FIRST_READY = (
    select(polls.c.module).where(*_READY).order_by(polls.c.due_at, polls.c.module).limit(1)
)
_CLAIM = (
    update(polls)
    .where(*_READY)
    .values(lease_id=bindparam("lease"), lease_until=bindparam("until"), started_at=_NOW)
    .returning(polls)
)
_LIST = select(polls).where(polls.c.tenant == bindparam("of_tenant")).order_by(polls.c.module)

_MINE = (
    update(polls)
    .where(
        polls.c.tenant == bindparam("of_tenant"),
        polls.c.module == bindparam("of_module"),
        polls.c.lease_id == bindparam("of_lease"),
    )
    .returning(polls.c.module)
)
_FREED: dict[str, Any] = {"lease_id": None, "lease_until": None}
_ASKED_MEANWHILE = polls.c.asked != bindparam("asked_before")
_EXTEND = _MINE.values(lease_until=bindparam("until"))
_RELEASE = _MINE.values(**_FREED)
_FAIL = _MINE.values(failures=polls.c.failures + 1, due_at=bindparam("due"), **_FREED)
_FINISH = _MINE.values(
    done_at=_NOW,
    failures=0,
    untold=bindparam("untold_now"),
    due_at=case(
        (_ASKED_MEANWHILE, func.coalesce(polls.c.started_at, 0.0) + REST_SECONDS),
        else_=bindparam("due", type_=Double),
    ),
    reason=case((_ASKED_MEANWHILE, polls.c.reason), else_=SCHEDULE),
    **_FREED,
)


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
        these = {"of_tenant": self._tenant, "of_modules": sorted(modules)}
        async with self._database.write() as connection:
            await connection.execute(
                _ASK, {**these, "now": self._clock.now(), "why": reason[:MAX_NAME]}
            )

    async def claim(
        self, modules: Collection[str], *, lease_seconds: float, longest_wait: float
    ) -> PollClaim | None:
        """Leases the module that has been due for longest; None when none of these is due.

        `longest_wait` is the furthest ahead that a due time can lie, in seconds: one beyond it
        was set before the clock was set back, and is due now.
        """
        now = self._clock.now()
        ready = {
            "of_tenant": self._tenant,
            "of_modules": sorted(modules),
            "now": now,
            "lease_too_far": now + LONGEST_LEASE_SECONDS,
            "due_too_far": now + longest_wait,
        }
        async with self._database.read() as connection:
            module = (await connection.execute(_FIRST_READY, ready)).scalar_one_or_none()
        if module is None:
            return None
        until = now + min(lease_seconds, LONGEST_LEASE_SECONDS)
        this = {**ready, "of_modules": [module], "lease": uuid4().hex, "until": until}
        async with self._database.write() as connection:
            row = (await connection.execute(_CLAIM, this)).one_or_none()
        return None if row is None else _claim(row)

    async def extend(self, claim: PollClaim, lease_seconds: float) -> bool:
        """Whether the poll is still this claim's; its lease then ends later."""
        until = self._clock.now() + min(lease_seconds, LONGEST_LEASE_SECONDS)
        return await self._mine(claim, _EXTEND, {"until": until})

    async def finish(self, claim: PollClaim, due_at: float, *, untold: int) -> bool:
        """The poll succeeded; the next is at `due_at`, or as soon as may be if it was asked for
        meanwhile. False when the lease had passed to someone else: nothing is kept then."""
        told = {"now": self._clock.now(), "due": due_at, "untold_now": untold}
        return await self._mine(claim, _FINISH, {**told, "asked_before": claim.asked})

    async def fail(self, claim: PollClaim, due_at: float) -> bool:
        """The poll failed: it is tried again at `due_at`, for the same reason as before."""
        return await self._mine(claim, _FAIL, {"due": due_at})

    async def release(self, claim: PollClaim) -> bool:
        """Hands the poll back as it was: it is still due, and nothing is counted."""
        return await self._mine(claim, _RELEASE, {})

    async def list(self) -> tuple[PollState, ...]:
        """All of the tenant, by module."""
        async with self._database.read() as connection:
            rows = await connection.execute(_LIST, {"of_tenant": self._tenant})
            return tuple(_state(row) for row in rows)

    async def _mine(self, claim: PollClaim, change: Executable, given: Mapping[str, Any]) -> bool:
        mine = {
            "of_tenant": self._tenant,
            "of_module": claim.module,
            "of_lease": claim.lease_id,
        }
        async with self._database.write() as connection:
            kept = await connection.execute(change, {**mine, **given})
            return kept.one_or_none() is not None


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
