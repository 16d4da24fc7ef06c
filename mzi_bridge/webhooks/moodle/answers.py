"""What the sender of an event is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.responses import JSONResponse

from mzi_bridge.pipeline.take_events import EventAnswer
from mzi_bridge.webhooks.moodle.envelope import iso_time
from mzi_bridge.webhooks.reasons import RefusalReason, shown_error, status_of

RETRY_AFTER_SECONDS = 5


def taken(answer: EventAnswer, now: float) -> JSONResponse:
    """200 for one event; a repeat carries the words and the time of the first answer."""
    content: dict[str, Any] = {
        "success": True,
        "message": answer.message,
        "event_id": answer.event_id,
        "timestamp": iso_time(now if answer.at is None else answer.at),
    }
    if answer.reason:
        content["reason"] = answer.reason
    return JSONResponse(content)


def taken_batch(answers: Sequence[EventAnswer], message_id: str | None, now: float) -> JSONResponse:
    """200 with a result for each event, in order, once those that are good are stored."""
    good = sum(answer.success for answer in answers)
    return JSONResponse(
        {
            "success": good == len(answers),
            "message": f"{good} of {len(answers)} taken",
            "event_id": message_id,
            "timestamp": iso_time(now),
            "results": [_result(answer) for answer in answers],
        }
    )


def refusal(reason: RefusalReason, now: float) -> JSONResponse:
    """Nothing was stored; who is not proven is not told why."""
    word = shown_error(reason)
    headers = {}
    if reason is RefusalReason.METHOD_NOT_ALLOWED:
        headers["Allow"] = "POST"
    if reason is RefusalReason.JOURNAL_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    content = {
        "success": False,
        "message": word,
        "error": word,
        "event_id": None,
        "timestamp": iso_time(now),
    }
    return JSONResponse(content, status_of(reason), headers=headers)


def _result(answer: EventAnswer) -> dict[str, Any]:
    return {
        "event_id": answer.event_id,
        "success": answer.success,
        "message": answer.message,
        "reason": answer.reason or None,
    }
