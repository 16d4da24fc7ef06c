"""What goes into the inbox and what comes out: the words of the journal."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from mzi_bridge.errors import RejectRecord
from mzi_bridge.journal.tables import MAX_NAME, MAX_RECORD_ID

PLAIN_WORD = re.compile(r"[!-~]+")
LATEST_MS = 2**53


class Operation(StrEnum):
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


OWN_WRITE_SECONDS = 20.0


class Source(StrEnum):
    """How a change became known."""

    NOTIFICATION = "notification"
    WORKFLOW = "workflow"
    DELTA = "delta"
    BACKFILL = "backfill"
    OPERATOR = "operator"
    OWN_WRITE = "own_write"

    @property
    def priority(self) -> int:
        """0 is served first: live changes, then the delta poll, then a backfill."""
        return {Source.DELTA: 1, Source.OWN_WRITE: 1, Source.BACKFILL: 2}.get(self, 0)

    @property
    def turn(self) -> str:
        """How a record's history names what came of it."""
        return _TURNS[self]

    @property
    def wait_seconds(self) -> float:
        """How long it may wait: the CRM's own notice of our write is then looked at with it."""
        return OWN_WRITE_SECONDS if self is Source.OWN_WRITE else 0.0


_TURNS = {
    Source.NOTIFICATION: "notice",
    Source.WORKFLOW: "notice",
    Source.DELTA: "poll",
    Source.BACKFILL: "sync",
    Source.OPERATOR: "operator",
    Source.OWN_WRITE: "push",
}


class OutcomeKind(StrEnum):
    """`held`: it would take something away, and waits for the operator's word."""

    DONE = "done"
    RETRY = "retry"
    DEAD = "dead"
    HELD = "held"


class HeldKind(StrEnum):
    """What a change takes away: the whole record, or what its status gave."""

    DELETE = "delete"
    CLOSING = "closing"


class Notice(Struct, frozen=True):
    """Record `record_id` of `module` has changed; at `noticed_at_ms` by the CRM's clock.

    Raises RejectRecord (bad_module, bad_record_id, bad_time) for what no CRM sends, so that
    nothing unfit to be stored can enter a transaction shared with others.
    """

    module: str
    record_id: str
    operation: Operation
    noticed_at_ms: int
    source: Source
    channel_id: str | None = None

    def __post_init__(self) -> None:
        if not is_plain(self.module, MAX_NAME):
            raise RejectRecord("The module's name cannot be stored.", reason="bad_module")
        if not is_plain(self.record_id, MAX_RECORD_ID):
            raise RejectRecord("The record's id cannot be stored.", reason="bad_record_id")
        if not 0 <= self.noticed_at_ms < LATEST_MS:
            raise RejectRecord("The notice's time is out of range.", reason="bad_time")

    @property
    def event_id(self) -> str:
        """As event_id() tells it of its record, unless a newer notice comes."""
        return event_id(self.module, self.record_id, self.noticed_at_ms)


def event_id(module: str, record_id: str, noticed_at_ms: int) -> str:
    """The name of one notice about one record, for logs and traces: twelve hexadecimal digits.

    Made of what the inbox keeps of a dirty record, so that whoever claims it knows the id under
    which it was accepted, in whatever process, and nobody has to store it. Of several notices the
    newest by the CRM's clock counts.
    """
    whole = f"{module}\0{record_id}\0{noticed_at_ms}"
    return hashlib.blake2s(whole.encode(), digest_size=6).hexdigest()


def is_plain(word: str, longest: int) -> bool:
    """Whether `word` is 1 to `longest` visible ASCII characters."""
    return len(word) <= longest and PLAIN_WORD.fullmatch(word) is not None


class ClaimedRecord(Struct, frozen=True):
    """One record in hand.

    `attempts`: tries before this one since its last notice, those that a crash cut off
    included. `crashes`: how often in a row its lease ran out, for its process died or hung.
    `changed_at_ms`: newest insert or update notice; `deleted_at_ms`: newest proof of deletion;
    either is None if no such notice came since the record was last done. `source`: of the most
    urgent notice.
    """

    record_id: str
    generation: int
    attempts: int
    changed_at_ms: int | None
    deleted_at_ms: int | None
    first_noticed_at: float
    crashes: int = 0
    source: Source = Source.NOTIFICATION

    @property
    def noticed_at_ms(self) -> int:
        """By the CRM's clock, of the newest notice."""
        return max(self.changed_at_ms or 0, self.deleted_at_ms or 0)


class Claim(Struct, frozen=True):
    """Records of one module, leased to `owner` until `lease_until` (epoch seconds)."""

    module: str
    items: tuple[ClaimedRecord, ...]
    owner: str
    lease_until: float
    lease_id: str

    @property
    def events(self) -> Mapping[str, str]:
        """The id of the newest event of each record, by the record's id."""
        return {
            item.record_id: event_id(self.module, item.record_id, item.noticed_at_ms)
            for item in self.items
        }


class Outcome(Struct, frozen=True):
    """What became of one claimed record.

    `message` is a text made by the bridge (column names, codes): never a value of the record.
    `retry_at` (epoch seconds) counts for `retry` only; None means at once. `closes` is what a
    `held` change would take away, or what one that is `done` has left taken away. `version` is
    that of a closing record that is held (epoch s).
    """

    record_id: str
    kind: OutcomeKind
    reason: str = ""
    message: str = ""
    retry_at: float | None = None
    closes: HeldKind | None = None
    version: int | None = None


class SettleCounts(Struct, frozen=True):
    """`superseded`: a newer notice came meanwhile, the record is due again whatever the
    outcome was. `lost`: the lease had passed to someone else, the outcome was not used.
    `released`: held changes of these records that no longer wait, whatever became of them."""

    done: int = 0
    retried: int = 0
    dead: int = 0
    held: int = 0
    released: int = 0
    superseded: int = 0
    lost: int = 0


class InboxCounts(Struct, frozen=True):
    """`dirty` = `due` + `leased` + `waiting` (backing off); `by_module` counts the dirty."""

    dirty: int
    due: int
    leased: int
    waiting: int
    oldest_noticed_at: float | None
    by_module: Mapping[str, int]
