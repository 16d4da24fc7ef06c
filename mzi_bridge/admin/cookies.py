"""The console's cookies: the session's, the language, what is told once, a sign-in under way."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mzi_bridge.admin.caller import is_secure
from mzi_bridge.admin.ports import AdminTerms

SESSION = "mzi_session"
LANGUAGE = "mzi_language"
TOLD = "mzi_told"
SIGN_IN = "mzi_sign_in"
LANGUAGE_SECONDS = 365 * 86_400


class Cookies:
    """Sets and reads cookies of one request. All are HttpOnly and SameSite=Lax; on https they
    are Secure, too, and bear the prefix `__Host-`, so that no other host can set them."""

    def __init__(self, request: Request, terms: AdminTerms) -> None:
        self._given = request.cookies
        self._secure = is_secure(request, terms)

    def get(self, name: str) -> str | None:
        return self._given.get(self._named(name))

    def put(self, response: Response, name: str, value: str, seconds: int | None = None) -> None:
        """`seconds` None: until the browser ends."""
        response.set_cookie(
            self._named(name),
            value,
            max_age=seconds,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def drop(self, response: Response, name: str) -> None:
        response.delete_cookie(
            self._named(name), path="/", secure=self._secure, httponly=True, samesite="lax"
        )

    def _named(self, name: str) -> str:
        return f"__Host-{name}" if self._secure else name
