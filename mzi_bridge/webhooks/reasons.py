"""Every way a webhook is refused: one machine word each, the same in answer, log and test."""

from __future__ import annotations

from enum import StrEnum, auto

from mzi_bridge.problems import FORBIDDEN, METHOD_NOT_ALLOWED, UNAUTHORIZED, Problem


class RefusalReason(StrEnum):
    """Why nothing was taken in."""

    METHOD_NOT_ALLOWED = auto()
    UNKNOWN_EVENT = auto()
    ADDRESS_NOT_ALLOWED = auto()

    UNSUPPORTED_MEDIA_TYPE = auto()
    UNSUPPORTED_CHARSET = auto()
    UNSUPPORTED_ENCODING = auto()
    BAD_ENCODING = auto()
    EMPTY_BODY = auto()
    NOT_JSON = auto()
    TOO_DEEP = auto()
    DUPLICATE_KEY = auto()
    NOT_AN_OBJECT = auto()
    BAD_FORM = auto()

    NO_SECRET_CONFIGURED = auto()
    MISSING_TOKEN = auto()
    WRONG_TOKEN = auto()
    UNKNOWN_CHANNEL = auto()
    CHANNEL_EXPIRED = auto()
    WRONG_MODULE = auto()
    MISSING_SIGNATURE = auto()
    WRONG_SIGNATURE = auto()

    MISSING_PROOF = auto()
    BAD_SIGNATURE_HEADERS = auto()
    TIMESTAMP_OUT_OF_WINDOW = auto()
    UNKNOWN_TENANT = auto()
    ID_MISMATCH = auto()
    WRONG_EVENT = auto()
    BAD_ENVELOPE = auto()
    TOO_MANY_EVENTS = auto()
    EVENT_ID_REUSED = auto()

    BAD_MODULE = auto()
    BAD_OPERATION = auto()
    MISSING_IDS = auto()
    BAD_IDS = auto()
    TOO_MANY_IDS = auto()

    JOURNAL_UNAVAILABLE = auto()


MEANING: dict[RefusalReason, str] = {
    RefusalReason.METHOD_NOT_ALLOWED: "Webhooks are sent with POST.",
    RefusalReason.UNKNOWN_EVENT: "No event has this name.",
    RefusalReason.ADDRESS_NOT_ALLOWED: "The sender is not in MZI_WEBHOOK_ALLOWED_IPS.",
    RefusalReason.UNSUPPORTED_MEDIA_TYPE: "The body is neither JSON nor a form.",
    RefusalReason.UNSUPPORTED_CHARSET: "The declared charset is not UTF-8.",
    RefusalReason.UNSUPPORTED_ENCODING: "The body is compressed.",
    RefusalReason.BAD_ENCODING: "The body is not valid UTF-8.",
    RefusalReason.EMPTY_BODY: "There is no body.",
    RefusalReason.NOT_JSON: "The body is not valid JSON.",
    RefusalReason.TOO_DEEP: "The JSON is nested too deeply.",
    RefusalReason.DUPLICATE_KEY: "A JSON object has the same key twice.",
    RefusalReason.NOT_AN_OBJECT: "The JSON is not an object.",
    RefusalReason.BAD_FORM: "The form cannot be read, has too many fields or holds a file.",
    RefusalReason.NO_SECRET_CONFIGURED: "No secret of this kind is set.",
    RefusalReason.MISSING_TOKEN: "No token came.",
    RefusalReason.WRONG_TOKEN: "The token is not one that is valid now.",
    RefusalReason.UNKNOWN_CHANNEL: "The channel is not one that this bridge registered.",
    RefusalReason.CHANNEL_EXPIRED: "The channel ended more than a day ago.",
    RefusalReason.WRONG_MODULE: "The channel was registered for another module.",
    RefusalReason.MISSING_SIGNATURE: "X-Zoho-Signature is required and did not come.",
    RefusalReason.WRONG_SIGNATURE: "The signature fits none of the keys.",
    RefusalReason.MISSING_PROOF: "Neither a signature nor X-Moodle-Token came.",
    RefusalReason.BAD_SIGNATURE_HEADERS: "webhook-id, webhook-timestamp or webhook-signature is "
    "missing or malformed.",
    RefusalReason.TIMESTAMP_OUT_OF_WINDOW: "It was sent more than five minutes ago, or ahead.",
    RefusalReason.UNKNOWN_TENANT: "The tenant is not the one of this bridge (MZI_TENANT).",
    RefusalReason.ID_MISMATCH: "The id in the header is not that of the event.",
    RefusalReason.WRONG_EVENT: "An event is of another type than the address says.",
    RefusalReason.BAD_ENVELOPE: "The envelope or its data lacks something or has a wrong type.",
    RefusalReason.TOO_MANY_EVENTS: "More than 100 events, or 500 records, came at once.",
    RefusalReason.EVENT_ID_REUSED: "Another event was taken in under this id.",
    RefusalReason.BAD_MODULE: "`module` must be the API name of a CRM module.",
    RefusalReason.BAD_OPERATION: "`operation` must be insert, update or delete.",
    RefusalReason.MISSING_IDS: "The body names no record.",
    RefusalReason.BAD_IDS: "Record ids must be strings of 1 to 30 digits; quote them.",
    RefusalReason.TOO_MANY_IDS: "The body names more than 5000 records.",
    RefusalReason.JOURNAL_UNAVAILABLE: "The bridge cannot store anything now; send it again.",
}

