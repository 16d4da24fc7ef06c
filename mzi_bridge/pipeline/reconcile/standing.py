"""A comparison as its run keeps it: how far it is, and what it found. Ids and names, no value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from mzi_bridge.journal.runs import Run, RunState
from mzi_bridge.pipeline.reconcile.drift import Finding, ModuleReport, Reconciliation
from mzi_bridge.pipeline.reconcile.run import DONE, Step

MOST_ROWS = 200
"""Rows kept of each kind; how many there were is counted whole."""
REPAIRED = "repaired"
_IN_CHILD = re.compile(r"(\w+)\[.*\](\.\w+)?", re.DOTALL)
"""Between the brackets stands the key of a child row: a value."""


class Progress(Struct, frozen=True):
    """Of `wanted` modules those `finished` are through; with `module` it is `doing` (reading,
    comparing, looking again) `done` of `total` records, 0 where that is not known."""

    wanted: tuple[str, ...] = ()
    finished: tuple[str, ...] = ()
    module: str = ""
    doing: str = ""
    done: int = 0
    total: int = 0

    def after(self, step: Step) -> Progress:
        if step.doing == DONE:
            return Progress(self.wanted, (*self.finished, step.module))
        return replace(self, module=step.module, doing=step.doing, done=step.done, total=step.total)


class DriftRow(Struct, frozen=True):
    """One record and what is wrong with it, or under `repaired` what was."""

    module: str
    kind: str
    record_id: str
    columns: tuple[str, ...] = ()
    reason: str = ""


class Comparison(Struct, frozen=True):
    """`modules`: what was found in each by kind. `rows` by kind and `repaired`, `MOST_ROWS` of
    each at most, while `counts` counts all. `failed`: modules that could not be compared, each
    with the reason. `progress` is told while it runs. Times are epoch seconds."""

    id: int
    module: str | None
    repair: bool
    state: RunState
    reason: str
    counts: Mapping[str, int]
    started_at: float
    finished_at: float | None
    modules: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    rows: Mapping[str, Sequence[DriftRow]] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)
    progress: Progress | None = None


def comparison_of(run: Run) -> Comparison:
    position: Mapping[str, Any] = run.position or {}
    progress = position.get("progress")
    return Comparison(
        run.id,
        run.module,
        not run.dry_run,
        run.state,
        run.error_reason,
        run.counts,
        run.started_at,
        run.finished_at,
        position.get("modules", {}),
        {kind: [_row(kept) for kept in rows] for kind, rows in position.get("rows", {}).items()},
        position.get("failed", {}),
        _progress(progress) if progress and run.state is RunState.RUNNING else None,
    )


def kept_progress(progress: Progress) -> dict[str, Any]:
    """The `position` of a run under way."""
    return {"progress": {name: value for name, value in asdict(progress).items() if value}}


def kept_result(result: Reconciliation) -> dict[str, Any]:
    """The `position` of a run at its end."""
    modules = result.modules
    return {
        "modules": {module: dict(report.counts()) for module, report in modules.items()},
        "failed": {m: report.error.reason for m, report in modules.items() if report.error},
        "rows": _rows(modules),
    }


def _rows(modules: Mapping[str, ModuleReport]) -> dict[str, list[list[Any]]]:
    kept: dict[str, list[list[Any]]] = {}
    for module, report in modules.items():
        grouped = [(finding.kind.value, finding) for finding in report.found]
        grouped += [(REPAIRED, finding) for finding in report.repaired]
        for group, finding in grouped:
            rows = kept.setdefault(group, [])
            if len(rows) < MOST_ROWS:
                rows.append(_kept(module, finding))
    return kept


def _kept(module: str, finding: Finding) -> list[Any]:
    columns = list(dict.fromkeys(_plain(column) for column in finding.columns))
    return [module, finding.kind.value, finding.record_id, columns, finding.reason]


def _plain(column: str) -> str:
    """`installments.amount` of `installments[KEY].amount`."""
    found = _IN_CHILD.fullmatch(column)
    return column if found is None else found[1] + (found[2] or "")


def _row(kept: Sequence[Any]) -> DriftRow:
    module, kind, record_id, columns, reason = kept
    return DriftRow(module, kind, record_id, tuple(columns), reason)


def _progress(kept: Mapping[str, Any]) -> Progress:
    return Progress(
        tuple(kept.get("wanted", ())),
        tuple(kept.get("finished", ())),
        kept.get("module", ""),
        kept.get("doing", ""),
        kept.get("done", 0),
        kept.get("total", 0),
    )
