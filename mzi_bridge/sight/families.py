"""Every metric there is: its name, its labels, what it means. `docs/sight.md` tells the same."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

Values = Mapping[tuple[str, ...], float]
"""Of a family: a number by the values of its labels."""


class Kind(StrEnum):
    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Family(Struct, frozen=True):
    """`name` as it stands in a scrape, but for a histogram's endings."""

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()


NOTIFICATIONS = Family(
    "mzi_notifications_total",
    Kind.COUNTER,
    "Requests of the CRM: accepted, ignored or refused, and why.",
    ("result", "reason"),
)
ZOHO_REQUESTS = Family(
    "mzi_zoho_requests_total",
    Kind.COUNTER,
    "Calls of the CRM's API by HTTP status; none where nothing came back.",
    ("operation", "status"),
)
MOODLE_CALLS = Family(
    "mzi_moodle_calls_total",
    Kind.COUNTER,
    "Calls of Moodle's functions; the outcome is ok or the word of the fault.",
    ("function", "outcome"),
)
RECORDS = Family(
    "mzi_records_total",
    Kind.COUNTER,
    "Records by what became of them; a record that is tried again counts each time.",
    ("entity", "outcome"),
)
LAG = Family(
    "mzi_lag_seconds",
    Kind.HISTOGRAM,
    "From the first notice of a change to its row in Moodle.",
)
EVENTS = Family(
    "mzi_events_total",
    Kind.COUNTER,
    "Events of Moodle: accepted once each, or refused.",
    ("result",),
)
PUSHES = Family(
    "mzi_pushes_total",
    Kind.COUNTER,
    "Writes into the CRM that were made, or refused for good.",
    ("outcome",),
)
COUNTED = (NOTIFICATIONS, ZOHO_REQUESTS, MOODLE_CALLS, RECORDS, LAG, EVENTS, PUSHES)
"""Counted by this process since it began."""

JOURNAL_UP = Family(
    "mzi_journal_up",
    Kind.GAUGE,
    "1 if the journal answered this scrape; with 0 all that is read of it is missing.",
)
INBOX_DIRTY = Family("mzi_inbox_dirty", Kind.GAUGE, "Records that wait for their way to Moodle.")
OLDEST_DIRTY = Family(
    "mzi_oldest_dirty_seconds",
    Kind.GAUGE,
    "How long the oldest of them has waited; 0 where none does.",
)
CREDITS_USED = Family(
    "mzi_credits_used",
    Kind.GAUGE,
    "API credits that the bridge's calls of the last 24 hours cost.",
)
CREDITS_DAILY = Family(
    "mzi_credits_daily", Kind.GAUGE, "API credits that the edition allows in 24 hours."
)
CHANNEL_EXPIRY = Family(
    "mzi_channel_expiry_seconds",
    Kind.GAUGE,
    "Until the first channel ends, below 0 once it has; missing without a channel.",
)
DEAD_LETTERS = Family("mzi_dead_letters", Kind.GAUGE, "Records given up, until someone acts.")
PUSHES_WAITING = Family("mzi_pushes_waiting", Kind.GAUGE, "Writes that are owed to the CRM.")
OLDEST_PUSH = Family(
    "mzi_oldest_push_seconds",
    Kind.GAUGE,
    "How long the oldest of them has waited; 0 where none does.",
)
LINK_PAUSED = Family(
    "mzi_link_paused",
    Kind.GAUGE,
    "1 while a side, or module:NAME, is paused, and why; 0 for a side that is not.",
    ("link", "reason"),
)
ALARMS = Family("mzi_alarms", Kind.GAUGE, "Alarms that stand, by kind.", ("kind",))
READ = (
    JOURNAL_UP,
    INBOX_DIRTY,
    OLDEST_DIRTY,
    CREDITS_USED,
    CREDITS_DAILY,
    CHANNEL_EXPIRY,
    DEAD_LETTERS,
    PUSHES_WAITING,
    OLDEST_PUSH,
    LINK_PAUSED,
    ALARMS,
)
"""Read of the journal at each scrape: the same whichever process is asked."""

FAMILIES: tuple[Family, ...] = (*COUNTED, *READ)
