"""Errors, named by what the caller does next.

    MziError
    ├── RetryLater      the same work may succeed later: back off, try again
    ├── PauseLink       nothing on this link can succeed now: pause it, probe, resume
    ├── RejectRecord    this record can never succeed as it is: dead letter, go on
    ├── OperatorError   a person must change a setting or an argument before going on
    └── ContractError   the other side broke its contract, or we did: a bug to report

Every error carries `reason`, one machine-readable word (the same in answers, logs, the
dead letter and tests), and `fix`, what to do next. Messages never hold a secret or a
personal value.
"""

from __future__ import annotations


class MziError(Exception):
    """The root. `reason` is a snake_case word; `fix` one sentence for a person."""

    def __init__(self, message: str, *, reason: str, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message} {self.fix}".strip()


class RetryLater(MziError):
    """A passing fault. `retry_after` is the other side's own word in seconds, if it sent one."""

    def __init__(
        self, message: str, *, reason: str, fix: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(message, reason=reason, fix=fix)
        self.retry_after = retry_after


class PauseLink(MziError):
    """Credentials, quota or maintenance: retrying record by record would only burn attempts.

    `link` names the side that is out of reach: `zoho` or `moodle`.
    """

    link: str = "zoho"

    def __init__(
        self, message: str, *, reason: str, fix: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(message, reason=reason, fix=fix)
        self.retry_after = retry_after


class RejectRecord(MziError):
    """The record is wrong in itself; sending it again changes nothing."""


class OperatorError(MziError):
    """A setting, a file or an argument is wrong: say which and how to mend it."""


class ContractError(MziError):
    """An answer that no documented contract allows."""
