"""Takes in what Moodle told: each event once, and with it what it makes owed to the CRM."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct
from pydantic import ValidationError

from mzi_bridge.clock import Clock
from mzi_bridge.errors import RejectRecord
from mzi_bridge.journal.activity_points import Word
from mzi_bridge.journal.journal import Journal
from mzi_bridge.journal.push_records import Arrival, EventResult, NewPush, Taken
from mzi_bridge.mapping import Preset
from mzi_bridge.pipeline.facts import EVENT_TYPES, facts_of
from mzi_bridge.pipeline.intents import Noted, Terms, intents_of

UNKNOWN_EVENT = "unknown_event"
BAD_ENVELOPE = "bad_envelope"
ID_REUSED = "event_id_reused"


@dataclass(frozen=True)
class MoodleEvent:
    """One proven event; `occurred_ms` is when it happened (epoch ms by Moodle's clock)."""

    event_id: str
    event_type: str
    occurred_ms: int
    data: Mapping[str, Any] = field(repr=False)


class EventAnswer(Struct, frozen=True):
    """`message` is accepted or noted, or what is wrong with an event that was not taken in;
    `reason` why nothing is to be written. `at`: when it was first taken in (epoch s)."""

    event_id: str | None
    success: bool
    message: str
    reason: str = ""
    at: float | None = None


TakeEvents = Callable[[Sequence[MoodleEvent]], Awaitable[list[EventAnswer]]]
"""Answers each event, in order, once all that are good are durable. Raises RetryLater: then
nothing is stored."""


def take_into(
    journal: Journal,
    preset: Preset,
    clock: Clock,
    terms: Terms | None = None,
    *,
    linger: float = 0.0,
) -> TakeEvents:
    """The use case over a journal; what is owed comes due in `linger` seconds.

    An event that is none, or under another one's id, is answered so and not stored; the others
    of its batch are. Raises JournalUnavailable, OperatorError (secret_key_missing).
    """
    terms = terms or Terms()

    async def take(events: Sequence[MoodleEvent]) -> list[EventAnswer]:
        now_ms = int(clock.now() * 1000)
        judged = [_judged(event, preset, terms, now_ms) for event in events]
        arrivals = [one for one in judged if isinstance(one, Arrival)]
        found = await journal.events.take(arrivals, linger=linger)
        new = sum(not (one.is_repeat or one.is_other) for one in found)
        journal.activity.note(Word.EVENTS, new)
        taken = iter(found)
        return [_answer(next(taken)) if isinstance(one, Arrival) else one for one in judged]

    return take


def body_hash(event_type: str, data: Mapping[str, Any]) -> str:
    """What tells a repeat from another event: SHA-256 of type and data, whatever their order."""
    canonical = json.dumps([event_type, data], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _judged(event: MoodleEvent, preset: Preset, terms: Terms, now_ms: int) -> Arrival | EventAnswer:
    if event.event_type not in EVENT_TYPES:
        return EventAnswer(event.event_id, False, UNKNOWN_EVENT)
    # A clock that ran ahead would make all that comes until then look older.
    occurred = min(event.occurred_ms, now_ms)
    try:
        found = intents_of(facts_of(event.event_type, event.data), preset, terms)
        pushes = (
            ()
            if isinstance(found, Noted)
            else tuple(
                NewPush(i.kind, i.key, i.module, occurred, json.dumps(i.facts)) for i in found
            )
        )
        return Arrival(
            event.event_id,
            event.event_type,
            body_hash(event.event_type, event.data),
            event.occurred_ms,
            EventResult.NOTED if isinstance(found, Noted) else EventResult.ACCEPTED,
            found.reason if isinstance(found, Noted) else "",
            pushes,
        )
    except (ValidationError, RejectRecord):
        return EventAnswer(event.event_id, False, BAD_ENVELOPE)


def _answer(taken: Taken) -> EventAnswer:
    if taken.is_other:
        return EventAnswer(taken.event_id, False, ID_REUSED)
    return EventAnswer(taken.event_id, True, taken.result.value, taken.reason, taken.received_at)