_STATUS: dict[RefusalReason, int] = {
    RefusalReason.METHOD_NOT_ALLOWED: 405,
    RefusalReason.UNKNOWN_EVENT: 404,
    RefusalReason.ADDRESS_NOT_ALLOWED: 403,
    RefusalReason.UNSUPPORTED_MEDIA_TYPE: 415,
    RefusalReason.UNSUPPORTED_CHARSET: 415,
    RefusalReason.UNSUPPORTED_ENCODING: 415,
    RefusalReason.NO_SECRET_CONFIGURED: 401,
    RefusalReason.MISSING_TOKEN: 401,
    RefusalReason.WRONG_TOKEN: 401,
    RefusalReason.UNKNOWN_CHANNEL: 401,
    RefusalReason.CHANNEL_EXPIRED: 401,
    RefusalReason.WRONG_MODULE: 401,
    RefusalReason.MISSING_SIGNATURE: 401,
    RefusalReason.WRONG_SIGNATURE: 401,
    RefusalReason.MISSING_PROOF: 401,
    RefusalReason.BAD_SIGNATURE_HEADERS: 401,
    RefusalReason.UNKNOWN_TENANT: 403,
    RefusalReason.EVENT_ID_REUSED: 409,
    RefusalReason.JOURNAL_UNAVAILABLE: 503,
}
_SILENT = {problem.status: problem for problem in (UNAUTHORIZED, FORBIDDEN)}
# Who has proven itself may know which tenant is wrong.
_SHOWN = frozenset({RefusalReason.UNKNOWN_TENANT})

OF_EVENTS = frozenset(
    {
        RefusalReason.MISSING_PROOF,
        RefusalReason.BAD_SIGNATURE_HEADERS,
        RefusalReason.TIMESTAMP_OUT_OF_WINDOW,
        RefusalReason.UNKNOWN_TENANT,
        RefusalReason.ID_MISMATCH,
        RefusalReason.WRONG_EVENT,
        RefusalReason.BAD_ENVELOPE,
        RefusalReason.TOO_MANY_EVENTS,
        RefusalReason.EVENT_ID_REUSED,
    }
)
"""Refusals that only events of Moodle meet."""


def status_of(reason: RefusalReason) -> int:
    """The HTTP status of a refusal: 400, malformed, unless the table says otherwise."""
    return _STATUS.get(reason, 400)


def shown_error(reason: RefusalReason) -> str:
    """The word a sender may see: who may not send is not told why."""
    return problem_of(reason).word


def problem_of(reason: RefusalReason) -> Problem:
    """The refusal as a sender may see it: who may not send is not told why."""
    status = status_of(reason)
    if reason not in _SHOWN and status in _SILENT:
        return _SILENT[status]
    if reason is RefusalReason.METHOD_NOT_ALLOWED:
        return METHOD_NOT_ALLOWED
    return Problem(reason.value, status, MEANING[reason])


class Refused(Exception):
    """Ends the handling of a webhook. Nothing has been stored."""

    def __init__(self, reason: RefusalReason) -> None:
        super().__init__(reason.value)
        self.reason = reason
