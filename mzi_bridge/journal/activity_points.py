"""The words that are counted, and what a chart's point tells of them. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

BUCKET_SECONDS = 300
STEPS = (300, 900, 3600, 7200)
MOST_POINTS = 100
LAG_BOUNDS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)
"""Seconds; what took longer is in a span of its own."""

Counts = Mapping[str, int]


class Word(StrEnum):
    """What is counted.

    `accepted` and `refused` are requests of the CRM; `ignored` those of modules that are not
    mapped. `events` are Moodle's, `pushed` writes into the CRM. `lag_le_N`: changes that reached
    Moodle within N seconds of their first notice, and not within the bound before.
    """

    ACCEPTED = "accepted"
    IGNORED = "ignored"
    REFUSED = "refused"
    EVENTS = "events"
    EVENTS_REFUSED = "events_refused"
    INSERTED = "inserted"
    UPDATED = "updated"
    DELETED = "deleted"
    UNCHANGED = "unchanged"
    STALE = "stale"
    HELD = "held"
    REJECTED = "rejected"
    RETRIED = "retried"
    PUSHED = "pushed"
    PUSHES_REFUSED = "pushes_refused"
    LAG_LE_1 = "lag_le_1"
    LAG_LE_2 = "lag_le_2"
    LAG_LE_5 = "lag_le_5"
    LAG_LE_10 = "lag_le_10"
    LAG_LE_30 = "lag_le_30"
    LAG_LE_60 = "lag_le_60"
    LAG_LE_300 = "lag_le_300"
    LAG_LE_3600 = "lag_le_3600"
    LAG_INF = "lag_inf"


LAG_WORDS = tuple(word for word in Word if word.startswith("lag_"))
DELIVERED = (Word.INSERTED, Word.UPDATED, Word.DELETED)


class ActivityPoint(Struct, frozen=True):
    """What was counted from `at` (epoch seconds) on for `seconds`.

    `p50`, `p95`: seconds from the first notice to the row in Moodle, None where nothing came
    through. `delivered` are rows inserted, updated or deleted, `rejected` dead letters.
    """

    at: float
    seconds: int
    accepted: int
    refused: int
    delivered: int
    unchanged: int
    stale: int
    held: int
    rejected: int
    retried: int
    events: int
    events_refused: int
    pushed: int
    pushes_refused: int
    p50: float | None
    p95: float | None


class Span(Struct, frozen=True):
    """Buckets `first` to `last`, both included."""

    first: int
    last: int

    def until(self, other: Span) -> Span:
        return Span(self.first, other.last)


def lag_word(seconds: float) -> Word:
    """The span of the histogram that it falls into; a clock set back makes it no less than 0."""
    for bound, word in zip(LAG_BOUNDS, LAG_WORDS, strict=False):
        if seconds <= bound:
            return word
    return Word.LAG_INF


def spans(now: float, hours: int) -> list[Span]:
    """The last `hours` up to `now` (epoch s), in the shortest steps that make at most a hundred
    points. They begin at multiples of the step, so that a point keeps its place."""
    seconds = max(1, hours) * 3600
    step = next((s for s in STEPS if seconds / s <= MOST_POINTS), STEPS[-1])
    width = step // BUCKET_SECONDS
    last = math.floor(now / step)
    first = last - math.ceil(seconds / step) + 1
    return [Span(n * width, (n + 1) * width - 1) for n in range(first, last + 1)]


def point_of(span: Span, counts: Mapping[int, Counts]) -> ActivityPoint:
    """What the buckets of a span tell together; `counts` by bucket, then by word."""
    total: Counter[str] = Counter()
    for bucket in range(span.first, span.last + 1):
        total.update(counts.get(bucket, {}))
    lags = [total[word] for word in LAG_WORDS]
    return ActivityPoint(
        at=float(span.first * BUCKET_SECONDS),
        seconds=(span.last - span.first + 1) * BUCKET_SECONDS,
        accepted=total[Word.ACCEPTED],
        refused=total[Word.REFUSED],
        delivered=sum(total[word] for word in DELIVERED),
        unchanged=total[Word.UNCHANGED],
        stale=total[Word.STALE],
        held=total[Word.HELD],
        rejected=total[Word.REJECTED],
        retried=total[Word.RETRIED],
        events=total[Word.EVENTS],
        events_refused=total[Word.EVENTS_REFUSED],
        pushed=total[Word.PUSHED],
        pushes_refused=total[Word.PUSHES_REFUSED],
        p50=percentile(lags, 0.5),
        p95=percentile(lags, 0.95),
    )


def percentile(counts: Sequence[int], q: float) -> float | None:
    """The lag (seconds) that the part `q` (0 to 1) of all did not pass; None of nothing.

    `counts`: one number for each of LAG_BOUNDS, and one for what took longer. Within a span
    they are taken to lie evenly, so it is wrong by less than the span's width; of what took
    longer than the last bound no more is known than that.
    """
    wanted = q * sum(counts)
    if not any(counts):
        return None
    below, reached = 0.0, 0
    for bound, count in zip(LAG_BOUNDS, counts, strict=False):
        if count and reached + count >= wanted:
            return below + (bound - below) * max(0.0, wanted - reached) / count
        below, reached = bound, reached + count
    return LAG_BOUNDS[-1]
