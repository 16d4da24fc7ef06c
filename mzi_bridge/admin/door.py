"""The one door of the console: signed in, allowed, sent by our own page, written down.

Every page and action passes `guarded`; no handler checks any of this itself.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mzi_bridge.admin.caller import address_of, is_own_page
from mzi_bridge.admin.console import Console
from mzi_bridge.admin.cookies import SESSION
from mzi_bridge.admin.faults import fault_page
from mzi_bridge.admin.routing import Acted, AdminRoute, Look
from mzi_bridge.admin.told import Told, told_of
from mzi_bridge.admin.visit import Visit
from mzi_bridge.errors import MziError, OperatorError
from mzi_bridge.journal.sessions import Role, Session

log = logging.getLogger(__name__)
SIGN_IN = "/admin/sign-in"
MOST_FIELDS = 2000
BUG = "bug"
Endpoint = Callable[[Request], Awaitable[Response]]


def guarded(console: Console, route: AdminRoute) -> Endpoint:
    """The route's handler behind the door.

    A stranger is led to sign in. A viewer who would act gets 403 `not_permitted`, a form of
    another site's page 403 `cross_site`. What an action came to is in the audit log, as are
    those refusals; a handler's MziError becomes a page (GET) or a message (POST).
    """

    async def endpoint(request: Request) -> Response:
        try:
            session = await _session(console, request)
            if session is None:
                return _to_sign_in(request)
            visit = _visit(console, request, session)
            if route.look is not None:
                return await _look(console, route, route.look, visit)
            return await _act(console, route, visit)
        except MziError as error:
            return fault_page(console, request, error)

    return endpoint


async def visit_of(console: Console, request: Request) -> Visit | None:
    """Whoever is signed in, at an address behind which there is no page; None for a stranger, and
    while nobody can be looked up."""
    try:
        session = await _session(console, request)
    except MziError:
        return None
    # A message that waits belongs to the next page.
    return replace(_visit(console, request, session), told=()) if session else None


async def _session(console: Console, request: Request) -> Session | None:
    token = console.cookies(request).get(SESSION)
    session = await console.ports.journal.sessions.find(token) if token else None
    if session is None or session.method not in console.methods:
        return None
    return session


def _to_sign_in(request: Request) -> Response:
    """Back to the page after signing in; a form is lost, for nobody knows who filled it."""
    if request.method not in ("GET", "HEAD"):
        return RedirectResponse(SIGN_IN, 303)
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"{SIGN_IN}?next={quote(wanted, safe='/')}", 303)


def _visit(console: Console, request: Request, session: Session) -> Visit:
    return Visit(
        request=request,
        ports=console.ports,
        language=console.language(request),
        rendering=console.rendering,
        session=session,
        streams=console.streams,
        client=str(address_of(request, console.ports.terms) or ""),
        told=console.telling.take(console.cookies(request)) if request.method == "GET" else (),
    )


def _may(route: AdminRoute, session: Session) -> bool:
    return route.role is Role.VIEWER or session.role is Role.OPERATOR


async def _look(console: Console, route: AdminRoute, handler: Look, visit: Visit) -> Response:
    if not _may(route, visit.session):
        return fault_page(console, visit.request, _not_permitted(), 403, visit)
    try:
        response = await handler(visit)
    except MziError as error:
        return fault_page(console, visit.request, error, None, visit)
    except Exception:
        log.exception("the page %s was ended by a bug", route.path)
        return fault_page(console, visit.request, _bug(), 500, visit)
    if visit.told:
        console.telling.forget(console.cookies(visit.request), response)
    return response


async def _act(console: Console, route: AdminRoute, visit: Visit) -> Response:
    refusal = None
    if not is_own_page(visit.request, console.ports.terms):
        refusal = _cross_site()
    elif not _may(route, visit.session):
        refusal = _not_permitted()
    if refusal is not None:
        await _write(console, route, visit, refusal.reason)
        log.warning("console: %s refused", route.action, extra={"reason": refusal.reason})
        return fault_page(console, visit.request, refusal, 403, visit)
    # Read before the row is written: what cannot be read is no action.
    return await _done(console, route, await _with_form(visit))


async def _done(console: Console, route: AdminRoute, visit: Visit) -> Response:
    """The row is written first, so that nothing is done unwritten."""
    audit = console.ports.journal.audit
    row = await _write(console, route, visit)
    try:
        acted = await route.acting(visit)
    except MziError as error:
        await audit.end(row, error.reason)
        return _led(console, visit, Acted(route.back_of(visit.request.path_params)), told_of(error))
    except Exception:
        log.exception("the action %s was ended by a bug", route.action)
        await audit.end(row, BUG)
        return fault_page(console, visit.request, _bug(), 500, visit)
    await audit.end(row, acted.outcome, target=acted.target, details=acted.details)
    if acted.response is not None:
        return acted.response
    told = None if acted.told is None else Told(acted.kind, acted.told)
    return _led(console, visit, acted, told)


async def _write(console: Console, route: AdminRoute, visit: Visit, outcome: str = "begun") -> int:
    return await console.ports.journal.audit.write(
        visit.session.actor, visit.client, route.action, outcome=outcome
    )


async def _with_form(visit: Visit) -> Visit:
    form = await visit.request.form(max_fields=MOST_FIELDS, max_files=1)
    return replace(visit, form=form)


def _led(console: Console, visit: Visit, acted: Acted, told: Told | None) -> Response:
    response = RedirectResponse(acted.to, 303)
    if told is not None:
        console.telling.put(console.cookies(visit.request), response, told)
    return response


def _not_permitted() -> OperatorError:
    return OperatorError(
        "This takes the role operator; you are signed in as a viewer.", reason="not_permitted"
    )


def _cross_site() -> OperatorError:
    return OperatorError("The form did not come from a page of this console.", reason="cross_site")


def _bug() -> OperatorError:
    return OperatorError("The bridge met a fault of its own; its log tells more.", reason=BUG)
