"""What the sender of an event is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.responses import JSONResponse

from mzi_bridge.pipeline.take_events import EventAnswer
from mzi_bridge.problems import TOO_MANY_FAILURES, Problem, ProblemResponse
from mzi_bridge.webhooks.moodle.envelope import iso_time
from mzi_bridge.webhooks.reasons import MEANING, RefusalReason, problem_of

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


def refusal(reason: RefusalReason, now: float) -> ProblemResponse:
    """Nothing was stored; who is not proven is not told why."""
    headers = {}
    if reason is RefusalReason.METHOD_NOT_ALLOWED:
        headers["Allow"] = "POST"
    if reason is RefusalReason.JOURNAL_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    problem = problem_of(reason)
    detail = MEANING[reason] if problem.word == reason.value else ""
    return problem.answer(detail, headers=headers, **_members(problem, now))


def failed_too_often(wait: float, now: float) -> ProblemResponse:
    """For an address that has proven nothing too often; `wait` in seconds."""
    return TOO_MANY_FAILURES.come_again(wait, **_members(TOO_MANY_FAILURES, now))


def _members(problem: Problem, now: float) -> dict[str, Any]:
    """The keys that every answer to an event has."""
    return {
        "success": False,
        "message": problem.word,
        "event_id": None,
        "timestamp": iso_time(now),
    }


def _result(answer: EventAnswer) -> dict[str, Any]:
    return {
        "event_id": answer.event_id,
        "success": answer.success,
        "message": answer.message,
        "reason": answer.reason or None,
    }
