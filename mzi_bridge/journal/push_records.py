"""The words of the way back: events of Moodle that arrive, writes into the CRM that are owed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from msgspec import Struct

from mzi_bridge.errors import RejectRecord
from mzi_bridge.journal.records import LATEST_MS, is_plain
from mzi_bridge.journal.tables import MAX_NAME, MAX_RECORD_ID

MAX_EVENT_ID = 36


class EventResult(StrEnum):
    """`accepted`: something is owed to the CRM. `noted`: nothing is, and the reason says why."""

    ACCEPTED = "accepted"
    NOTED = "noted"


class PushState(StrEnum):
    DUE = "due"
    DONE = "done"
    DEAD = "dead"


class PushOutcomeKind(StrEnum):
    DONE = "done"
    RETRY = "retry"
    DEAD = "dead"


@dataclass(frozen=True)
class NewPush:
    """Record `record_key` of `kind` is to be written into `module`, from `facts` (JSON text).

    `occurred_ms` is when it happened in Moodle (epoch ms). Raises RejectRecord (bad_record_key)
    for what cannot be stored.
    """

    kind: str
    record_key: str
    module: str
    occurred_ms: int
    facts: str = field(repr=False)

    def __post_init__(self) -> None:
        names = is_plain(self.kind, MAX_NAME) and is_plain(self.module, MAX_NAME)
        if not names or not is_plain(self.record_key, MAX_RECORD_ID):
            raise RejectRecord("The record's key cannot be stored.", reason="bad_record_key")


class Arrival(Struct, frozen=True):
    """One event of Moodle and what was made of it.

    `body_hash` is the SHA-256 of type and data; `occurred_ms` epoch ms. Raises RejectRecord
    (bad_event_id, bad_event_type, bad_time) for what cannot be stored.
    """

    event_id: str
    event_type: str
    body_hash: str
    occurred_ms: int
    result: EventResult
    reason: str = ""
    pushes: tuple[NewPush, ...] = ()

    def __post_init__(self) -> None:
        if not is_plain(self.event_id, MAX_EVENT_ID):
            raise RejectRecord("The event's id cannot be stored.", reason="bad_event_id")
        if not is_plain(self.event_type, MAX_NAME):
            raise RejectRecord("The event's type cannot be stored.", reason="bad_event_type")
        if not 0 <= self.occurred_ms < LATEST_MS:
            raise RejectRecord("The event's time is out of range.", reason="bad_time")


class Taken(Struct, frozen=True):
    """The answer to an event: that of its first arrival, taken in at `received_at` (epoch s).

    `is_other`: another event was taken in under this id; nothing of this one was stored.
    """

    event_id: str
    result: EventResult
    reason: str
    received_at: float
    is_repeat: bool = False
    is_other: bool = False


@dataclass(frozen=True)
class ClaimedPush:
    """One owed write in hand.

    `facts`: JSON text, None when no key opens it or its time to be kept is over. `crm_id`,
    `content_hash`, `rows_hash`: what was last written. `attempts` and `crashes` are as in the
    inbox.
    """

    record_key: str
    generation: int
    occurred_ms: int
    facts: str | None = field(repr=False)
    step: str
    sent_at: float | None
    crm_id: str | None
    content_hash: str | None
    rows_hash: str | None
    first_at: float
    attempts: int
    crashes: int


class PushClaim(Struct, frozen=True):
    """Owed writes of one kind, leased to `owner` until `lease_until` (epoch seconds)."""

    kind: str
    items: tuple[ClaimedPush, ...]
    owner: str
    lease_until: float
    lease_id: str


class PushOutcome(Struct, frozen=True):
    """What became of one owed write; what is None stays as it was.

    `written_ms` is the record's modification time (epoch ms by the CRM's clock). `message` is a
    text of the bridge's own, without a value.
    """

    record_key: str
    kind: PushOutcomeKind
    reason: str = ""
    message: str = ""
    retry_at: float | None = None
    crm_id: str | None = None
    content_hash: str | None = None
    rows_hash: str | None = None
    written_ms: int | None = None


class PushStep(Struct, frozen=True):
    """How far an owed write of several steps has come."""

    record_key: str
    step: str
    crm_id: str | None = None
    written_ms: int | None = None


class PushSettled(Struct, frozen=True):
    """`superseded`: newer facts came meanwhile, the write is due again. `lost`: the lease had
    passed to someone else."""

    done: int = 0
    retried: int = 0
    dead: int = 0
    superseded: int = 0
    lost: int = 0


class PushCounts(Struct, frozen=True):
    """`due` are owed (`leased` of them in hand); `oldest_at` is when the first of them came."""

    due: int
    leased: int
    dead: int
    oldest_at: float | None
    by_kind: Mapping[str, int]


class PushRow(Struct, frozen=True):
    """An owed or dead write as an operator sees it: no value of it."""

    kind: str
    record_key: str
    module: str
    state: PushState
    step: str
    crm_id: str | None
    attempts: int
    first_at: float
    last_at: float
    ready_at: float
    reason: str
    message: str
