"""Judging an answer of the CRM's API: a JSON object, nothing, or a named error.

The table of codes follows Zoho's v2 status-code page and the code lists of its SDK. An
answer is judged by its body where it has one: v2 sends row errors with 202 and other
versions with 400 or 207, so a body with rows is returned whatever its status.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from msgspec import Struct

from mzi_bridge.errors import MziError
from mzi_bridge.zoho.errors import (
    BadAnswer,
    CreditsUsedUp,
    FileTooLarge,
    InvalidModule,
    InvalidQuery,
    NoPermission,
    RateLimited,
    RecordRefused,
    RequestRefused,
    ScopeMissing,
    ServerFault,
    TokenRefused,
    WrongHost,
)

ROW_KEYS = ("data", "watch")
"""The lists that hold one answer per row sent."""

_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,59}", re.ASCII)
_TOKEN_CODES = frozenset({"INVALID_TOKEN", "INVALID_OAUTHTOKEN", "AUTHENTICATION_FAILURE", ""})
_QUERY_CODES = frozenset(
    {
        "INVALID_QUERY",
        "SYNTAX_ERROR",
        "PATTERN_NOT_MATCHED",
        "REQUIRED_PARAM_MISSING",
        "EXPECTED_PARAM_MISSING",
        "FIELD_NOT_AVAILABLE",
        "FIELD_NOT_SUPPORTED",
        "INVALID_CRITERIA",
        "CRITERIA_NOT_SUPPORTED",
        "FIELD_IN_CRITERIA_NOT_AVAILABLE",
        "FIELD_IN_CRITERIA_NOT_SUPPORTED",
        "VALUE_IN_CRITERIA_NOT_SUPPORTED",
    }
)
_MODULE_CODES = frozenset({"INVALID_MODULE", "MODULE_NOT_AVAILABLE", "MODULE_NOT_SUPPORTED"})
_HOST_CODES = frozenset({"INVALID_HOST", "INVALID_URL_PATTERN", "INVALID_REQUEST_METHOD"})
_RECORD_CODES = frozenset(
    {
        "INVALID_DATA",
        "MANDATORY_NOT_FOUND",
        "DUPLICATE_DATA",
        "NOT_APPROVED",
        "RECORD_LOCKED",
        "RECORD_IN_BLUEPRINT",
        "CANNOT_DELETE",
        "ALREADY_MODIFIED",
        "NO_ATTACHMENT",
        "ATTACHMENT_NOT_FOUND",
    }
)


class RawAnswer(Struct, frozen=True):
    """An answer as it came. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes


def judge(
    raw: RawAnswer, *, write: bool = False, conditional: bool = False, cost: int = 1
) -> Mapping[str, Any] | None:
    """The answer's JSON object; None for 204, and for 304 to a conditional read.

    Raises the errors of `zoho.errors`. `write` marks those after which the effect is unknown;
    `cost`, the call's credits, tells a spent quota from too many calls at once.
    """
    if raw.status == 204 or (raw.status == 304 and conditional):
        return None
    if raw.status == 429:
        raise _too_many(raw, cost)
    if raw.status >= 500:
        raise ServerFault(
            f"Zoho failed with HTTP {raw.status}.",
            code=_code(raw),
            retry_after=retry_after(raw.headers),
            effect_unknown=write,
        )
    if raw.status == 401 and refuses_token(raw):
        raise TokenRefused("The CRM accepts no token of ours.", code=_code(raw))
    body = _object(raw.content)
    if body is None:
        raise _unreadable(raw, write=write)
    if _has_rows(body) or (raw.status < 300 and body.get("status") != "error"):
        return body
    raise refusal(raw.status, body)


def refuses_token(raw: RawAnswer) -> bool:
    """Whether a 401 is about the token itself, not about its scopes."""
    return raw.status == 401 and _code(raw) in _TOKEN_CODES


def refusal(status: int, body: Mapping[str, Any]) -> MziError:
    """The error that a bare error object stands for."""
    code = code_of(body)
    said = f"Zoho refused the request ({code or 'no code'}, HTTP {status})."
    if code in _MODULE_CODES:
        return InvalidModule("Zoho knows no module of this name.", code=code)
    if code == "OAUTH_SCOPE_MISMATCH":
        return ScopeMissing("The token lacks a scope for this call.", code=code)
    if code == "NO_PERMISSION" or (status == 403 and code not in _RECORD_CODES):
        return NoPermission(f"{said} The user may not do this.", code=code)
    if code in _HOST_CODES or (status == 404 and not code):
        return WrongHost(said, code=code)
    if code in _QUERY_CODES:
        return InvalidQuery(said + _place(body), code=code)
    if status == 413:
        return FileTooLarge(said, code=code)
    if code in _RECORD_CODES:
        return RecordRefused(said, code=code, field=detail(body, "api_name"))
    if code == "TOO_MANY_REQUESTS":
        return RateLimited(said, code=code)
    if code in ("INTERNAL_ERROR", "INTERNAL_SERVER_ERROR"):
        return ServerFault(said, code=code)
    return RequestRefused(said, code=code)


def code_of(body: Mapping[str, Any]) -> str:
    """Zoho's error word, or "" where there is none that looks like one."""
    code = body.get("code")
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def detail(body: Mapping[str, Any], key: str) -> str | None:
    """A text of the answer's `details`."""
    details = body.get("details")
    value = details.get(key) if isinstance(details, Mapping) else None
    return value if isinstance(value, str) and value else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of `Retry-After`; None if it is missing or a date."""
    value = headers.get("retry-after", "")
    return float(value) if value.isascii() and value.isdigit() and len(value) < 7 else None


def credits_left(headers: Mapping[str, str]) -> int | None:
    """`X-API-CREDITS-REMAINING`, which Zoho sends once half of the credits are used."""
    value = headers.get("x-api-credits-remaining", "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None


def is_spent(left: int | None, cost: int) -> bool:
    """Whether a 429 means that the day's credits do not suffice, not too many calls at once."""
    return left is not None and left < cost


def _code(raw: RawAnswer) -> str:
    return code_of(_object(raw.content) or {})


def _too_many(raw: RawAnswer, cost: int) -> MziError:
    code = _code(raw)
    wait = retry_after(raw.headers)
    left = credits_left(raw.headers)
    if is_spent(left, cost):
        return CreditsUsedUp("The API credits of the day are spent.", code=code, retry_after=wait)
    return RateLimited("Zoho wants fewer calls at once.", code=code, retry_after=wait)


def _unreadable(raw: RawAnswer, *, write: bool) -> MziError:
    if raw.status == 413:
        return FileTooLarge("Zoho refuses a request of this size.")
    start = raw.content.lstrip()[:1]
    kind = "an empty body" if not start else "HTML" if start == b"<" else "no whole JSON object"
    return BadAnswer(f"Zoho sent {kind} with HTTP {raw.status}.", effect_unknown=write)


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        body = json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _has_rows(body: Mapping[str, Any]) -> bool:
    return any(isinstance(body.get(key), list) for key in ROW_KEYS)


def _place(body: Mapping[str, Any]) -> str:
    details = body.get("details")
    if not isinstance(details, Mapping):
        return ""
    shown = [f"{key} {details[key]}" for key in ("line", "column") if type(details.get(key)) is int]
    return f" At {', '.join(shown)}." if shown else ""
