"""Events and owed writes as the journal takes them, made up."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from mzi_bridge.journal.push_records import Arrival, EventResult, NewPush, PushClaim

KINDS = ("grade", "request")


def event_id(number: int) -> str:
    """A UUIDv4 of this number."""
    return str(UUID(int=number, version=4))


def owed(
    key: str = "12_3_9_1", *, occurred: int = 1000, kind: str = "grade", **facts: Any
) -> NewPush:
    return NewPush(kind, key, "BTEC_Grades", occurred, json.dumps(facts or {"letter": "M"}))


def arrival(number: int, *pushes: NewPush, body: str = "a", reason: str = "") -> Arrival:
    """An event that made these owed; `body` stands for its content."""
    result = EventResult.ACCEPTED if pushes else EventResult.NOTED
    occurred = max((push.occurred_ms for push in pushes), default=1000)
    return Arrival(
        event_id(number), "user_graded", body * 64, occurred, result, reason, tuple(pushes)
    )


def facts_of(claim: PushClaim | None) -> dict[str, Any]:
    """The facts in hand, by record key."""
    items = claim.items if claim is not None else ()
    return {item.record_key: json.loads(item.facts) for item in items if item.facts is not None}
