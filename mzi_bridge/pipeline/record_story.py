"""The story of one record: what told of it, what became of it, what waits. No value of it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from mzi_bridge.journal.deliveries import DeliveryRow
from mzi_bridge.journal.history import PUSH, HistoryRow
from mzi_bridge.journal.known import KnownRecord, WaitingRecord
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.photos import SUFFIX, is_photo_key, photo_key, worked_on

__all__ = ["EventKind", "RecordStory", "StoryEvent", "WaitingRecord", "modules_known", "story_of"]
MOST_EVENTS = 200
PHOTO = "photo"


class EventKind(StrEnum):
    """`notice`: the CRM told of it. `turn`: it was looked at and carried to Moodle, or not.
    `push`: Moodle's word was written into the CRM."""

    NOTICE = "notice"
    TURN = "turn"
    PUSH = "push"


class StoryEvent(Struct, frozen=True):
    """One moment (`at`, epoch seconds).

    Of a notice `source` is the way it came (notification, workflow), `outcome` its result
    (accepted, ignored) and `operation` what it told. Of the others `source` is notice, poll,
    sync, reconcile, operator, photo, push, or the kind of a write (grade, request …); `outcome`
    and `reason` as in the history; `attempts` counts the tries and `seconds` is the time since
    the first notice. `changed_at_ms` is by the CRM's clock.
    """

    at: float
    kind: EventKind
    module: str
    source: str
    outcome: str
    reason: str = ""
    operation: str = ""
    attempts: int = 0
    changed_at_ms: int | None = None
    seconds: float | None = None


class RecordStory(Struct, frozen=True):
    """`events` newest first. `modules`: those under which anything is known of it; `now`: what
    waits, what was given up or held back, fields left alone, writes into the CRM."""

    record_id: str
    modules: tuple[str, ...]
    events: tuple[StoryEvent, ...]
    now: KnownRecord


async def story_of(links: Links, record_id: str, module: str | None = None) -> RecordStory:
    """All that is known, or what is known under one module, its photo included. Asks the journal
    only; raises JournalUnavailable."""
    journal = links.journal
    history = await journal.history.of(record_id, limit=MOST_EVENTS)
    notices = await journal.deliveries.naming(record_id, module, MOST_EVENTS)
    if module is None:
        names = modules_known(links) | {row.module for row in history}
        names |= {row.module for row in notices}
    else:
        names = frozenset((module, photo_key(module)))
    now = await journal.known.of(record_id, names)
    # Of one moment, what became of a notice is newer than the notice.
    events = [*(_turn(row) for row in history if row.module in names), *map(_notice, notices)]
    events.sort(key=lambda event: event.at, reverse=True)
    return RecordStory(record_id, _modules(events, now), tuple(events[:MOST_EVENTS]), now)


def modules_known(links: Links) -> frozenset[str]:
    """Every name under which this mapping may know a record."""
    return worked_on(links.preset) | {rule.module for rule in links.preset.writes.values()}


def _modules(events: Iterable[StoryEvent], now: KnownRecord) -> tuple[str, ...]:
    found = {event.module for event in events} | set(now.photo_asked_at)
    found |= {one.module for one in now.waiting} | {one.module for one in now.dead}
    found |= {one.module for one in now.held} | {one.module for one in now.faults}
    found |= {one.module for one in now.pushes}
    return tuple(sorted({name.removesuffix(SUFFIX) for name in found}))


def _notice(row: DeliveryRow) -> StoryEvent:
    return StoryEvent(
        row.received_at,
        EventKind.NOTICE,
        row.module,
        row.source,
        row.result,
        row.reason,
        row.operation,
        changed_at_ms=row.server_time_ms,
    )


def _turn(row: HistoryRow) -> StoryEvent:
    way, _, kind = row.source.partition(":")
    is_push = way == PUSH and bool(kind)
    return StoryEvent(
        row.at,
        EventKind.PUSH if is_push else EventKind.TURN,
        row.module.removesuffix(SUFFIX),
        PHOTO if is_photo_key(row.module) else kind or way,
        row.outcome,
        row.reason,
        attempts=row.attempts,
        changed_at_ms=row.changed_at_ms,
        seconds=None if row.noticed_at is None else max(0.0, row.at - row.noticed_at),
    )
