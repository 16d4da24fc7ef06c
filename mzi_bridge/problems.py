"""Errors as HTTP answers: problem details of RFC 9457, one shape for every door.

`error` is the machine word of the refusal, the same in answer, log and test. `type` is a
reference to the page on which the bridge itself explains that word; a word that only the other
side knows (the CRM's, Moodle's, the database's) has the type `about:blank`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"
ERRORS_PAGE = "/docs/errors"
NO_TYPE = "about:blank"


class ProblemResponse(JSONResponse):
    media_type = MEDIA_TYPE


class Problem(Struct, frozen=True):
    """A kind of refusal: its word, its HTTP status, and what it always means."""

    word: str
    status: int
    title: str

    @property
    def type(self) -> str:
        return f"{ERRORS_PAGE}#{self.word}"

    def answer(
        self, detail: str = "", *, headers: Mapping[str, str] | None = None, **members: Any
    ) -> ProblemResponse:
        """`detail` is about this occurrence, and never holds a secret or a personal value;
        `members` stand beside those of the RFC."""
        content = {
            "type": self.type,
            "title": self.title,
            "status": self.status,
            "detail": detail or self.title,
            "error": self.word,
            **members,
        }
        return ProblemResponse(content, self.status, headers=headers)

    def come_again(self, seconds: float, detail: str = "", **members: Any) -> ProblemResponse:
        """As `answer`, with a Retry-After of whole seconds, one at the least."""
        headers = {"Retry-After": str(max(1, math.ceil(seconds)))}
        return self.answer(detail, headers=headers, **members)


UNAUTHORIZED = Problem("unauthorized", 401, "Nothing that came proves who is asking.")
FORBIDDEN = Problem("forbidden", 403, "The sender may not ask for this.")
NOT_FOUND = Problem("not_found", 404, "There is nothing at this address.")
METHOD_NOT_ALLOWED = Problem("method_not_allowed", 405, "The address takes other methods.")
BODY_TOO_SLOW = Problem("body_too_slow", 408, "The body did not arrive in time.")
BODY_TOO_LARGE = Problem("body_too_large", 413, "The body is too large.")
TOO_MANY_REQUESTS = Problem("too_many_requests", 429, "The caller asks too often.")
TOO_MANY_FAILURES = Problem(
    "too_many_failures", 429, "Too many requests from this address did not prove who is asking."
)
NOT_CONNECTED = Problem("not_connected", 503, "The CRM or Moodle is not connected yet.")
BUG = Problem("bug", 500, "The bridge has a fault of its own; its log tells which.")

_OF_STATUS = {problem.status: problem for problem in (NOT_FOUND, METHOD_NOT_ALLOWED)}


def unlisted(word: str, status: int, detail: str, **members: Any) -> dict[str, Any]:
    """The body for a word that is not the bridge's own."""
    return {
        "type": NO_TYPE,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or HTTPStatus(status).phrase,
        "error": word,
        **members,
    }


def on_http_error(request: Request, error: Exception) -> ProblemResponse:
    """What Starlette itself refuses: an unknown address, a wrong method."""
    assert isinstance(error, HTTPException)  # noqa: S101
    headers = dict(error.headers or {})
    if problem := _OF_STATUS.get(error.status_code):
        return problem.answer(headers=headers)
    status = HTTPStatus(error.status_code)
    word = status.phrase.lower().replace(" ", "_").replace("-", "_")
    return ProblemResponse(unlisted(word, status, ""), status, headers=headers)


def on_bug(request: Request, error: Exception) -> ProblemResponse:
    """The error itself goes to the log (Starlette raises it anew), never into the answer."""
    return BUG.answer()


PROBLEM_HANDLERS: Mapping[Any, Callable[[Request, Exception], ProblemResponse]] = {
    HTTPException: on_http_error,
    Exception: on_bug,
}
"""`exception_handlers` of every Starlette app that people or programs can reach."""
