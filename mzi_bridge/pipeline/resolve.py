"""From ids to full CRM records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio

from mzi_bridge.errors import MziError, RejectRecord
from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.pipeline.isolate import isolate
from mzi_bridge.zoho.apis import ZohoApis
from mzi_bridge.zoho.errors import BadArgument
from mzi_bridge.zoho.records import ROW_LIMIT

SINGLE_READS_AT_ONCE = 4
UNREADABLE = (RejectRecord, BadArgument)


@dataclass(frozen=True)
class ReadRecord:
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


async def resolve(zoho: ZohoApis, mapping: ModuleMapping, ids: Sequence[str]) -> Resolution:
    """Reads `ids` of the mapping's module: in groups, or one by one where it uses a subform.

    Lists and `ids=` reads carry no custom subform. Raises RetryLater or PauseLink when the
    CRM as a whole cannot be read now; nothing is known of any record then.
    """
    resolution = Resolution()
    if mapping.needs_subform:
        await _read_singly(zoho, mapping.module, ids, resolution)
    else:
        for start in range(0, len(ids), ROW_LIMIT):
            group = ids[start : start + ROW_LIMIT]
            resolution.take(group, await _read_group(zoho, mapping.module, group))
    return resolution


async def _read_group(
    zoho: ZohoApis, module: str, ids: Sequence[str]
) -> list[ReadRecord | MziError | None]:
    async def read(group: Sequence[str]) -> list[ReadRecord | None]:
        page = await zoho.records.by_ids(module, group)
        by_id = {
            str(record.get("id")): ReadRecord(record, page.read_time) for record in page.records
        }
        return [by_id.get(record_id) for record_id in group]

    return await isolate(ids, read, UNREADABLE, certain=True)


async def _read_singly(
    zoho: ZohoApis, module: str, ids: Sequence[str], resolution: Resolution
) -> None:
    gate = anyio.CapacityLimiter(SINGLE_READS_AT_ONCE)
    failures: list[MziError] = []

    async def read(record_id: str) -> None:
        async with gate:
            if failures:
                return
            try:
                page = await zoho.records.by_id(module, record_id)
            except UNREADABLE as refusal:
                resolution.refused[record_id] = refusal
            except MziError as error:
                failures.append(error)
            else:
                record = ReadRecord(page.records[0], page.read_time) if page.records else None
                resolution.take([record_id], [record])

    async with anyio.create_task_group() as tasks:
        for record_id in ids:
            tasks.start_soon(read, record_id)
    if failures:
        raise failures[0]
