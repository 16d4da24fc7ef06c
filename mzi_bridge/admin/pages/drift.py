"""Is Moodle equal to the CRM? The last comparison, a new one, and mending what differs."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from mzi_bridge.admin.asked import number_of, plain_name
from mzi_bridge.admin.live import stream
from mzi_bridge.admin.routing import Acted, act, look
from mzi_bridge.admin.text import N_, Text
from mzi_bridge.admin.visit import Visit
from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.runs import RunState
from mzi_bridge.pipeline.reconcile import Kind
from mzi_bridge.pipeline.reconcile.kept import KIND
from mzi_bridge.pipeline.reconcile.standing import REPAIRED, Comparison, comparison_of

PAGE = "/admin/drift"
ROWS = 20
FIRST = 10
"""Records of each kind on the first page; that of the comparison shows all that were kept."""
KINDS = (*(kind.value for kind in Kind), REPAIRED)
WORDS = (*KINDS, "moving", "unchecked")
WRONG = (*(kind.value for kind in Kind if kind.is_drift), "unchecked")


async def show(visit: Visit) -> Response:
    """GET /admin/drift"""
    links = visit.ports.links()
    modules = dict(links.preset.modules) if links is not None else {}
    return visit.page("drift.html", modules=modules, **await _now(visit))


async def live(visit: Visit) -> Response:
    """GET /admin/drift/live: the comparisons as server-sent events."""
    return await stream(visit, _part)


async def one(visit: Visit) -> Response:
    """GET /admin/drift/{id}: all that was kept of one comparison."""
    number = number_of(visit.request.path_params["id"])
    run = await visit.ports.journal.runs.get(number) if number is not None else None
    if run is None or run.kind != KIND:
        raise OperatorError("There is no such comparison.", reason="not_found")
    return visit.page("drift_one.html", one=comparison_of(run), first=None, **_words(visit))


async def _part(visit: Visit) -> str:
    return visit.fragment("drift_now.html", **await _now(visit))


async def _now(visit: Visit) -> dict[str, Any]:
    runs = await visit.ports.journal.runs.recent(ROWS, kind=KIND)
    known = [comparison_of(run) for run in runs]
    ended = [one for one in known if one.state is not RunState.RUNNING]
    return {
        "running": [one for one in known if one.state is RunState.RUNNING],
        "last": next((one for one in ended if one.state is RunState.DONE), None),
        "past": ended,
        "first": FIRST,
        **_words(visit),
    }


def _words(visit: Visit) -> dict[str, Any]:
    links = visit.ports.links()
    entities = {} if links is None else {m: one.entity for m, one in links.preset.modules.items()}
    return {"agrees": _agrees, "entities": entities, "kinds": KINDS, "words": WORDS}


def _agrees(one: Comparison) -> bool:
    return not any(one.counts.get(word) for word in WRONG)


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
    look("/drift/{id}", one),
    act("/drift/compare", compare, "start_reconcile", back=PAGE),
    act("/drift/repair", repair, "start_repair", back=PAGE),
)
