"""The doors of Moodle, as the document of the HTTP interface tells them."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, RootModel

from mzi_bridge.openapi.operation import Answer, Operation, Parameter, ProblemDetails
from mzi_bridge.pipeline.facts import EVENT_TYPES
from mzi_bridge.webhooks.moodle.envelope import (
    BATCH,
    IMPORTED,
    MOST_EVENTS,
    MOST_RECORDS,
    Envelope,
    Import,
)
from mzi_bridge.webhooks.operations import door_problems
from mzi_bridge.webhooks.reasons import OF_EVENTS, RefusalReason

EVENTS_PATH = "/api/v1/events/moodle"
IMPORT_PATH = "/api/v1/moodle"
REQUESTS_PATH = "/api/v1/requests/submit"
GRADES_PATH = "/api/v1/webhooks/moodle/grade_submitted"
TAG = "Events of Moodle"
_PROOFS = ("standardWebhooks", "moodleToken")


class EventBatch(BaseModel):
    events: list[Envelope] = Field(min_length=1, max_length=MOST_EVENTS)


class Posted(RootModel[Envelope | EventBatch]):
    """One event, or several."""


class Records(Import):
    records: list[dict[str, Any]] = Field(min_length=1, max_length=MOST_RECORDS)


class EventTaken(BaseModel):
    """`message`: accepted, noted (then `reason` says why nothing is written) or, in a batch, why
    it is not stored."""

    success: bool
    message: str
    event_id: str | None
    timestamp: AwareDatetime
    reason: str = ""


class EventResult(BaseModel):
    event_id: str | None
    success: bool
    message: str
    reason: str | None


class BatchTaken(BaseModel):
    """`results` are in the order of what came."""

    success: bool
    message: str
    event_id: str | None
    timestamp: AwareDatetime
    results: list[EventResult]


class Taken(RootModel[BatchTaken | EventTaken]):
    """Of a batch, or of one event."""


class EventRefused(ProblemDetails):
    """Problem details with the keys that every answer to an event has."""

    model_config = ConfigDict(extra="allow")

    success: bool
    event_id: str | None
    timestamp: AwareDatetime


_REFUSED = door_problems(
    without={
        reason
        for reason in RefusalReason
        if reason not in OF_EVENTS
        and reason
        not in {
            RefusalReason.METHOD_NOT_ALLOWED,
            RefusalReason.ADDRESS_NOT_ALLOWED,
            RefusalReason.UNKNOWN_EVENT,
            RefusalReason.WRONG_SIGNATURE,
            RefusalReason.BAD_ENCODING,
            RefusalReason.NOT_JSON,
            RefusalReason.TOO_DEEP,
            RefusalReason.DUPLICATE_KEY,
            RefusalReason.NOT_AN_OBJECT,
            RefusalReason.JOURNAL_UNAVAILABLE,
        }
    }
)


def _door(
    name: str, path: str, summary: str, body: type[BaseModel], *parameters: Parameter
) -> Operation:
    answer = BatchTaken if body is Records else Taken
    return Operation(
        id=name,
        method="POST",
        path=path,
        tag=TAG,
        summary=summary,
        description="A repeat is answered as the first was.",
        parameters=parameters,
        body=body,
        needs_body=True,
        answers={200: Answer("What came is durably stored.", answer)},
        problems=_REFUSED,
        problem_model=EventRefused,
        security=_PROOFS,
    )


def _one_of(name: str, words: list[str]) -> Parameter:
    return Parameter(name, "The type of what is posted.", {"type": "string", "enum": words})


EVENTS = _door(
    "postEvents",
    f"{EVENTS_PATH}/{{event}}",
    "Events of one type, or a batch of any",
    Posted,
    _one_of("event", [*EVENT_TYPES, BATCH]),
)
REQUESTS = _door("postRequests", REQUESTS_PATH, "Requests of students", Posted)
GRADES = _door("postGrades", GRADES_PATH, "Grades", Posted)
IMPORTS = _door(
    "importRecords",
    f"{IMPORT_PATH}/{{kind}}",
    "Records to import",
    Records,
    _one_of("kind", list(IMPORTED)),
)
OPERATIONS = (EVENTS, REQUESTS, GRADES, IMPORTS)
