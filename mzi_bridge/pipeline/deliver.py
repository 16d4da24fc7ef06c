"""From CRM records to rows that stand in Moodle."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mzi_bridge.errors import MziError, RetryLater
from mzi_bridge.mapping import FieldFault, ModuleMapping, project
from mzi_bridge.moodle.errors import MoodleFault, MoodleRejectedCall, MoodleTooLarge
from mzi_bridge.moodle.functions import RowAnswer, WriteOptions
from mzi_bridge.pipeline.isolate import isolate
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.resolve import ReadRecord

log = logging.getLogger(__name__)
REFUSALS = (MoodleRejectedCall, MoodleTooLarge, MoodleFault)


@dataclass(frozen=True)
class Delivered:
    """What became of one record.

    `action` is Moodle's word (inserted, updated, unchanged, stale, deleted, rejected), or
    `failed` where Moodle broke on this record alone and may not the next time;
    `reason` and `message` say why it was rejected, without any value of the record.
    `faults` are fields left out of a row that was written all the same.
    """

    action: str
    reason: str = ""
    message: str = ""
    faults: tuple[FieldFault, ...] = ()


async def deliver(
    links: Links,
    mapping: ModuleMapping,
    records: Mapping[str, ReadRecord],
    *,
    rewrite: bool = False,
) -> dict[str, Delivered]:
    """Projects and writes `records` (by id) in batches; one `Delivered` for each.

    With `rewrite`, a row whose content has not changed is written all the same.

    Raises RetryLater, PauseLink or ContractError when Moodle as a whole did not take a batch:
    what was written before stays, and writing it again answers `unchanged`.
    """
    delivered: dict[str, Delivered] = {}
    rows: dict[str, Mapping[str, Any]] = {}
    faults: dict[str, tuple[FieldFault, ...]] = {}
    for record_id, read in records.items():
        projection = project(mapping, read.record, read.read_time)
        _log_faults(mapping, record_id, projection.faults)
        if projection.row is None:
            delivered[record_id] = _rejected("projection", projection.faults)
        else:
            rows[record_id] = projection.row
            faults[record_id] = projection.faults
    for record_id, answer in await _write(links, mapping, rows, rewrite):
        delivered[record_id] = _of_answer(answer, faults[record_id])
    await links.journal.faults.replace(
        mapping.module,
        {record_id: _fault_pairs(faults.get(record_id, ())) for record_id in records},
    )
    return delivered


async def delete(
    links: Links, mapping: ModuleMapping, deletions: Sequence[tuple[str, int]]
) -> dict[str, Delivered]:
    """Sets tombstones for pairs of (id, epoch seconds of the proven deletion)."""

    async def call(batch: Sequence[tuple[str, int]]) -> tuple[RowAnswer, ...]:
        return await links.moodle.delete_records(mapping.entity, batch)

    answers: list[RowAnswer | MziError] = []
    for start in range(0, len(deletions), links.batch_size):
        batch = deletions[start : start + links.batch_size]
        answers += await isolate(batch, call, REFUSALS)
    ids = [record_id for record_id, _ in deletions]
    if ids:
        await links.journal.faults.replace(mapping.module, dict.fromkeys(ids, ()))
    return {
        record_id: _of_answer(answer, ()) for record_id, answer in zip(ids, answers, strict=True)
    }


async def _write(
    links: Links, mapping: ModuleMapping, rows: Mapping[str, Mapping[str, Any]], rewrite: bool
) -> list[tuple[str, RowAnswer | MziError]]:
    async def call(batch: Sequence[str]) -> tuple[RowAnswer, ...]:
        sent = [rows[record_id] for record_id in batch]
        return await links.moodle.upsert(mapping.entity, sent, WriteOptions(rewrite=rewrite))

    ids = list(rows)
    written: list[tuple[str, RowAnswer | MziError]] = []
    for start in range(0, len(ids), links.batch_size):
        batch = ids[start : start + links.batch_size]
        written += zip(batch, await isolate(batch, call, REFUSALS), strict=True)
    return written


def _of_answer(answer: RowAnswer | MziError, faults: tuple[FieldFault, ...]) -> Delivered:
    if isinstance(answer, RetryLater):
        return Delivered("failed", answer.reason, answer.message)
    if isinstance(answer, MziError):
        return Delivered("rejected", answer.reason, answer.message)
    if answer.action == "rejected":
        named = "; ".join(f"{error.field}: {error.code}" for error in answer.errors)
        reason = answer.errors[0].code if answer.errors else "rejected"
        return Delivered("rejected", f"moodle_{reason}", named)
    return Delivered(answer.action, faults=faults)


def _rejected(reason: str, faults: tuple[FieldFault, ...]) -> Delivered:
    named = "; ".join(f"{fault.column} ← {fault.source}: {fault.code}" for fault in faults)
    return Delivered("rejected", reason, named, faults)


def _fault_pairs(faults: tuple[FieldFault, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((fault.column, fault.code) for fault in faults)


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
