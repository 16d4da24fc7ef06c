"""Named errors of the use cases as HTTP answers, for callers who have proven themselves."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from mzi_bridge.errors import MziError, OperatorError, PauseLink, RejectRecord, RetryLater
from mzi_bridge.problems import NOT_CONNECTED, Problem, ProblemResponse, unlisted

RETRY_AFTER_SECONDS = 5

BAD_OPTION = Problem("bad_option", 400, "An option is missing, wrong or not known.")
NOT_JSON = Problem("not_json", 400, "The body is not valid JSON.")
ADMIN_NOT_CONFIGURED = Problem(
    "admin_not_configured", 503, "Neither an administrator's token nor an API key exists."
)
SCOPE_MISSING = Problem("scope_missing", 403, "The API key has not the scope that this needs.")
NO_SUCH_SYNC = Problem("no_such_sync", 404, "There is no such sync.")
NO_SUCH_KEY = Problem("no_such_key", 404, "There is no such API key that counts.")
NOT_READY = Problem("not_ready", 503, "A part of the bridge cannot do its work now.")
CHANNEL_FAILED = Problem("channel_failed", 502, "A notification channel could not be set up.")
MODULE_NOT_MAPPED = Problem("module_not_mapped", 404, "No such module or entity is mapped.")
UNKNOWN_STUDENT = Problem("unknown_student", 404, "The user is linked to no living student.")
SYNC_RUNNING = Problem("sync_running", 409, "Another sync is still running.")
SYNC_PAUSED = Problem("sync_paused", 409, "A sync is paused; resume or cancel it first.")
SYNC_NOT_RUNNING = Problem("sync_not_running", 409, "The sync is not running.")
SYNC_NOT_PAUSED = Problem("sync_not_paused", 409, "The sync is not paused.")
HELD_NUMBER_DIFFERS = Problem("held_number_differs", 409, "Another number of changes is held.")
MAPPING_CHANGED = Problem("mapping_changed", 409, "Someone else has saved the mapping meanwhile.")
MAPPING_INVALID = Problem("mapping_invalid", 422, "The mapping has faults.")
SETTINGS_INVALID = Problem("settings", 422, "A setting cannot be used.")
RECONCILE_RUNNING = Problem("reconcile_running", 409, "A comparison is under way.")
MOODLE_DISABLED = Problem("moodle_disabled", 400, "Delivery to Moodle is switched off.")

_LISTED = {
    problem.word: problem
    for problem in (
        BAD_OPTION,
        NOT_JSON,
        NO_SUCH_SYNC,
        NO_SUCH_KEY,
        NOT_CONNECTED,
        MODULE_NOT_MAPPED,
        UNKNOWN_STUDENT,
        SYNC_RUNNING,
        SYNC_PAUSED,
        SYNC_NOT_RUNNING,
        SYNC_NOT_PAUSED,
        HELD_NUMBER_DIFFERS,
        MAPPING_CHANGED,
        MAPPING_INVALID,
        SETTINGS_INVALID,
        RECONCILE_RUNNING,
        MOODLE_DISABLED,
    )
}


def error_answer(error: MziError, **members: Any) -> ProblemResponse:
    """The status of the error's own word; else 400 where the caller must change something, 503
    to come again, and 502."""
    told = {"message": error.message, "fix": error.fix, **members}
    listed = _LISTED.get(error.reason)
    headers: dict[str, str] = {}
    if isinstance(error, RetryLater | PauseLink):
        headers["Retry-After"] = str(int(error.retry_after or RETRY_AFTER_SECONDS))
    status = _status(error) if listed is None or headers else listed.status
    if listed is not None and listed.status == status:
        return listed.answer(error.message, headers=headers, **told)
    content = unlisted(error.reason, status, error.message, **told)
    return ProblemResponse(content, status, headers=headers)


def _status(error: MziError) -> int:
    if isinstance(error, RetryLater | PauseLink):
        return 503
    return 400 if isinstance(error, OperatorError | RejectRecord) else 502


def bad_options(names: set[str]) -> ProblemResponse:
    """400 that names the wrong options, never their values."""
    wrong = sorted(names)
    return BAD_OPTION.answer(f"Look at: {', '.join(wrong)}." if wrong else "", options=wrong)


def failure(error: ValidationError | MziError) -> ProblemResponse:
    """As `error_answer`; 400 that names the wrong options, never their values."""
    if isinstance(error, MziError):
        return error_answer(error)
    details = error.errors(include_input=False)
    return bad_options({str(detail["loc"][0]) for detail in details if detail["loc"]})
