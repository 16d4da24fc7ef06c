from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mzi_bridge.journal.journal import Journal
from mzi_bridge.pipeline.accept import Delivery, Notice, Operation, Source, accept_into
from tests.support.clock import ManualClock
from tests.support.databases import fresh_database


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    async with (
        fresh_database("sqlite", tmp_path) as url,
        Journal.open(url, clock=ManualClock()) as journal,
    ):
        yield journal


def notice(module: str, record_id: str) -> Notice:
    return Notice(module, record_id, Operation.UPDATE, 1_750_000_000_000, Source.NOTIFICATION)


def delivery(module: str) -> Delivery:
    return Delivery("1001", module, "update", 1, ("1",), None, "notification", "accepted")


async def test_what_was_accepted_is_dirty_and_audited(journal: Journal) -> None:
    accept = accept_into(journal.inbox, {"Leads"})
    assert await accept([notice("Leads", "1"), notice("Leads", "2")], [delivery("Leads")]) == 2
    assert (await journal.inbox.counts()).by_module == {"Leads": 2}
    (kept,) = await journal.deliveries.list()
    assert (kept.result, kept.reason) == ("accepted", "")


async def test_a_module_that_is_not_mapped_is_audited_only(journal: Journal) -> None:
    accept = accept_into(journal.inbox, {"Leads"})
    assert await accept([notice("Contacts", "1")], [delivery("Contacts")]) == 0
    assert (await journal.inbox.counts()).dirty == 0
    (kept,) = await journal.deliveries.list()
    assert (kept.module, kept.result, kept.reason) == ("Contacts", "ignored", "module_not_mapped")
