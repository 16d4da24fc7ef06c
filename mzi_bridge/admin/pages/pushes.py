"""Writes into the CRM that are owed or were given up."""

from __future__ import annotations

from starlette.responses import Response

from mzi_bridge.admin.asked import plain_name
from mzi_bridge.admin.routing import Acted, act, look
from mzi_bridge.admin.text import counted
from mzi_bridge.admin.visit import Visit
from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.push_records import PushState

PAGE = "/admin/pushes"
ROWS = 200


async def show(visit: Visit) -> Response:
    """GET /admin/pushes"""
    pushes = visit.ports.journal.pushes
    dead = await pushes.list(PushState.DEAD, limit=ROWS)
    return visit.page(
        "pushes.html",
        rows=dead,
        kinds=sorted({row.kind for row in dead}),
        counts=await pushes.counts(),
        due=await pushes.list(PushState.DUE, limit=ROWS),
    )


async def retry(visit: Visit) -> Acted:
    """POST /admin/pushes/retry {kind, key?}: one write, or all of the kind."""
    kind, key = _kind(visit), plain_name(visit.field("key"))
    count = await visit.ports.journal.pushes.retry(kind, key)
    told = counted("%(number)s write is tried again.", "%(number)s writes are tried again.", count)
    return Acted(PAGE, told, "good" if count else "plain", kind, {"writes": count})


async def discard(visit: Visit) -> Acted:
    """POST /admin/pushes/discard {kind, key}"""
    kind, key = _kind(visit), plain_name(visit.field("key"))
    if key is None:
        raise OperatorError("No write is named.", reason="nothing_chosen")
    count = await visit.ports.journal.pushes.discard(kind, key)
    told = counted("%(number)s write is discarded.", "%(number)s writes are discarded.", count)
    return Acted(PAGE, told, "good" if count else "plain", kind, {"writes": count, "key": key})


def _kind(visit: Visit) -> str:
    kind = plain_name(visit.field("kind"))
    if kind is None:
        raise OperatorError("No kind of write is named.", reason="nothing_chosen")
    return kind


ROUTES = (
    look("/pushes", show),
    act("/pushes/retry", retry, "retry_push", back=PAGE),
    act("/pushes/discard", discard, "discard_push", back=PAGE),
)
