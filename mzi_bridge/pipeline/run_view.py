"""Runs of syncs and comparisons as people see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from mzi_bridge.journal.runs import Run, RunState
from mzi_bridge.pipeline.reconcile.kept import KIND as RECONCILE
from mzi_bridge.pipeline.reconcile.standing import comparison_of
from mzi_bridge.pipeline.sync import Mode
from mzi_bridge.pipeline.sync_jobs import KIND as JOB
from mzi_bridge.pipeline.sync_standing import job_of

_MODES = frozenset(mode.value for mode in Mode)


class RunView(Struct, frozen=True):
    """`modules` are those it is about, `mode` full, delta or empty. `total` is how many records
    they have, roughly; `rate` in records a second and `seconds_left` while it runs and can be
    told. `waiting` is why it waits now. Times are epoch seconds."""

    id: int
    kind: str
    modules: tuple[str, ...]
    mode: str
    dry_run: bool
    state: RunState
    reason: str
    counts: Mapping[str, int]
    started_at: float
    finished_at: float | None
    total: int | None
    waiting: str
    rate: float | None
    seconds_left: float | None


def view_of(run: Run) -> RunView:
    position: Mapping[str, Any] = run.position if isinstance(run.position, Mapping) else {}
    job = job_of(run, position) if run.kind == JOB and position else None
    running = run.state is RunState.RUNNING
    return RunView(
        id=run.id,
        kind=run.kind,
        modules=_modules(run, position),
        mode=str(position.get("mode", run.kind if run.kind in _MODES else "")),
        dry_run=run.dry_run,
        state=run.state,
        reason=run.error_reason,
        counts=run.counts,
        started_at=run.started_at,
        finished_at=run.finished_at,
        total=_total(run, position),
        waiting=job.waiting if job else "",
        rate=job.rate if job and running else None,
        seconds_left=job.seconds_left if job else None,
    )


def _modules(run: Run, position: Mapping[str, Any]) -> tuple[str, ...]:
    if run.module is not None:
        return (run.module,)
    if run.kind == RECONCILE:
        found = comparison_of(run)
        return found.progress.wanted if found.progress else tuple(found.modules)
    return tuple(position.get("wanted", ()))


def _total(run: Run, position: Mapping[str, Any]) -> int | None:
    """Of a job the sum of its modules, once all are known."""
    sizes = position.get("sizes", {})
    if run.kind == JOB and set(position.get("wanted", ())) <= sizes.keys():
        return sum(sizes.values()) if sizes else None
    return run.total
