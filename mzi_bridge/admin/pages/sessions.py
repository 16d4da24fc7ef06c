"""Who is signed in, and the way to end a session."""

from __future__ import annotations

import re

from starlette.responses import Response

from mzi_bridge.admin.routing import Acted, act, look
from mzi_bridge.admin.text import N_, Text
from mzi_bridge.admin.visit import Visit
from mzi_bridge.journal.sessions import Role

PAGE = "/admin/sessions"
NAME = re.compile(r"[0-9a-f]{64}", re.ASCII)


async def show(visit: Visit) -> Response:
    """GET /admin/sessions"""
    return visit.page("sessions.html", sessions=await visit.ports.journal.sessions.list())


async def revoke(visit: Visit) -> Acted:
    """POST /admin/sessions/revoke {name}"""
    name = visit.field("name")
    ended = await visit.ports.journal.sessions.revoke(name) if NAME.fullmatch(name) else None
    if ended is None:
        told = Text(N_("That session was over already."))
        return Acted(PAGE, told, "plain", outcome="session_over")
    return Acted(PAGE, Text(N_("The session is ended.")), target=ended.actor)


ROUTES = (
    look("/sessions", show, Role.OPERATOR),
    act("/sessions/revoke", revoke, "revoke_session", back=PAGE),
)
