"""The door of the administration API: one token, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import logging

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

log = logging.getLogger(__name__)
_CHALLENGE = {"WWW-Authenticate": "Bearer"}


class AdminDoor:
    """ASGI middleware. Lets a request through with the token in `Authorization: Bearer` or
    `X-Admin-Token`; else 401 without detail. Without a token set: 503 `admin_not_configured`.

    No cookie counts, so no other site's page can make a browser pass.
    """

    def __init__(self, app: ASGIApp, *, token: str | None) -> None:
        self._app = app
        self._digest = token_digest(token) if token else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._digest is None:
            response = JSONResponse({"error": "admin_not_configured"}, 503)
            await response(scope, receive, send)
        elif is_admin(Headers(scope=scope), self._digest):
            await self._app(scope, receive, send)
        else:
            log.warning("admin request refused", extra={"reason": "wrong_admin_token"})
            response = JSONResponse({"error": "unauthorized"}, 401, headers=_CHALLENGE)
            await response(scope, receive, send)


def is_admin(headers: Headers, digest: bytes | None) -> bool:
    """Whether the token came whose `token_digest` this is; never where none is set."""
    return digest is not None and hmac.compare_digest(token_digest(_given(headers)), digest)


def _given(headers: Headers) -> str:
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    return headers.get("x-admin-token", "")


def token_digest(token: str) -> bytes:
    """What tokens are compared by, so that the time of it tells nothing."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
