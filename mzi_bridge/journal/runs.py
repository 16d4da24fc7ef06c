"""Runs of long work: where they stand, so that a killed one goes on instead of anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, Executable, Integer, Row, bindparam, func, insert, select, update

from mzi_bridge.clock import Clock
from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.pruning import prune_in_pieces, pruning
from mzi_bridge.journal.tables import MAX_NAME, runs


class RunState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_OF_TENANT = runs.c.tenant == bindparam("of_tenant")
_IS_RUNNING = runs.c.state == RunState.RUNNING
_START = insert(runs).returning(runs)
_GET = select(runs).where(_OF_TENANT, runs.c.id == bindparam("of_id"))
_CHANGE = (
    update(runs)
    .where(
        _OF_TENANT,
        runs.c.id == bindparam("of_id"),
        runs.c.state.in_(bindparam("of_states", expanding=True)),
    )
    .returning(runs.c.id)
)
_RUNNING = (RunState.RUNNING,)
_UNFINISHED = (
    select(runs)
    .where(
        _OF_TENANT,
        runs.c.kind == bindparam("of_kind"),
        _IS_RUNNING,
        func.coalesce(runs.c.module, "") == bindparam("of_module"),
        runs.c.dry_run == bindparam("of_dry_run"),
    )
    .order_by(runs.c.id.desc())
    .limit(1)
)
_ALL_UNFINISHED = (
    select(runs)
    .where(
        _OF_TENANT,
        runs.c.kind.in_(bindparam("of_kinds", expanding=True)),
        _IS_RUNNING,
        runs.c.dry_run.is_(False),
    )
    .order_by(runs.c.id.desc())
)
_RECENT = (
    select(runs)
    .where(_OF_TENANT)
    .order_by(runs.c.id.desc())
    .limit(bindparam("most", type_=Integer))
)
_RECENT_OF_KIND = _RECENT.where(runs.c.kind == bindparam("of_kind"))
_BEFORE = runs.c.id < bindparam("before", type_=BigInteger)
_LATEST = select(runs).where(
    runs.c.id.in_(
        select(func.max(runs.c.id))
        .where(
            _OF_TENANT,
            runs.c.kind.in_(bindparam("of_kinds", expanding=True)),
            runs.c.dry_run.is_(False),
            runs.c.module.is_not(None),
        )
        .group_by(runs.c.module)
    )
)
_PRUNE = pruning(runs.c.id, _OF_TENANT, runs.c.finished_at < bindparam("before"))


class Run(Struct, frozen=True):
    """`position` is any JSON value, the runner's own; `counts` the totals so far by word.

    Times are epoch seconds; `updated_at` is the last sign of life, as a checkpoint. `owner` is the
    process that has or had it in hand.
    """

    id: int
    kind: str
    module: str | None
    dry_run: bool
    state: RunState
    total: int | None
    position: Any
    counts: Mapping[str, int]
    started_at: float
    updated_at: float
    finished_at: float | None
    error_reason: str
    owner: str = ""


class Runs:
    """Every method raises JournalUnavailable."""

    def __init__(self, database: Database, clock: Clock, tenant: str) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant

    async def start(
        self,
        kind: str,
        module: str | None,
        dry_run: bool = False,
        total: int | None = None,
        *,
        owner: str = "",
    ) -> Run:
        now = self._clock.now()
        values: dict[str, Any] = {
            "tenant": self._tenant,
            "kind": kind,
            "module": module,
            "dry_run": dry_run,
            "state": RunState.RUNNING,
            "total": total,
            "position": None,
            "counts": {},
            "started_at": now,
            "updated_at": now,
            "error_reason": "",
            "owner": owner[:200],
        }
        async with self._database.write() as connection:
            return _run((await connection.execute(_START, values)).one())

    async def adopt(self, run_id: int, owner: str) -> bool:
        """Tells who goes on with a run; False if it has ended."""
        return await self._update(run_id, {"owner": owner[:200], "updated_at": self._clock.now()})

    async def touch(self, run_id: int) -> bool:
        """A sign of life; False if the run has ended."""
        return await self._update(run_id, {"updated_at": self._clock.now()})

    async def checkpoint(
        self,
        run_id: int,
        position: Any,
        counts: Mapping[str, int],
        total: int | None = None,
    ) -> bool:
        """Keeps where the run stands; `counts` are totals, not additions.

        False when the run is no longer running (someone cancelled it): nothing is kept then.
        """
        values: dict[str, Any] = {
            "position": position,
            "counts": dict(counts),
            "updated_at": self._clock.now(),
        }
        if total is not None:
            values["total"] = total
        return await self._update(run_id, values)

    async def finish(self, run_id: int, state: RunState | str, error_reason: str = "") -> bool:
        """Ends a running run; False if it had ended before, which then stands."""
        now = self._clock.now()
        values = {
            "state": RunState(state),
            "finished_at": now,
            "updated_at": now,
            "error_reason": error_reason[:MAX_NAME],
        }
        return await self._update(run_id, values)

    async def pause(self, run_id: int) -> bool:
        """Bars a running run from going on; whoever has it in hand learns of it at its next
        checkpoint. False if it was not running."""
        return await self._turn(run_id, _RUNNING, RunState.PAUSED)

    async def resume(self, run_id: int) -> bool:
        """Lets a paused run go on; False if it was not paused."""
        return await self._turn(run_id, (RunState.PAUSED,), RunState.RUNNING)

    async def cancel(self, run_id: int) -> bool:
        """Ends a running or paused run for good; False if it had ended before."""
        of = (RunState.RUNNING, RunState.PAUSED)
        return await self._turn(run_id, of, RunState.CANCELLED, finished_at=self._clock.now())

    async def get(self, run_id: int) -> Run | None:
        return await self._first(_GET, {"of_id": run_id})

    async def unfinished(self, kind: str, module: str | None, dry_run: bool = False) -> Run | None:
        """The newest run of that kind and module still marked as running: one to resume."""
        these = {"of_kind": kind, "of_module": module or "", "of_dry_run": dry_run}
        return await self._first(_UNFINISHED, these)

    async def all_unfinished(self, kinds: Collection[str]) -> tuple[Run, ...]:
        """The runs of these kinds still marked as running, dry runs aside; newest first."""
        these = {"of_tenant": self._tenant, "of_kinds": sorted(kinds)}
        async with self._database.read() as connection:
            return tuple(_run(row) for row in await connection.execute(_ALL_UNFINISHED, these))

    async def recent(
        self, limit: int = 20, *, kind: str | None = None, before: int | None = None
    ) -> tuple[Run, ...]:
        """Newest first; with `before` those with a lower id."""
        these = {"of_tenant": self._tenant, "of_kind": kind, "most": limit, "before": before}
        query = _RECENT if kind is None else _RECENT_OF_KIND
        async with self._database.read() as connection:
            found = query if before is None else query.where(_BEFORE)
            return tuple(_run(row) for row in await connection.execute(found, these))

    async def latest_of(self, kinds: Collection[str]) -> tuple[Run, ...]:
        """The newest run of these kinds for each module, dry runs aside."""
        these = {"of_tenant": self._tenant, "of_kinds": sorted(kinds)}
        async with self._database.read() as connection:
            return tuple(_run(row) for row in await connection.execute(_LATEST, these))

    async def since_done(
        self, kind: str, module: str | None, *, limit: int = 50
    ) -> tuple[Run, ...]:
        """The last one done of that kind and module, dry runs aside, and all begun after it;
        newest first, `limit` at most."""
        of_these = (
            runs.c.tenant == self._tenant,
            runs.c.kind == kind,
            runs.c.module.is_(None) if module is None else runs.c.module == module,
            runs.c.dry_run.is_(False),
        )
        done = select(func.max(runs.c.id)).where(*of_these, runs.c.state == RunState.DONE)
        query = (
            select(runs)
            .where(*of_these, runs.c.id >= func.coalesce(done.scalar_subquery(), 0))
            .order_by(runs.c.id.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            return tuple(_run(row) for row in await connection.execute(query))

    async def prune(self, before: float) -> int:
        """Forgets runs that ended before that time; how many."""
        old = {"of_tenant": self._tenant, "before": before}
        return await prune_in_pieces(self._database, _PRUNE, old)

    async def _first(self, query: Executable, these: Mapping[str, Any]) -> Run | None:
        async with self._database.read() as connection:
            found = await connection.execute(query, {"of_tenant": self._tenant, **these})
            row = found.one_or_none()
        return None if row is None else _run(row)

    async def _turn(
        self, run_id: int, of: Sequence[RunState], state: RunState, **values: Any
    ) -> bool:
        changed = {"state": state, "updated_at": self._clock.now(), **values}
        return await self._update(run_id, changed, of)

    async def _update(
        self, run_id: int, values: Mapping[str, Any], of: Sequence[RunState] = _RUNNING
    ) -> bool:
        named = {"of_tenant": self._tenant, "of_id": run_id, "of_states": list(of)}
        async with self._database.write() as connection:
            changed = await connection.execute(_CHANGE, {**named, **values})
            return changed.one_or_none() is not None


def _run(row: Row[Any]) -> Run:
    return Run(
        row.id,
        row.kind,
        row.module,
        row.dry_run,
        RunState(row.state),
        row.total,
        row.position,
        row.counts,
        row.started_at,
        row.updated_at,
        row.finished_at,
        row.error_reason,
        row.owner,
    )
