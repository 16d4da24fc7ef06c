"""Workflow webhooks: rules that a CRM administrator sets up, one URL an event.

The body, JSON or form, only says which records: `zoho_id`, or `id`, or `ids`. Everything
else in it is ignored, because the record itself is read from the CRM.
"""

from __future__ import annotations

from msgspec import Struct

from mzi_bridge.pipeline.accept import (
    ACCEPTED,
    IGNORED,
    NOT_MAPPED,
    Delivery,
    Notice,
    Operation,
    Source,
)
from mzi_bridge.webhooks.body import Fields
from mzi_bridge.webhooks.ids import read_ids
from mzi_bridge.webhooks.reasons import RefusalReason, Refused

ID_FIELDS = ("zoho_id", "id", "ids")


class Event(Struct, frozen=True):
    """What a URL's last part means: something happened to a record of a plugin entity."""

    name: str
    entity: str
    operation: Operation


def _pair(entity: str, noun: str, verb: str) -> tuple[Event, Event]:
    return (
        Event(f"{noun}_{verb}", entity, Operation.UPDATE),
        Event(f"{noun}_deleted", entity, Operation.DELETE),
    )


EVENTS: dict[str, Event] = {
    event.name: event
    for pair in (
        _pair("students", "student", "updated"),
        _pair("registrations", "registration", "created"),
        _pair("payments", "payment", "recorded"),
        _pair("classes", "class", "updated"),
        _pair("enrollments", "enrollment", "updated"),
        _pair("grades", "grade", "submitted"),
        _pair("requests", "request", "status_changed"),
        _pair("units", "unit", "updated"),
        _pair("teachers", "teacher", "updated"),
        _pair("programs", "program", "updated"),
    )
    for event in pair
}


def find_event(name: str) -> Event:
    """Raises Refused with unknown_event."""
    if name not in EVENTS:
        raise Refused(RefusalReason.UNKNOWN_EVENT)
    return EVENTS[name]


def read_record_ids(fields: Fields) -> tuple[str, ...]:
    """The records a body names; an empty field gives way to the next. Raises Refused."""
    named = (fields[name] for name in ID_FIELDS if fields.get(name) not in (None, "", []))
    return read_ids(next(named, None))


def notices_of(event: Event, module: str, ids: tuple[str, ...], now: float) -> list[Notice]:
    """A workflow does not tell the CRM's time, so the bridge's own stands for it."""
    at = int(now * 1000)
    return [Notice(module, record_id, event.operation, at, Source.WORKFLOW) for record_id in ids]


def delivery_of(event: Event, module: str | None, ids: tuple[str, ...]) -> Delivery:
    return Delivery(
        channel_id=event.name,
        module=module or event.entity,
        operation=event.operation,
        record_count=len(ids),
        ids=ids,
        server_time_ms=None,
        source=Source.WORKFLOW,
        result=ACCEPTED if module else IGNORED,
        reason="" if module else NOT_MAPPED,
    )
