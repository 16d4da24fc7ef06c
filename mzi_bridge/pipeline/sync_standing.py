"""How far a job of syncs is: in memory, in its run's row, and as it is told to callers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mzi_bridge.journal.runs import Run, RunState
from mzi_bridge.pipeline.sync import Mode, Progress


@dataclass(frozen=True)
class Job:
    """A sync as it stands. `modules`: CRM module → outcome counts so far; a module is in
    `finished` once it is through. `waiting` is the reason for which it waits at this moment,
    empty while it goes on. Times are epoch seconds."""

    id: int
    mode: Mode
    dry_run: bool
    state: RunState
    reason: str
    modules: Mapping[str, Mapping[str, int]]
    finished: tuple[str, ...]
    started_at: float
    finished_at: float | None
    waiting: str = ""


@dataclass
class Standing:
    """Where a job stands: kept in its run as `position()`, its sums as the run's counts."""

    mode: Mode
    wanted: list[str]
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    finished: list[str] = field(default_factory=list)
    waiting: str = ""
    pages: int = 0

    def position(self) -> dict[str, Any]:
        return {
            "mode": self.mode.value,
            "wanted": self.wanted,
            "counts": self.counts,
            "finished": self.finished,
            "waiting": self.waiting,
        }

    def totals(self) -> dict[str, int]:
        totals: dict[str, int] = {}
        for counts in self.counts.values():
            for word, number in counts.items():
                totals[word] = totals.get(word, 0) + number
        return totals

    def told(self, progress: Progress) -> None:
        self.counts[progress.module] = dict(progress.counts)
        self.pages += 1
        self.waiting = ""


def job_of(run: Run, position: Any) -> Job:
    """The run as its callers see it; `position` is the newest that is known."""
    known: Mapping[str, Any] = position or {"mode": Mode.FULL, "counts": {}, "finished": []}
    return Job(
        id=run.id,
        mode=Mode(known["mode"]),
        dry_run=run.dry_run,
        state=run.state,
        reason=run.error_reason,
        modules=known["counts"],
        finished=tuple(known["finished"]),
        started_at=run.started_at,
        finished_at=run.finished_at,
        waiting=known.get("waiting", "") if run.state is RunState.RUNNING else "",
    )


def standing_of(run: Run) -> Standing:
    """Where a run stood at its last sign of life."""
    position: Mapping[str, Any] = run.position or {}
    return Standing(
        Mode(position.get("mode", Mode.FULL)),
        list(position.get("wanted", [])),
        {module: dict(counts) for module, counts in position.get("counts", {}).items()},
        list(position.get("finished", [])),
    )
