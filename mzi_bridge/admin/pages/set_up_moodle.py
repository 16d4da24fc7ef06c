"""Second step of the set-up: the Moodle site, its token, and the key of its events."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from mzi_bridge.admin.caller import own_origin
from mzi_bridge.admin.checked import Checked, checked
from mzi_bridge.admin.routing import Acted, act, look
from mzi_bridge.admin.visit import Visit
from mzi_bridge.journal.api_keys import Scope
from mzi_bridge.journal.audit import Detail
from mzi_bridge.pipeline.doctor_moodle import CAPABILITY, REACHED, TOKEN

PAGE = "/admin/set-up/moodle"
MUSTS = frozenset({REACHED, TOKEN, CAPABILITY})
"""Without these a connection is none, and is not kept."""
API_KEY_NAME = "Moodle"
PLUGIN_SCOPES = (Scope.READ, Scope.SYNC, Scope.MAPPINGS_WRITE)
"""What the plugin's pages do with the bridge."""


async def show(visit: Visit) -> Response:
    """GET /admin/set-up/moodle"""
    return await _page(visit)


async def _page(visit: Visit, **context: Any) -> Response:
    standing = await visit.ports.set_up.standing()
    keys = await visit.ports.journal.api_keys.list()
    given: dict[str, Any] = {
        "standing": standing,
        "address": standing.moodle_url,
        "bridge_url": standing.public_url or own_origin(visit.request, visit.ports.terms),
        "has_event_key": visit.ports.facts().event_keys,
        "event_key": "",
        "api_key": "",
        "has_api_key": any(key.name == API_KEY_NAME for key in keys),
        "found": None,
        "kept": False,
        **context,
    }
    return visit.page("set_up_moodle.html", **given)


async def connect(visit: Visit) -> Acted:
    """POST /admin/set-up/moodle/connect {address, token}: tried for real, kept if it works."""
    address, token = visit.field("address").rstrip("/"), visit.field("token")
    found = await checked(visit.ports.set_up.check_moodle(address, token))
    kept = _works(found)
    if kept:
        await visit.ports.set_up.keep_moodle(address, token, visit.session.actor)
    page = await _page(visit, found=found, address=address, kept=kept)
    return found.acted(page)


async def check(visit: Visit) -> Acted:
    """POST /admin/set-up/moodle/check: the connected site, asked now."""
    found = await checked(visit.ports.set_up.check_moodle())
    return found.acted(await _page(visit, found=found))


async def new_key(visit: Visit) -> Acted:
    """POST /admin/set-up/moodle/key: a key for Moodle's events, shown this once."""
    key = await visit.ports.set_up.new_event_key(visit.session.actor)
    return Acted(response=await _page(visit, event_key=key, has_event_key=True))


async def new_api_key(visit: Visit) -> Acted:
    """POST /admin/set-up/moodle/api-key: a key by which the plugin calls the bridge, shown this
    once. Others of its name count until they are revoked."""
    made = await visit.ports.journal.api_keys.create(
        API_KEY_NAME, PLUGIN_SCOPES, actor=visit.session.actor
    )
    details: dict[str, Detail] = {"id": made.key.id, "scopes": " ".join(made.key.scopes)}
    page = await _page(visit, api_key=made.secret)
    return Acted(response=page, target=made.key.name, details=details)


def _works(found: Checked) -> bool:
    fine = {check.name for check in found.checks if check.state != "failed"}
    return fine >= MUSTS


ROUTES = (
    look("/set-up/moodle", show),
    act("/set-up/moodle/connect", connect, "check_moodle", back=PAGE),
    act("/set-up/moodle/check", check, "check_moodle", back=PAGE),
    act("/set-up/moodle/key", new_key, "new_event_key", back=PAGE),
    act("/set-up/moodle/api-key", new_api_key, "key_created", back=PAGE),
)
