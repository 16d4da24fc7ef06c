"""The doors of Zoho, as the document of the HTTP interface tells them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from mzi_bridge.openapi.operation import JSON, Answer, Operation, Parameter
from mzi_bridge.pipeline.channel_terms import WEBHOOK_PATH
from mzi_bridge.problems import (
    BODY_TOO_LARGE,
    BODY_TOO_SLOW,
    BUG,
    NOT_CONNECTED,
    TOO_MANY_FAILURES,
    Problem,
)
from mzi_bridge.webhooks.ids import MAX_IDS
from mzi_bridge.webhooks.reasons import OF_EVENTS, RefusalReason, problem_of
from mzi_bridge.webhooks.workflow import EVENTS

WORKFLOW_PATH = "/api/v1/webhooks/student-dashboard"
TAG = "Notices of Zoho CRM"
_FORMS = (JSON, "application/x-www-form-urlencoded")
RecordId = Annotated[str, Field(pattern="^[0-9]{1,30}$")]


class Accepted(BaseModel):
    """`accepted`: how many records are durably stored as changed."""

    accepted: int = Field(ge=0)


class Notified(BaseModel):
    """The callback of a notification channel, as Zoho sends it. What else it holds is ignored."""

    model_config = ConfigDict(extra="allow")

    channel_id: str
    token: str = Field(description="What Zoho was told when the channel was registered.")
    module: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,99}$")
    operation: str = Field(description="insert, update or delete.")
    ids: list[RecordId] = Field(min_length=1, max_length=MAX_IDS)
    server_time: int | None = Field(default=None, description="Epoch milliseconds, of the CRM.")


class Named(BaseModel):
    """The record, in the first of these fields that is filled; one must be. The rest is ignored."""

    model_config = ConfigDict(extra="allow")

    zoho_id: RecordId | None = None
    id: RecordId | None = None
    ids: list[RecordId] | None = Field(default=None, max_length=MAX_IDS)


def door_problems(*, without: Collection[RefusalReason] = ()) -> tuple[Problem, ...]:
    """What a door refuses, as a sender sees it."""
    shown = (problem_of(reason) for reason in RefusalReason if reason not in without)
    return (*shown, BODY_TOO_SLOW, BODY_TOO_LARGE, TOO_MANY_FAILURES, NOT_CONNECTED, BUG)


NOTIFY = Operation(
    id="notify",
    method="POST",
    path=WEBHOOK_PATH,
    tag=TAG,
    summary="A notification channel says that records have changed",
    description="The sender is proven by the token in the body. The bridge reads the records "
    "themselves from the CRM.",
    body=Notified,
    body_types=_FORMS,
    answers={202: Answer("The records are durably stored as changed.", Accepted)},
    problems=door_problems(without={*OF_EVENTS, RefusalReason.UNKNOWN_EVENT}),
)
WORKFLOW = Operation(
    id="tellByWorkflow",
    method="POST",
    path=f"{WORKFLOW_PATH}/{{event}}",
    tag=TAG,
    summary="A workflow of the CRM says that a record has changed",
    parameters=(
        Parameter("event", "What happened to what.", {"type": "string", "enum": list(EVENTS)}),
    ),
    body=Named,
    needs_body=True,
    body_types=_FORMS,
    answers={202: Answer("The records are durably stored as changed.", Accepted)},
    problems=door_problems(without=OF_EVENTS),
    security=("workflowToken", "workflowSignature"),
)
OPERATIONS = (NOTIFY, WORKFLOW)
