"""From ids to full CRM records."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio
from msgspec import Struct

from mzi_bridge.errors import MziError, RejectRecord
from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.pipeline.isolate import Refusals, isolate
from mzi_bridge.zoho.apis import ZohoApis
from mzi_bridge.zoho.errors import BadAnswer, BadArgument, ServerFault, Unreachable
from mzi_bridge.zoho.records import ROW_LIMIT

log = logging.getLogger(__name__)
SINGLE_READS_AT_ONCE = 4
LONE_FAILURES = 4
UNREADABLE = (RejectRecord, BadArgument)
"""Refusals that speak of single records."""

STUBBORN = (ServerFault, BadAnswer, Unreachable)
"""Faults of the CRM that may lie with one record when they meet a batch again and again."""


class ReadRecord(Struct, frozen=True):
    """A record and the epoch second at which the CRM, by its own clock, answered with it."""

    record: Mapping[str, Any]
    read_time: int


@dataclass
class Resolution:
    """`found` by id; `absent` ids the CRM answered without; `refused` ids it would not read.

    Absent is no proof of deletion: another permission or a lagging replica looks the same.
    """

    found: dict[str, ReadRecord] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    refused: dict[str, MziError] = field(default_factory=dict)

    def take(self, ids: Sequence[str], answers: Sequence[ReadRecord | MziError | None]) -> None:
        for record_id, answer in zip(ids, answers, strict=True):
            if answer is None:
                self.absent.add(record_id)
            elif isinstance(answer, MziError):
                self.refused[record_id] = answer
            else:
                self.found[record_id] = answer


async def resolve(
    zoho: ZohoApis,
    mapping: ModuleMapping,
    ids: Sequence[str],
    *,
    perhaps: Refusals = (),
) -> Resolution:
    """Reads `ids` of the mapping's module: in groups, or one by one where it uses a subform.

    Lists and `ids=` reads carry no custom subform. Errors in `perhaps` are of the record that
    meets them if another record can be read. Raises RetryLater or PauseLink when the CRM as a
    whole cannot be read now; nothing is known of any record then.
    """
    resolution = Resolution()
    if mapping.needs_subform:
        await _Singly(zoho, mapping.module, perhaps, resolution).read(ids)
    else:
        for start in range(0, len(ids), ROW_LIMIT):
            group = ids[start : start + ROW_LIMIT]
            answers = await _read_group(zoho, mapping.module, group, perhaps)
            resolution.take(group, answers)
    log.info("read", extra={"found": len(resolution.found), "absent": len(resolution.absent)})
    return resolution


async def _read_group(
    zoho: ZohoApis, module: str, ids: Sequence[str], perhaps: Refusals
) -> list[ReadRecord | MziError | None]:
    async def read(group: Sequence[str]) -> list[ReadRecord | None]:
        page = await zoho.records.by_ids(module, group)
        by_id = {
            str(record.get("id")): ReadRecord(record, page.read_time) for record in page.records
        }
        return [by_id.get(record_id) for record_id in group]

    return await isolate(ids, read, (*UNREADABLE, *perhaps), certain=UNREADABLE)


class _Singly:
    """Reads by id, a few at once. Stops at an error that is of no single record, or when the
    first few records meet nothing but errors that may be of the CRM as a whole."""

    def __init__(
        self,
        zoho: ZohoApis,
        module: str,
        perhaps: Refusals,
        resolution: Resolution,
    ) -> None:
        self._zoho = zoho
        self._module = module
        self._perhaps = perhaps
        self._resolution = resolution
        self._gate = anyio.CapacityLimiter(SINGLE_READS_AT_ONCE)
        self._failure: MziError | None = None
        self._lone: dict[str, MziError] = {}
        self._skipped: list[str] = []

    async def read(self, ids: Sequence[str]) -> None:
        async with anyio.create_task_group() as tasks:
            for record_id in ids:
                tasks.start_soon(self._read, record_id)
        fault = next(iter(self._lone.values()), None)
        if self._failure is not None:
            raise self._failure
        if fault is not None and not self._answered():
            raise fault
        self._resolution.refused |= self._lone
        if fault is not None:
            self._resolution.refused |= dict.fromkeys(self._skipped, fault)

    async def _read(self, record_id: str) -> None:
        async with self._gate:
            if self._failure or (len(self._lone) >= LONE_FAILURES and not self._answered()):
                self._skipped.append(record_id)
                return
            try:
                page = await self._zoho.records.by_id(self._module, record_id)
            except UNREADABLE as refusal:
                self._resolution.refused[record_id] = refusal
            except self._perhaps as error:
                self._lone[record_id] = error
            except MziError as error:
                self._failure = error
            else:
                record = ReadRecord(page.records[0], page.read_time) if page.records else None
                self._resolution.take([record_id], [record])

    def _answered(self) -> bool:
        resolution = self._resolution
        return bool(resolution.found or resolution.absent or resolution.refused)
