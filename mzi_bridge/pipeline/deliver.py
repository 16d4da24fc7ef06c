"""From CRM records to rows that stand in Moodle."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from mzi_bridge.errors import MziError, RetryLater
from mzi_bridge.journal.records import HeldKind
from mzi_bridge.mapping import FieldFault, ModuleMapping, project
from mzi_bridge.moodle.errors import (
    MoodleBadAnswer,
    MoodleFault,
    MoodleRejectedCall,
    MoodleTooLarge,
    MoodleUnreachable,
)
from mzi_bridge.moodle.functions import RowAnswer, WriteOptions
from mzi_bridge.pipeline.brake import Brake, brake_of, closes, versions_of
from mzi_bridge.pipeline.isolate import Refusals, isolate
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.resolve import ReadRecord

log = logging.getLogger(__name__)
Answered = tuple[str, RowAnswer | MziError]
STANDING = ("inserted", "updated", "unchanged", "deleted")
REFUSALS = (MoodleRejectedCall, MoodleTooLarge, MoodleFault)
"""What a batch may meet for the sake of one row."""

STUBBORN = (*REFUSALS, MoodleUnreachable, MoodleBadAnswer)
"""The same for a batch that failed again and again: a row may also hang or break Moodle."""


class Call(Protocol):
    async def __call__(
        self, batch: Sequence[str], *, options: WriteOptions
    ) -> tuple[RowAnswer, ...]: ...


class Delivered(Struct, frozen=True):
    """What became of one record.

    `action` is Moodle's word (inserted, updated, unchanged, stale, deleted, held, rejected), or
    `discarded` where it was held because the operator had decided against it, or
    `failed` where Moodle broke on this record alone and may not the next time;
    `reason` and `message` say why it was rejected or held, without any value of the record.
    `faults` are fields left out of a row that was written all the same. `closes` is what the
    record's state, which now stands in Moodle or is held back from it, takes away; `version` is
    the row's (epoch s), None where no row was made. `retry_after` (s) is the other side's own
    word where it `failed`, None if it sent none.
    """

    action: str
    reason: str = ""
    message: str = ""
    faults: tuple[FieldFault, ...] = ()
    closes: HeldKind | None = None
    version: int | None = None
    retry_after: float | None = None


async def deliver(
    links: Links,
    mapping: ModuleMapping,
    records: Mapping[str, ReadRecord],
    refusals: Refusals = REFUSALS,
    *,
    rewrite: bool = False,
) -> dict[str, Delivered]:
    """Projects and writes `records` (by id) in batches; one `Delivered` for each.

    `refusals` are the errors of a batch for which its rows are looked at one by one. With
    `rewrite`, a row whose content has not changed is written all the same.

    Raises RetryLater, PauseLink or ContractError when Moodle as a whole did not take a batch:
    what was written before stays, and writing it again answers `unchanged`.
    """
    return await write(links, mapping, projected(mapping, records), refusals, rewrite=rewrite)


class Projected(Struct, frozen=True):
    """Records made ready: `rows` to write, with the fields left out of them, and those refused.

    All by record id; a record is either in `rows` or in `rejected`.
    """

    rows: Mapping[str, Mapping[str, Any]]
    faults: Mapping[str, tuple[FieldFault, ...]]
    rejected: Mapping[str, Delivered]


def projected(mapping: ModuleMapping, records: Mapping[str, ReadRecord]) -> Projected:
    """The first half of `deliver`, which needs nobody else."""
    rows: dict[str, Mapping[str, Any]] = {}
    faults: dict[str, tuple[FieldFault, ...]] = {}
    rejected: dict[str, Delivered] = {}
    for record_id, read in records.items():
        projection = project(mapping, read.record, read.read_time)
        _log_faults(mapping, record_id, projection.faults)
        if projection.row is None:
            rejected[record_id] = _rejected("projection", projection.faults)
        else:
            rows[record_id] = projection.row
            faults[record_id] = projection.faults
    return Projected(rows, faults, rejected)


async def write(
    links: Links,
    mapping: ModuleMapping,
    ready: Projected,
    refusals: Refusals = REFUSALS,
    *,
    rewrite: bool = False,
    standing: AbstractSet[str] = frozenset(),
) -> dict[str, Delivered]:
    """The second half of `deliver`; raises as it does. Rows that are `standing`, for Moodle has
    confirmed them, are not sent: they end as unchanged."""
    rows = {i: row for i, row in ready.rows.items() if i not in standing}
    delivered = dict(ready.rejected)
    if rows:
        delivered |= await _sent(links, mapping, replace(ready, rows=rows), refusals, rewrite)
    faults = ready.faults
    delivered |= {i: _stands(mapping, ready.rows[i], faults[i]) for i in standing}
    _log_actions(mapping, delivered.values())
    await links.journal.faults.replace(
        mapping.module,
        {record_id: _fault_pairs(faults.get(record_id, ())) for record_id in delivered},
    )
    return delivered


async def _sent(
    links: Links, mapping: ModuleMapping, ready: Projected, refusals: Refusals, rewrite: bool
) -> dict[str, Delivered]:
    rows = ready.rows
    brake = await brake_of(links, mapping, HeldKind.CLOSING, versions_of(mapping, rows))
    delivered: dict[str, Delivered] = {}
    for record_id, answer in await _write(links, mapping, rows, brake, refusals, rewrite):
        closed = closes(mapping, rows[record_id])
        outcome = _of_answer(record_id, answer, ready.faults[record_id], closed, brake)
        version = rows[record_id]["modified_time"]
        delivered[record_id] = replace(outcome, version=version)
    return delivered


def _stands(
    mapping: ModuleMapping, row: Mapping[str, Any], faults: tuple[FieldFault, ...]
) -> Delivered:
    closed, version = closes(mapping, row), row["modified_time"]
    return Delivered("unchanged", faults=faults, closes=closed, version=version)


async def delete(
    links: Links,
    mapping: ModuleMapping,
    deletions: Sequence[tuple[str, int]],
    refusals: Refusals = REFUSALS,
    *,
    told_at: Mapping[str, int] | None = None,
) -> dict[str, Delivered]:
    """Sets tombstones for pairs of (id, epoch seconds of the proven deletion).

    `told_at`: when the proofs say that it was, where the pairs name a later time.
    """

    if not deletions:
        return {}
    versions = dict(deletions)

    async def call(batch: Sequence[str], *, options: WriteOptions) -> tuple[RowAnswer, ...]:
        pairs = [(record_id, versions[record_id]) for record_id in batch]
        return await links.moodle.delete_records(mapping.entity, pairs, options)

    brake = await brake_of(links, mapping, HeldKind.DELETE, {**versions, **(told_at or {})})
    answers = await _in_batches(links, brake.calls(versions), call, refusals)
    await links.journal.faults.replace(mapping.module, dict.fromkeys(versions, ()))
    if mapping.photo is not None:
        # One that comes back is looked at anew.
        await links.journal.photos.forget(mapping.module, list(versions))
    delivered = {
        record_id: _of_answer(record_id, answer, (), HeldKind.DELETE, brake)
        for record_id, answer in answers
    }
    _log_actions(mapping, delivered.values())
    return delivered


def failed(fault: RetryLater) -> Delivered:
    return Delivered("failed", fault.reason, fault.message, retry_after=fault.retry_after)


async def _write(
    links: Links,
    mapping: ModuleMapping,
    rows: Mapping[str, Mapping[str, Any]],
    brake: Brake,
    refusals: Refusals,
    rewrite: bool,
) -> list[Answered]:
    async def call(batch: Sequence[str], *, options: WriteOptions) -> tuple[RowAnswer, ...]:
        sent = [rows[record_id] for record_id in batch]
        options = replace(options, rewrite=rewrite)
        return await links.moodle.upsert(mapping.entity, sent, options)

    return await _in_batches(links, brake.calls(rows), call, refusals)


async def _in_batches(
    links: Links,
    calls: Iterable[tuple[WriteOptions, Sequence[str]]],
    call: Call,
    refusals: Refusals,
) -> list[Answered]:
    answered: list[Answered] = []
    for options, ids in calls:
        left = list(ids)
        while left:
            size = links.batches.now
            batch, left = left[:size], left[size:]
            asked = partial(_timed, links, call, options=options)
            answers = await isolate(batch, asked, refusals)
            answered += zip(batch, answers, strict=True)
    return answered


async def _timed(
    links: Links, call: Call, batch: Sequence[str], *, options: WriteOptions
) -> tuple[RowAnswer, ...]:
    began = links.clock.now()
    answers = await call(batch, options=options)
    links.batches.answered(len(batch), links.clock.now() - began)
    return answers


def _of_answer(
    record_id: str,
    answer: RowAnswer | MziError,
    faults: tuple[FieldFault, ...],
    closed: HeldKind | None,
    brake: Brake,
) -> Delivered:
    if isinstance(answer, RetryLater):
        return failed(answer)
    if isinstance(answer, MziError):
        return Delivered("rejected", answer.reason, answer.message)
    if answer.action == "rejected":
        named = "; ".join(f"{error.field}: {error.code}" for error in answer.errors)
        reason = answer.errors[0].code if answer.errors else "rejected"
        return Delivered("rejected", f"moodle_{reason}", named)
    if answer.action == "held" and record_id in brake.discarded:
        return Delivered("discarded")
    if answer.action == "held":
        return Delivered("held", brake.reason, closes=closed)
    return Delivered(
        answer.action, faults=faults, closes=closed if answer.action in STANDING else None
    )


def _rejected(reason: str, faults: tuple[FieldFault, ...]) -> Delivered:
    named = "; ".join(f"{fault.column} ← {fault.source}: {fault.code}" for fault in faults)
    return Delivered("rejected", reason, named, faults)


def _fault_pairs(faults: tuple[FieldFault, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((fault.column, fault.code) for fault in faults)


def _log_actions(mapping: ModuleMapping, delivered: Iterable[Delivered]) -> None:
    actions = Counter(one.action for one in delivered)
    log.info("delivered", extra={"entity": mapping.entity, "actions": dict(actions)})


def _log_faults(mapping: ModuleMapping, record_id: str, faults: tuple[FieldFault, ...]) -> None:
    for fault in faults:
        log.warning(
            "field left out: %s %s: %s ← %s: %s",
            mapping.module,
            record_id,
            fault.column,
            fault.source,
            fault.code,
        )
