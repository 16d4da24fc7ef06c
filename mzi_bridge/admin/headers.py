"""The headers that every answer of the console bears."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "content-security-policy"


def content_policy(form_to: Sequence[str] = ()) -> str:
    """Nothing but our own files, no inline script or style, in nobody's frame. `form_to` are
    origins to which a form of the page may lead, by its answer's redirect, too."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            " ".join(("form-action 'self'", *form_to)),
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


HEADERS = {
    POLICY: content_policy(),
    "x-content-type-options": "nosniff",
    # Not no-referrer: with that, browsers send forms with `Origin: null`.
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "cache-control": "no-store",
}


class ConsoleHeaders:
    """ASGI middleware: each of `HEADERS`, unless the answer has its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)
