"""The audit log: who did what, when, and what came of it."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from mzi_bridge.admin.asked import number_of
from mzi_bridge.admin.routing import look
from mzi_bridge.admin.visit import Visit
from mzi_bridge.journal.audit import AuditFilter

PAGE = "/admin/audit"
ROWS = 50


async def show(visit: Visit) -> Response:
    """GET /admin/audit?actor=&action=&failed=1&before=ID"""
    query, audit = visit.query, visit.ports.journal.audit
    which = AuditFilter(
        query.get("actor", "")[:200], query.get("action", "")[:100], query.get("failed") == "1"
    )
    rows = await audit.list(which, limit=ROWS + 1, before=number_of(query.get("before")))
    chosen = {"actor": which.actor, "action": which.action, "failed": "1" if which.failed else ""}
    older = rows[ROWS - 1].id if len(rows) > ROWS else None
    return visit.page(
        "audit.html",
        rows=rows[:ROWS],
        which=which,
        actors=await audit.actors(),
        actions=await audit.actions(),
        older=older and f"{PAGE}?{urlencode({**chosen, 'before': older})}",
        newest=f"{PAGE}?{urlencode(chosen)}" if query.get("before") else None,
    )


ROUTES = (look("/audit", show),)
