"""Page by page through one module of the CRM: the reading half of full and delta sync."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from datetime import UTC, datetime

from msgspec import Struct

from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.pause import refuse_while_paused
from mzi_bridge.pipeline.resolve import ReadRecord
from mzi_bridge.zoho.rows import Page

log = logging.getLogger(__name__)


class Step(Struct, frozen=True):
    """One page of a walk; `number` counts from 1, `more` tells whether another follows."""

    number: int
    page: Page


def records_of(step: Step) -> dict[str, ReadRecord]:
    """The page's records by id. One without an id, which no CRM should send, is left out."""
    records: dict[str, ReadRecord] = {}
    for record in step.page.records:
        record_id = record.get("id")
        if isinstance(record_id, str) and record_id:
            records[record_id] = ReadRecord(record, step.page.read_time)
    if len(records) < len(step.page.records):
        log.error("a page of the CRM holds records without an id, or one twice")
    return records


async def walk(
    links: Links, module: str, *, since: int | None, first_page: int = 1
) -> AsyncGenerator[Step, None]:
    """Pages of `module`, oldest id first; with `since` (epoch s) only what changed from then on.

    By id, because a change then moves no other record between pages. A deletion still moves
    the later ones up by one place, past a page already read: see `ModuleWalk`. Raises
    LinkPaused between two pages when somebody else has found a side out of reach.
    """
    number = first_page
    while True:
        page = await links.zoho.records.page(
            module,
            number,
            modified_since=_utc(since),
            sort_by="id",
            sort_order="asc",
        )
        yield Step(number, page)
        if not page.more:
            return
        await refuse_while_paused(links)
        number += 1


def _utc(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
