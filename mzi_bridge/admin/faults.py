"""Errors as pages: what happened, why, and what to do."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse

from mzi_bridge.admin.console import Console
from mzi_bridge.admin.told import told_of
from mzi_bridge.admin.visit import Visit
from mzi_bridge.errors import MziError, OperatorError, PauseLink, RetryLater

NOT_THERE = frozenset({"not_found", "bad_record_id", "module_not_mapped", "no_such_version"})
"""Of an address that is made like a page's, but names nothing."""


def fault_page(
    console: Console,
    request: Request,
    error: MziError,
    status: int | None = None,
    visit: Visit | None = None,
) -> HTMLResponse:
    """With the console's frame for whoever is signed in. `status` None: 503 for what may pass,
    404 for what is not there, 409 for what a person must change, else 502."""
    language = console.language(request)
    content = console.rendering.render(
        language,
        "fault.html",
        {"visit": visit, "now": console.ports.clock.now(), "told": told_of(error), "path": "/"},
    )
    return HTMLResponse(content, status or _status(error))


def not_found(console: Console, request: Request, visit: Visit | None = None) -> HTMLResponse:
    error = OperatorError("There is no such page.", reason="no_such_page")
    return fault_page(console, request, error, 404, visit)


def _status(error: MziError) -> int:
    if isinstance(error, RetryLater | PauseLink):
        return 503
    if error.reason in NOT_THERE:
        return 404
    return 409 if isinstance(error, OperatorError) else 502
