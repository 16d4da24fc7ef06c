"""Changes that the brake holds back until somebody says whether they are meant."""

from __future__ import annotations

from starlette.responses import Response

from mzi_bridge.admin.asked import name_asked, number_asked, plain_name
from mzi_bridge.admin.routing import Acted, act, look
from mzi_bridge.admin.text import counted
from mzi_bridge.admin.visit import Visit
from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.held import HeldState
from mzi_bridge.pipeline.held import HeldDesk

PAGE = "/admin/held"
ROWS = 100
NOTE = 500


async def show(visit: Visit) -> Response:
    """GET /admin/held?module="""
    module, held = name_asked(visit, "module"), visit.ports.journal.held
    # First: what is held meanwhile is listed, and not in what the form lets confirm.
    standing = await held.open_now()
    return visit.page(
        "held.html",
        standing=standing,
        module=module,
        rows=await held.list(module, limit=ROWS),
        confirmed=await held.list(module, limit=ROWS, state=HeldState.CONFIRMED),
        discarded=await held.list(module, limit=ROWS, state=HeldState.DISCARDED),
    )


async def confirm(visit: Visit) -> Acted:
    """POST /admin/held/confirm {module, number, up_to}: `number` as the visitor typed it."""
    module, number = _module(visit), number_asked(visit, "number")
    up_to = number_asked(visit, "up_to")
    count = await _desk(visit).confirm([module], number, up_to=up_to)
    told = counted(
        "%(number)s change is confirmed and on its way to Moodle.",
        "%(number)s changes are confirmed and on their way to Moodle.",
        count,
    )
    return Acted(PAGE, told, target=module, details={"changes": count, "up_to": up_to})


async def discard(visit: Visit) -> Acted:
    """POST /admin/held/discard {module, up_to, note} or {module, id, note}"""
    module, note = _module(visit), visit.field("note", NOTE)
    if visit.field("id"):
        count = await _desk(visit).discard(module, [number_asked(visit, "id")], note)
    else:
        up_to = number_asked(visit, "up_to")
        count = await _desk(visit).discard(module, None, note, up_to=up_to)
    told = counted(
        "%(number)s change is discarded: Moodle stays as it is.",
        "%(number)s changes are discarded: Moodle stays as it is.",
        count,
    )
    return Acted(
        PAGE, told, "good" if count else "plain", target=module, details={"changes": count}
    )


async def reopen(visit: Visit) -> Acted:
    """POST /admin/held/reopen {module, id}"""
    module, change = _module(visit), number_asked(visit, "id")
    count = await _desk(visit).reopen(module, [change])
    told = counted(
        "%(number)s change waits for your word again.",
        "%(number)s changes wait for your word again.",
        count,
    )
    details = {"id": change, "changes": count}
    return Acted(PAGE, told, "good" if count else "plain", target=module, details=details)


def _desk(visit: Visit) -> HeldDesk:
    return HeldDesk(visit.ports.journal)


def _module(visit: Visit) -> str:
    module = plain_name(visit.field("module"))
    if module is None:
        raise OperatorError("No module is named.", reason="nothing_chosen")
    return module


ROUTES = (
    look("/held", show),
    act("/held/confirm", confirm, "confirm_held", back=PAGE),
    act("/held/discard", discard, "discard_held", back=PAGE),
    act("/held/reopen", reopen, "reopen_held", back=PAGE),
)
