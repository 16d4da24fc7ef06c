"""Named errors of the use cases as HTTP answers, for callers who have proven themselves."""

from __future__ import annotations

from pydantic import ValidationError
from starlette.responses import JSONResponse

from mzi_bridge.errors import MziError, OperatorError, PauseLink, RejectRecord, RetryLater

RETRY_AFTER_SECONDS = 5
_STATUS = {
    "module_not_mapped": 404,
    "unknown_student": 404,
    "sync_running": 409,
    "held_number_differs": 409,
}


def error_answer(error: MziError) -> JSONResponse:
    """400, 404 or 409 where the caller must change something, 503 to come again, else 502."""
    content = {"error": error.reason, "message": error.message, "fix": error.fix}
    if isinstance(error, RetryLater | PauseLink):
        after = int(error.retry_after or RETRY_AFTER_SECONDS)
        return JSONResponse(content, 503, headers={"Retry-After": str(after)})
    if isinstance(error, OperatorError | RejectRecord):
        return JSONResponse(content, _STATUS.get(error.reason, 400))
    return JSONResponse(content, 502)


def failure(error: ValidationError | MziError) -> JSONResponse:
    """As `error_answer`; 400 that names the wrong options, never their values."""
    if isinstance(error, MziError):
        return error_answer(error)
    wrong = sorted({str(detail["loc"][0]) for detail in error.errors(include_input=False)})
    return JSONResponse({"error": "bad_option", "options": wrong}, 400)
