"""The body of a post: one envelope, a batch of them, or records to import."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final
from uuid import UUID, uuid5

from msgspec import Struct
from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
)

from mzi_bridge.pipeline.facts import EVENT_TYPES
from mzi_bridge.pipeline.take_events import MoodleEvent
from mzi_bridge.webhooks.body import read_json_object
from mzi_bridge.webhooks.reasons import RefusalReason, Refused

MOST_EVENTS = 100
MOST_RECORDS = 500
BATCH = "batch"
IMPORTED: Final[Mapping[str, str]] = {
    "users": "user_updated",
    "enrollments": "user_enrolment_updated",
    "grades": "user_graded",
}
"""Kind of a bulk import -> the event its records have the shape of."""
_NAMESPACE = UUID("6f0f3c1e-2b1f-5d57-9a0c-9d1c5b7e4a21")


def _text_only(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("a text was expected")
    return value


Word = Annotated[str, StringConstraints(max_length=255)]


class Envelope(BaseModel):
    """One event: who sends it, what happened when, and its data."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    event_id: Annotated[UUID, BeforeValidator(_text_only)]
    event_type: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,99}$")]
    timestamp: Annotated[AwareDatetime, BeforeValidator(_text_only)]
    source: Word
    moodle_url: Word
    tenant_id: Word
    data: dict[str, Any]

    @property
    def occurred_at(self) -> float:
        """Epoch seconds."""
        return self.timestamp.timestamp()

    @property
    def event(self) -> MoodleEvent:
        occurred = max(0, int(self.occurred_at * 1000))
        return MoodleEvent(str(self.event_id), self.event_type, occurred, self.data)


class Import(BaseModel):
    """Records of one kind, brought in as if each had just been told."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    tenant_id: Word
    source: Word
    moodle_url: Word
    records: list[dict[str, Any]]


class Unread(Struct, frozen=True):
    """One of a batch that is no envelope; `event_id` if it has a text there."""

    event_id: str | None


class Batch(Struct, frozen=True):
    """What came, in order. `is_single`: the body was one envelope itself."""

    items: Sequence[Envelope | Unread]
    is_single: bool


def read_envelopes(body: bytes, event: str) -> Batch:
    """The envelopes of a post to the address of `event`, or of any to `batch`.

    In a batch an envelope that is none stands as Unread, and the others count. Raises Refused
    (wrong_event, bad_envelope, too_many_events, and what read_json_object refuses).
    """
    raw = read_json_object(body)
    events = raw.get("events")
    if "events" not in raw:
        batch = Batch((_read(raw),), is_single=True)
    elif isinstance(events, list) and events:
        if len(events) > MOST_EVENTS:
            raise Refused(RefusalReason.TOO_MANY_EVENTS)
        batch = Batch([_read_one(one) for one in events], is_single=False)
    else:
        raise Refused(RefusalReason.BAD_ENVELOPE)
    for item in batch.items:
        if event != BATCH and isinstance(item, Envelope) and item.event_type != event:
            raise Refused(RefusalReason.WRONG_EVENT)
    return batch


def read_rows(body: bytes, kind: str, now: float) -> tuple[str, list[MoodleEvent]]:
    """The tenant of a bulk import of `kind`, and an event for each record.

    The id is made of tenant, kind and content, so that the same record again is a repeat; the
    time is the record's own `timemodified`, else `now`. Raises Refused (bad_envelope,
    too_many_events, and what read_json_object refuses).
    """
    try:
        given = Import.model_validate(read_json_object(body))
    except ValidationError:
        raise Refused(RefusalReason.BAD_ENVELOPE) from None
    if not given.records:
        raise Refused(RefusalReason.BAD_ENVELOPE)
    if len(given.records) > MOST_RECORDS:
        raise Refused(RefusalReason.TOO_MANY_EVENTS)
    return given.tenant_id, [
        MoodleEvent(
            str(_import_id(given.tenant_id, kind, record)),
            IMPORTED[kind],
            _changed_ms(record, now),
            record,
        )
        for record in given.records
    ]


def is_known(event: str) -> bool:
    """Whether there is an address for `event`."""
    return event == BATCH or event in EVENT_TYPES


def iso_time(at: float) -> str:
    """Epoch seconds as `2026-11-21T09:30:00Z`."""
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _read(raw: Mapping[str, Any]) -> Envelope:
    try:
        return Envelope.model_validate(raw)
    except ValidationError:
        raise Refused(RefusalReason.BAD_ENVELOPE) from None


def _read_one(raw: Any) -> Envelope | Unread:
    try:
        return _read(raw)
    except Refused:
        event_id = raw.get("event_id") if isinstance(raw, dict) else None
        return Unread(event_id if isinstance(event_id, str) and len(event_id) <= 36 else None)


def _import_id(tenant: str, kind: str, record: Mapping[str, Any]) -> UUID:
    content = json.dumps([tenant, kind, record], sort_keys=True, separators=(",", ":"))
    return uuid5(_NAMESPACE, content)


def _changed_ms(record: Mapping[str, Any], now: float) -> int:
    changed = record.get("timemodified")
    if isinstance(changed, int) and not isinstance(changed, bool) and 0 < changed <= now:
        return changed * 1000
    return int(now * 1000)
