"""What stands before every call of the API: token, scope, limits; and what every answer bears."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from mzi_bridge.sandbox.zoho.answers import refused
from mzi_bridge.sandbox.zoho.emulator import Emulator, emulator
from mzi_bridge.sandbox.zoho.oauth import AccessToken
from mzi_bridge.sandbox.zoho.refusals import Refusal

BULK_CREDITS: Final = 50

Handler = Callable[[Request], Awaitable[Response]]
_OPERATIONS: Final = {
    "GET": ("READ",),
    "POST": ("CREATE", "WRITE"),
    "PUT": ("UPDATE", "WRITE"),
    "PATCH": ("UPDATE", "WRITE"),
    "DELETE": ("DELETE",),
}
_BULK_NEEDS: Final = re.compile(r"ZohoCRM\.modules\.(\w+\.)?(ALL|READ)")
_SCHEMES: Final = ("zoho-oauthtoken", "bearer")


def guarded(handler: Handler, *areas: str) -> Handler:
    """Let a call through to `handler` when its token grants every area.

    An area is `modules` (the path's module), `settings.fields`, `notifications`, `coql`, … as in
    the scope after `ZohoCRM.`. Refusals become Zoho's JSON.
    """

    async def endpoint(request: Request) -> Response:
        parts = emulator(request)
        token: AccessToken | None = None
        try:
            token = _authenticate(parts, request)
            for area in areas:
                _authorise(parts, token, area, request)
            with parts.limits.admitted(await _cost(request)):
                response = await handler(request)
        except Refusal as refusal:
            response = refused(refusal)
        if token is not None:
            response.headers["x-accesstoken-reset"] = parts.renderer.hour(int(token.expires))
        remaining = parts.limits.remaining()
        if remaining is not None:
            response.headers["X-API-CREDITS-REMAINING"] = str(remaining)
        return response

    return endpoint


def _authenticate(parts: Emulator, request: Request) -> AccessToken:
    header = request.headers.get("authorization")
    if header is None:
        raise Refusal("AUTHENTICATION_FAILURE", "Authentication failed", http=401)
    scheme, _, token = header.partition(" ")
    access = parts.oauth.check(token.strip())
    if scheme.lower() not in _SCHEMES or access is None:
        raise Refusal("INVALID_TOKEN", "invalid oauth token", http=401)
    return access


def _authorise(parts: Emulator, token: AccessToken, area: str, request: Request) -> None:
    reads = area in ("coql", "bulk")
    operations = ("READ",) if reads else _OPERATIONS.get(request.method, ("READ",))
    wanted = {
        f"{name}.{operation}" for name in _names(parts, area, request) for operation in operations
    }
    wanted |= {f"{name}.ALL" for name in _names(parts, area, request)}
    if not any(f"ZohoCRM.{name}" in token.scope for name in wanted):
        raise _scope_mismatch()
    if area == "bulk" and not any(map(_BULK_NEEDS.fullmatch, token.scope)):
        raise _scope_mismatch()


def _scope_mismatch() -> Refusal:
    return Refusal("OAUTH_SCOPE_MISMATCH", "invalid oauth scope to access this URL", http=401)


def _names(parts: Emulator, area: str, request: Request) -> tuple[str, ...]:
    """The scope words that cover an area, from the widest; custom modules share `custom`."""
    if area != "modules":
        widest = area.partition(".")[0]
        return (widest,) if widest == area else (widest, area)
    name = request.path_params.get("module", "")
    module = parts.crm.schema.modules.get(name)
    custom = module is None or module.generated_type != "default"
    return (
        ("modules",) if not name else ("modules", f"modules.{'custom' if custom else name.lower()}")
    )


async def _cost(request: Request) -> int:
    """Credits of a call: 2 for deleted records, 3 for a custom view, 1 per 10 rows written, 50
    to begin a bulk read."""
    if request.url.path.startswith("/crm/bulk/") and request.method == "POST":
        return BULK_CREDITS
    if request.url.path.endswith("/deleted"):
        return 2
    if "cvid" in request.query_params:
        return 3
    if request.method in ("POST", "PUT"):
        try:
            rows = json.loads(await request.body())["data"]
        except (ValueError, KeyError, TypeError):
            return 1
        return max(1, -(-len(rows) // 10)) if isinstance(rows, list) else 1
    return 1
