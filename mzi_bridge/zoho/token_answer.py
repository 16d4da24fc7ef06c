"""Reading an answer of Zoho's token endpoint: a token, or a named error.

Errors come with HTTP 200 as often as with 400, and their text may be in the user's own
language; so the body decides, then the status.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mzi_bridge.errors import MziError
from mzi_bridge.zoho.errors import (
    BadAnswer,
    RedirectRefused,
    ServerFault,
    TokenRefused,
    TokenThrottled,
)

THROTTLE_SECONDS = 600.0
"""Zoho counts token requests over ten minutes."""

_WORD = re.compile(r"[A-Za-z][A-Za-z_]{0,39}", re.ASCII)
_CLIENT_WORDS = frozenset({"invalid_client", "invalid_client_secret", "unauthorized_client"})
_SERVER_WORDS = frozenset({"general_error", "server_error", "temporarily_unavailable"})


@dataclass(frozen=True)
class GrantedToken:
    """What a token request gave. `lifetime` is in seconds; the refresh token comes only
    with the first exchange of a code asked for with `access_type=offline`."""

    access_token: str = field(repr=False)
    lifetime: float
    api_domain: str | None = None
    refresh_token: str | None = field(default=None, repr=False)
    scope: tuple[str, ...] = ()


def read_token_answer(status: int, content: bytes) -> GrantedToken:
    """The token in an answer.

    Raises ServerFault and BadAnswer (passing), TokenThrottled and TokenRefused (the link
    must pause), RedirectRefused (a setting is wrong).
    """
    body = _object(status, content)
    access_token = body.get("access_token")
    if status < 300 and isinstance(access_token, str) and access_token and "error" not in body:
        return granted_token(body)
    raise token_error(status, body)


def granted_token(body: Mapping[str, Any]) -> GrantedToken:
    """The fields of a token answer's object that has an access token. Raises BadAnswer."""
    return GrantedToken(
        access_token=body["access_token"],
        lifetime=lifetime_of(body),
        api_domain=_text(body.get("api_domain")),
        refresh_token=_text(body.get("refresh_token")),
        scope=tuple((_text(body.get("scope")) or "").replace(",", " ").split()),
    )


def read_revocation(status: int, content: bytes) -> None:
    """Returns if the answer names no error; raises as `read_token_answer` otherwise."""
    if status < 300 and not content.strip():
        return
    body = _object(status, content)
    if status >= 300 or "error" in body or _is_throttle(status, body):
        raise token_error(status, body)


def lifetime_of(body: Mapping[str, Any]) -> float:
    """Seconds the token lives. `expires_in` is seconds, but milliseconds where
    `expires_in_sec` stands beside it (the rule of Zoho's SDK). Raises BadAnswer."""
    told = [body[name] for name in ("expires_in", "expires_in_sec") if name in body]
    try:
        lifetime = [float(str(number)) for number in told][-1] if told else 0.0
    except ValueError:
        lifetime = 0.0
    if not 0 < lifetime < 1e9:
        raise BadAnswer("Zoho gave a token without saying how long it lives.")
    return lifetime


def token_error(status: int, body: Mapping[str, Any]) -> MziError:
    """The error that a token answer without a token means."""
    word = str(body.get("error") or "")
    shown = word if _WORD.fullmatch(word) else "unnamed"
    if _is_throttle(status, body):
        return TokenThrottled(
            "Zoho's accounts server refuses more token requests for now.",
            code=shown,
            retry_after=THROTTLE_SECONDS,
        )
    if word in _SERVER_WORDS:
        return ServerFault(f"Zoho's accounts server failed ({shown}).", code=shown)
    if word == "invalid_redirect_uri":
        return RedirectRefused("Zoho does not know this redirect URI.", code=shown)
    if word in _CLIENT_WORDS:
        return TokenRefused(
            f"Zoho does not accept the client id or secret ({shown}).",
            code=shown,
            fix="Check ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET and ZOHO_REGION.",
        )
    return TokenRefused(f"Zoho gives no token ({shown}, HTTP {status}).", code=shown)


def _is_throttle(status: int, body: Mapping[str, Any]) -> bool:
    # Only the throttle's body has status "failure"; its words may be translated.
    words = f"{body.get('error')} {body.get('error_description')}".lower()
    return (
        status == 429
        or body.get("status") == "failure"
        or "access denied" in words
        or "too many requests" in words
    )


def _object(status: int, content: bytes) -> Mapping[str, Any]:
    if status >= 500:
        raise ServerFault(f"Zoho's accounts server failed (HTTP {status}).")
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, dict):
        return body
    if status == 429:
        return {}
    raise BadAnswer(f"Zoho's accounts server sent no JSON object (HTTP {status}).")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
