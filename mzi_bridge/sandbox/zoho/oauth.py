"""The accounts server: grant codes, refresh and access tokens, and Zoho's limits on them.

No HTTP here. Refusals are values, since Zoho answers them with HTTP 200.
"""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mzi_bridge.clock import Clock

DEFAULT_SCOPE: Final = ",".join(
    (
        "ZohoCRM.modules.ALL",
        "ZohoCRM.settings.ALL",
        "ZohoCRM.notifications.ALL",
        "ZohoCRM.bulk.ALL",
        "ZohoCRM.coql.READ",
        "ZohoCRM.org.READ",
        "ZohoCRM.users.READ",
        "ZohoSearch.securesearch.READ",
    )
)
THROTTLED: Final = {
    "error": "Access Denied",
    "error_description": (
        "You have made too many requests continuously. Please try again after some time."
    ),
    "status": "failure",
}


@dataclass(frozen=True)
class OAuthRules:
    """Seconds and counts; None lifts a limit. Defaults as Zoho's pages have them."""

    token_seconds: int = 3600
    code_seconds: int = 180
    window_seconds: int = 600
    tokens_per_window: int | None = 10
    codes_per_window: int | None = 10
    active_tokens: int | None = 15
    refresh_tokens: int | None = 20


@dataclass(frozen=True)
class AccessToken:
    """`expires` in epoch seconds."""

    refresh_token: str
    scope: frozenset[str]
    expires: float


@dataclass
class _Grant:
    scope: str
    redirect_uri: str
    offline: bool
    expires: float


@dataclass
class _Session:
    """All that hangs on one refresh token."""

    scope: str
    made: deque[float] = field(default_factory=deque)
    active: OrderedDict[str, AccessToken] = field(default_factory=OrderedDict)


class OAuthServer:
    """Knows one client, with one refresh token from the start."""

    def __init__(
        self,
        clock: Clock,
        *,
        client_id: str,
        client_secret: str,
        refresh_token: str,
        scope: str = DEFAULT_SCOPE,
        rules: OAuthRules | None = None,
    ) -> None:
        self._clock = clock
        self._client = (client_id, client_secret)
        self._scope = scope
        self._rules = rules or OAuthRules()
        self._grants: dict[str, _Grant] = {}
        self._code_hours: deque[float] = deque()
        self._sessions: OrderedDict[str, _Session] = OrderedDict({refresh_token: _Session(scope)})

    def grant_code(
        self, client_id: str, redirect_uri: str, *, scope: str = "", offline: bool = True
    ) -> str | None:
        """A one-use code, as after a person's consent; None past the limit or for a stranger."""
        if not _same(client_id, self._client[0]):
            return None
        if not self._room(self._code_hours, self._rules.codes_per_window):
            return None
        code = _token()
        expires = self._clock.now() + self._rules.code_seconds
        self._grants[code] = _Grant(scope or self._scope, redirect_uri, offline, expires)
        return code

    def token(self, given: Mapping[str, str]) -> dict[str, Any]:
        """Answer the token endpoint: a token, or `{"error": …}`. Lacks `api_domain`."""
        if not _same(given.get("client_id", ""), self._client[0]):
            return {"error": "invalid_client"}
        if not _same(given.get("client_secret", ""), self._client[1]):
            return {"error": "invalid_client_secret"}
        match given.get("grant_type"):
            case "refresh_token":
                return self._refresh(given.get("refresh_token", ""))
            case "authorization_code":
                return self._exchange(given)
            case _:
                return {"error": "unsupported_grant_type"}

    def revoke(self, token: str) -> dict[str, str]:
        """Forget a refresh token with all its access tokens, or one access token."""
        if self._sessions.pop(token, None) is not None:
            return {"status": "success"}
        for session in self._sessions.values():
            if session.active.pop(token, None) is not None:
                return {"status": "success"}
        return {"error": "invalid_token"}

    def admit(self, refresh_token: str) -> None:
        """Let in a refresh token again that was revoked, as if a person had consented anew."""
        self._sessions.setdefault(refresh_token, _Session(self._scope))

    def check(self, token: str) -> AccessToken | None:
        """What an access token is good for; None where unknown, expired or pushed out."""
        for session in self._sessions.values():
            access = session.active.get(token)
            if access is not None:
                return access if access.expires > self._clock.now() else None
        return None

    def expire_all(self) -> None:
        """End every access token now, as if its hour were over."""
        for session in self._sessions.values():
            session.active.clear()

    def _refresh(self, refresh_token: str) -> dict[str, Any]:
        session = self._sessions.get(refresh_token)
        if session is None:
            return {"error": "invalid_code"}
        return self._issue(refresh_token, session)

    def _exchange(self, given: Mapping[str, str]) -> dict[str, Any]:
        grant = self._grants.pop(given.get("code", ""), None)
        if grant is None or grant.expires <= self._clock.now():
            return {"error": "invalid_code"}
        if grant.redirect_uri and given.get("redirect_uri") != grant.redirect_uri:
            return {"error": "invalid_redirect_uri"}
        refresh_token, session = _token(), _Session(grant.scope)
        self._sessions[refresh_token] = session
        limit = self._rules.refresh_tokens
        while limit is not None and len(self._sessions) > limit:
            self._sessions.popitem(last=False)
        answer = self._issue(refresh_token, session)
        return {**answer, "refresh_token": refresh_token} if grant.offline else answer

    def _issue(self, refresh_token: str, session: _Session) -> dict[str, Any]:
        if not self._room(session.made, self._rules.tokens_per_window):
            return dict(THROTTLED)
        now = self._clock.now()
        for token in [key for key, access in session.active.items() if access.expires <= now]:
            del session.active[token]
        token = _token()
        scope = frozenset(session.scope.replace(" ", ",").split(","))
        session.active[token] = AccessToken(refresh_token, scope, now + self._rules.token_seconds)
        limit = self._rules.active_tokens
        while limit is not None and len(session.active) > limit:
            session.active.popitem(last=False)
        return {
            "access_token": token,
            "scope": session.scope.replace(",", " "),
            "token_type": "Bearer",
            "expires_in": self._rules.token_seconds,
        }

    def _room(self, hours: deque[float], limit: int | None) -> bool:
        """Count one more in the window; False, and not counted, where it is full."""
        now = self._clock.now()
        while hours and hours[0] <= now - self._rules.window_seconds:
            hours.popleft()
        if limit is not None and len(hours) >= limit:
            return False
        hours.append(now)
        return True


def _token() -> str:
    return f"1000.{secrets.token_hex(16)}.{secrets.token_hex(16)}"


def _same(given: str, known: str) -> bool:
    return hmac.compare_digest(given.encode(), known.encode())
