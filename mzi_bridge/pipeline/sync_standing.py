"""How far a job of syncs is: in memory, in its run's row, and as it is told to callers."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from mzi_bridge.journal.runs import Run, RunState
from mzi_bridge.pipeline.sync import Mode, Progress


class Job(msgspec.Struct, frozen=True):
    """A sync as it stands. `modules`: CRM module → outcome counts so far; a module is in
    `finished` once it is through. `sizes`: how many records each module has, roughly, as far as
    it is known. `rate`: records a second of late, None while it cannot be told. `waiting` is the
    reason for which it waits at this moment, empty while it goes on. Times are epoch seconds."""

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
    wanted: tuple[str, ...] = ()
    sizes: Mapping[str, int] = msgspec.field(default_factory=dict)
    rate: float | None = None

    @property
    def done(self) -> float | None:
        """The part that is through, 0 to 1; None while the sizes are not known."""
        if self.state is RunState.DONE:
            return 1.0
        whole = sum(self._size(module) for module in self.wanted)
        if not whole or not set(self.wanted) <= {*self.sizes, *self.finished}:
            return None
        return min(1.0, sum(self._seen(module) for module in self.wanted) / whole)

    @property
    def seconds_left(self) -> float | None:
        """At the rate of late; None where that is not known, or the sizes are not."""
        if self.state is not RunState.RUNNING or not self.rate or self.done is None:
            return None
        left = sum(self._size(module) - self._seen(module) for module in self.wanted)
        return max(0, left) / self.rate

    def _seen(self, module: str) -> int:
        seen = sum(self.modules.get(module, {}).values())
        return seen if module in self.finished else min(seen, self._size(module))

    def _size(self, module: str) -> int:
        seen = sum(self.modules.get(module, {}).values())
        return seen if module in self.finished else max(seen, self.sizes.get(module, 0))


RATE_SECONDS = 60.0
"""Over how long the rate is taken."""


@dataclass
class Standing:
    """Where a job stands: kept in its run as `position()`, its sums as the run's counts."""

    mode: Mode
    wanted: list[str]
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    finished: list[str] = field(default_factory=list)
    waiting: str = ""
    pages: int = 0
    sizes: dict[str, int] = field(default_factory=dict)
    _past: deque[tuple[float, int]] = field(default_factory=deque)

    def position(self) -> dict[str, Any]:
        return {
            "mode": self.mode.value,
            "wanted": self.wanted,
            "counts": self.counts,
            "finished": self.finished,
            "waiting": self.waiting,
            "sizes": self.sizes,
            "rate": self.rate(),
        }

    def mark(self, now: float) -> None:
        """Where it stands at `now` (epoch s), for the rate."""
        self._past.append((now, sum(self.totals().values())))
        while len(self._past) > 2 and now - self._past[1][0] >= RATE_SECONDS:
            self._past.popleft()

    def rate(self) -> float | None:
        """Records a second over the last minute; None before two marks, or after a jump back."""
        if len(self._past) < 2:
            return None
        (first, had), (last, has) = self._past[0], self._past[-1]
        return (has - had) / (last - first) if last > first and has >= had else None

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
        wanted=tuple(known.get("wanted", ())),
        sizes=known.get("sizes", {}),
        rate=known.get("rate"),
    )


def standing_of(run: Run) -> Standing:
    """Where a run stood at its last sign of life."""
    position: Mapping[str, Any] = run.position or {}
    return Standing(
        Mode(position.get("mode", Mode.FULL)),
        list(position.get("wanted", [])),
        {module: dict(counts) for module, counts in position.get("counts", {}).items()},
        list(position.get("finished", [])),
        sizes=dict(position.get("sizes", {})),
    )
