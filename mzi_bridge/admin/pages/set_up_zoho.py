"""First step of the set-up: the application in Zoho, and the consent of an administrator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr
from starlette.responses import RedirectResponse, Response

from mzi_bridge.admin.caller import own_origin
from mzi_bridge.admin.checked import checked
from mzi_bridge.admin.routing import Acted, act, look
from mzi_bridge.admin.sealed import Sealed
from mzi_bridge.admin.told import told_of
from mzi_bridge.admin.visit import Visit
from mzi_bridge.admin.words.zoho import ENVIRONMENTS, REGIONS
from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.sessions import Role
from mzi_bridge.zoho_scopes import ZOHO_SCOPES

PAGE = "/admin/set-up/zoho"
BACK = f"{PAGE}/back"
CONSENT_SECONDS = 900.0
"""How long a person may take to agree in Zoho."""
NAMES = ("ZOHO_REGION", "ZOHO_ENVIRONMENT", "ZOHO_CLIENT_ID", "ZOHO_CLIENT_SECRET")


async def show(visit: Visit) -> Response:
    """GET /admin/set-up/zoho"""
    return await _page(visit)


async def _page(visit: Visit, **context: Any) -> Response:
    desk = visit.ports.set_up
    given: dict[str, Any] = {
        "standing": await desk.standing(),
        "redirect_uri": _redirect_uri(visit),
        "regions": tuple(REGIONS),
        "environments": tuple(ENVIRONMENTS),
        "scopes": ZOHO_SCOPES,
        "found": None,
        **context,
    }
    return visit.page("set_up_zoho.html", form_to=desk.accounts_origins(), **given)


async def connect(visit: Visit) -> Acted:
    """POST /admin/set-up/zoho/connect {ZOHO_REGION, ZOHO_ENVIRONMENT, ZOHO_CLIENT_ID,
    ZOHO_CLIENT_SECRET}: keeps them and leads to Zoho's consent."""
    # An empty secret is the one that is known already.
    values = {name: text for name in NAMES if (text := visit.field(name))}
    await visit.ports.set_up.keep_application(values, visit.session.actor)
    state = _sealed(visit).close({"actor": visit.session.actor, "at": visit.session.created_at})
    url = await visit.ports.set_up.consent_url(_redirect_uri(visit), state)
    details = {name: text for name, text in values.items() if name != "ZOHO_CLIENT_SECRET"}
    return Acted(response=RedirectResponse(url, 303), details=details)


async def back(visit: Visit) -> Response:
    """GET /admin/set-up/zoho/back?code&state&location: Zoho leads here after the consent. It is
    taken by a button of our own page, for a GET changes nothing."""
    query = visit.query
    refusal = None if "code" in query else told_of(_refused())
    return visit.page("set_up_zoho_back.html", refusal=refusal, query=query)


async def finish(visit: Visit) -> Acted:
    """POST /admin/set-up/zoho/finish {code, state, location}: trades the code, asks the CRM."""
    _own_consent(visit)
    await visit.ports.set_up.take_consent(
        SecretStr(visit.field("code")),
        _redirect_uri(visit),
        visit.field("location", 10).lower(),
        visit.session.actor,
    )
    return await check(visit)


async def check(visit: Visit) -> Acted:
    """POST /admin/set-up/zoho/check: what the consent allows, asked now."""
    found = await checked(visit.ports.set_up.check_zoho())
    return found.acted(await _page(visit, found=found))


def _own_consent(visit: Visit) -> None:
    known: Mapping[str, Any] | None = _sealed(visit).open(visit.field("state"))
    own = {"actor": visit.session.actor, "at": visit.session.created_at}
    if known is None or dict(known) != own:
        raise OperatorError(
            "This consent was not asked for in this session, or too long ago.",
            reason="consent_unknown",
            fix="Begin again with Connect.",
        )


def _refused() -> OperatorError:
    return OperatorError(
        "Zoho gave no consent.",
        reason="consent_refused",
        fix="Agree in Zoho with an administrator's account, and begin again.",
    )


def _redirect_uri(visit: Visit) -> str:
    return own_origin(visit.request, visit.ports.terms) + BACK


def _sealed(visit: Visit) -> Sealed:
    return Sealed(visit.ports.seal, visit.ports.clock, "zoho-consent", CONSENT_SECONDS)


ROUTES = (
    look("/set-up/zoho", show),
    look("/set-up/zoho/back", back, Role.OPERATOR),
    act("/set-up/zoho/connect", connect, "connect_zoho", back=PAGE),
    act("/set-up/zoho/finish", finish, "check_zoho", back=PAGE),
    act("/set-up/zoho/check", check, "check_zoho", back=PAGE),
)
