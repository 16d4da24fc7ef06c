"""API keys: which programs may call the bridge, and for what. A key is shown this once."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from mzi_bridge.admin.asked import number_asked
from mzi_bridge.admin.routing import Acted, act, look
from mzi_bridge.admin.text import N_, Text
from mzi_bridge.admin.told import told_of
from mzi_bridge.admin.visit import Visit
from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.api_keys import ApiKey, Scope
from mzi_bridge.journal.sessions import Role

PAGE = "/admin/keys"
DAY = 86_400.0
MOST_DAYS = 3650
LONGEST_NAME = 100
UNFIT = 422


async def show(visit: Visit) -> Response:
    """GET /admin/keys"""
    return await _page(visit)


async def _page(visit: Visit, **context: Any) -> Response:
    keys = await visit.ports.journal.api_keys.list(history=True)
    now = visit.ports.clock.now()
    given: dict[str, Any] = {
        "live": [key for key in keys if _counts(key, now)],
        "ended": [key for key in reversed(keys) if not _counts(key, now)],
        "scopes": tuple(Scope),
        "made": None,
        "trouble": None,
        "name": "",
        "chosen": (),
        "days": "",
        **context,
    }
    return visit.page("keys.html", **given)


async def create(visit: Visit) -> Acted:
    """POST /admin/keys/create {name, scope…, days?}: answers with the key, this once."""
    name, days = visit.field("name", LONGEST_NAME), visit.field("days", 20)
    chosen = [one for one in visit.form.getlist("scope") if isinstance(one, str)]
    try:
        made = await visit.ports.journal.api_keys.create(
            name, chosen, actor=visit.session.actor, expires_at=_end(visit)
        )
    except OperatorError as error:
        kept = {"name": name, "chosen": chosen, "days": days}
        page = await _page(visit, trouble=told_of(error), status=UNFIT, **kept)
        return Acted(response=page, outcome=error.reason)
    return Acted(
        response=await _page(visit, made=made),
        target=made.key.name,
        details={"id": made.key.id, "scopes": " ".join(made.key.scopes)},
    )


async def revoke(visit: Visit) -> Acted:
    """POST /admin/keys/revoke {id}"""
    key = await visit.ports.journal.api_keys.revoke(number_asked(visit, "id"))
    if key is None:
        raise OperatorError("No such key counts.", reason="no_such_key")
    told = Text(N_("The key %(name)s opens nothing any more."), {"name": key.name})
    return Acted(PAGE, told, target=key.name, details={"id": key.id})


def _end(visit: Visit) -> float | None:
    """When a new key ends (epoch seconds). Raises OperatorError bad_number."""
    if not visit.field("days"):
        return None
    days = number_asked(visit, "days")
    if not 0 < days <= MOST_DAYS:
        raise OperatorError(f"A key counts 1 to {MOST_DAYS} days.", reason="bad_number")
    return visit.ports.clock.now() + days * DAY


def _counts(key: ApiKey, now: float) -> bool:
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > now)


ROUTES = (
    look("/keys", show, Role.OPERATOR),
    act("/keys/create", create, "key_created", back=PAGE),
    act("/keys/revoke", revoke, "key_revoked", back=PAGE),
)
