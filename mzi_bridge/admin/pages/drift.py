"""Is Moodle equal to the CRM? The last comparison, a new one, and mending what differs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from mzi_bridge.admin.asked import plain_name
from mzi_bridge.admin.live import stream
from mzi_bridge.admin.routing import Acted, act, look
from mzi_bridge.admin.text import N_, Text
from mzi_bridge.admin.visit import Visit
from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.runs import Run, RunState
from mzi_bridge.pipeline.reconcile import Kind
from mzi_bridge.pipeline.reconcile.kept import KIND

PAGE = "/admin/drift"
ROWS = 20
WORDS = (*(kind.value for kind in Kind), "repaired", "moving", "unchecked")
WRONG = (*(kind.value for kind in Kind if kind.is_drift), "unchecked")


async def show(visit: Visit) -> Response:
    """GET /admin/drift"""
    links = visit.ports.links()
    modules = dict(links.preset.modules) if links is not None else {}
    return visit.page("drift.html", modules=modules, **await _now(visit))


async def live(visit: Visit) -> Response:
    """GET /admin/drift/live: the comparisons as server-sent events."""
    return await stream(visit, _part)


async def _part(visit: Visit) -> str:
    return visit.fragment("drift_now.html", **await _now(visit))


async def _now(visit: Visit) -> dict[str, Any]:
    runs = await visit.ports.journal.runs.recent(ROWS, kind=KIND)
    ended = [run for run in runs if run.state is not RunState.RUNNING]
    last = next((run for run in ended if run.state is RunState.DONE), None)
    return {
        "running": [run for run in runs if run.state is RunState.RUNNING],
        "last": last,
        "agrees": last is not None and not any(last.counts.get(word) for word in WRONG),
        "rows": _rows(last),
        "past": ended,
        "words": WORDS,
    }


def _rows(last: Run | None) -> list[tuple[str, Mapping[str, int]]]:
    """The counts of each module in which anything was found."""
    position: Mapping[str, Mapping[str, int]] = (last.position if last else None) or {}
    return [(module, counts) for module, counts in position.items() if counts]


async def compare(visit: Visit) -> Acted:
    """POST /admin/drift/compare {module?}: looks only."""
    return await _start(visit, repair=False)


async def repair(visit: Visit) -> Acted:
    """POST /admin/drift/repair {module?}: looks, and mends what it finds."""
    return await _start(visit, repair=True)


async def _start(visit: Visit, *, repair: bool) -> Acted:
    reconciler = visit.ports.reconciler()
    if reconciler is None:
        raise visit.ports.trouble() or OperatorError(
            "The bridge is not connected yet.", reason="not_connected"
        )
    module = plain_name(visit.field("module"))
    run = await reconciler.start(module, repair=repair)
    return Acted(
        PAGE, Text(N_("The comparison has begun.")), target=module or "", details={"id": run.id}
    )


ROUTES = (
    look("/drift", show),
    look("/drift/live", live),
    act("/drift/compare", compare, "start_reconcile", back=PAGE),
    act("/drift/repair", repair, "start_repair", back=PAGE),
)
