"""What is told of held changes, and how it is read from their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from sqlalchemy import Row

from mzi_bridge.journal.holding import HeldState
from mzi_bridge.journal.records import HeldKind


class HeldChange(Struct, frozen=True):
    """`held_at` is when it was first held, `last_held_at` when last (epoch seconds)."""

    id: int
    module: str
    record_id: str
    kind: HeldKind
    reason: str
    state: HeldState
    held_at: float
    last_held_at: float
    confirmed_at: float | None
    closed_at: float | None
    note: str


class LiveChange(Struct, frozen=True):
    """`deleted_at_ms` is the proof of the deletion that is held, by the CRM's clock."""

    kind: HeldKind
    confirmed: bool
    deleted_at_ms: int | None


class HeldNow(Struct, frozen=True):
    """`waiting`: the module has open changes. `live`: those of the records asked for, by id.

    `discarded`: what the operator has decided against, as the newest time (epoch ms, by the
    CRM's clock) of such a change: the proof of a deletion, the version of a closing record.
    """

    waiting: bool
    live: Mapping[str, LiveChange]
    discarded: Mapping[tuple[str, HeldKind], int] = field(default_factory=dict)


class OpenChanges(Struct, frozen=True):
    """How many of a module are open, and the highest id among them."""

    number: int
    last: int


def live_change(row: Row[Any]) -> LiveChange:
    proof = row.deleted_at_ms if row.kind == HeldKind.DELETE else None
    return LiveChange(HeldKind(row.kind), row.state == HeldState.CONFIRMED, proof)


def newest_discarded(rows: Sequence[Row[Any]]) -> dict[tuple[str, HeldKind], int]:
    """As `HeldNow.discarded` has them."""
    newest: dict[tuple[str, HeldKind], int] = {}
    for row in rows:
        kind = HeldKind(row.kind)
        told = row.deleted_at_ms if kind is HeldKind.DELETE else row.changed_at_ms
        at = int(row.last_held_at * 1000) if told is None else told
        key = row.record_id, kind
        newest[key] = max(at, newest.get(key, 0))
    return newest


def held_change(row: Row[Any]) -> HeldChange:
    return HeldChange(
        row.id,
        row.module,
        row.record_id,
        HeldKind(row.kind),
        row.reason,
        HeldState(row.state),
        row.held_at,
        row.last_held_at,
        row.confirmed_at,
        row.closed_at,
        row.note,
    )
