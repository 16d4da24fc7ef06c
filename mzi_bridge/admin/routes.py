"""The console as one mount: its pages behind the door, the few open ones beside it."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from mzi_bridge.admin.console import Console
from mzi_bridge.admin.door import guarded, visit_of
from mzi_bridge.admin.faults import fault_page, not_found
from mzi_bridge.admin.headers import ConsoleHeaders
from mzi_bridge.admin.navigation import NAVIGATION, Entry
from mzi_bridge.admin.pages import (
    audit,
    channels,
    dead,
    diagnostics,
    drift,
    held,
    keys,
    mapping_editor,
    mappings,
    overview,
    pushes,
    record,
    records,
    sessions,
    set_up,
    set_up_moodle,
    set_up_rest,
    set_up_zoho,
    settings,
    sync,
)
from mzi_bridge.admin.ports import AdminPorts
from mzi_bridge.admin.routing import AdminRoute, act
from mzi_bridge.admin.sign_in import SignInPages, sign_out
from mzi_bridge.admin.static_files import static_file
from mzi_bridge.body_limit import BodyLimit
from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.sessions import Role

BODY_LIMIT = 1_048_576
PAGES: tuple[AdminRoute, ...] = (
    *overview.ROUTES,
    *set_up.ROUTES,
    *set_up_zoho.ROUTES,
    *set_up_moodle.ROUTES,
    *set_up_rest.ROUTES,
    *sync.ROUTES,
    *records.ROUTES,
    *record.ROUTES,
    *held.ROUTES,
    *dead.ROUTES,
    *pushes.ROUTES,
    *channels.ROUTES,
    *mappings.ROUTES,
    *mapping_editor.ROUTES,
    *settings.ROUTES,
    *drift.ROUTES,
    *diagnostics.ROUTES,
    *keys.ROUTES,
    *audit.ROUTES,
    *sessions.ROUTES,
    act("/sign-out", sign_out, "sign_out", back="/admin/", role=Role.VIEWER),
)


def admin_routes(
    ports: AdminPorts,
    pages: Sequence[AdminRoute] = PAGES,
    navigation: Sequence[Entry] = NAVIGATION,
) -> list[BaseRoute]:
    """The console below /admin. All but signing in, the language and the static files is behind
    the door (`admin.door`), by its own declaration in `pages`."""
    console = Console(ports, navigation)

    async def missing(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 400
        visit = await visit_of(console, request)
        if status == 404:
            return not_found(console, request, visit)
        fault = OperatorError("The request could not be read.", reason="bad_request")
        return fault_page(console, request, fault, status, visit)

    app = Starlette(
        routes=[*_open_routes(console), *(_route(console, page) for page in pages)],
        middleware=[Middleware(ConsoleHeaders), Middleware(BodyLimit, limit=BODY_LIMIT)],
        exception_handlers={HTTPException: missing},
    )
    return [Route("/admin", _home), Mount("/admin", app=app)]


async def _home(request: Request) -> Response:
    return RedirectResponse("/admin/", 308)


def _route(console: Console, page: AdminRoute) -> Route:
    return Route(page.path, guarded(console, page), methods=[page.method])


def _open_routes(console: Console) -> list[Route]:
    pages = SignInPages(console)
    routes = [
        Route("/sign-in", pages.form, methods=["GET"]),
        Route("/sign-in", pages.by_token, methods=["POST"]),
        Route("/language", pages.language, methods=["POST"]),
        Route("/static/{digest}/{name}", static_file, methods=["GET"]),
    ]
    if console.ports.terms.openid is not None:
        # Here, for it brings libraries along that most bridges never need.
        from mzi_bridge.admin.oidc.pages import OpenIdPages

        openid = OpenIdPages(console, console.ports.terms.openid, pages)
        routes += [
            Route("/openid/start", openid.start, methods=["GET"]),
            Route("/openid/back", openid.back, methods=["GET"]),
        ]
    return routes
