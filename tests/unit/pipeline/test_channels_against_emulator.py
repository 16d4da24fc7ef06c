"""Channels at the emulated CRM: what it tells us bears a token the journal knows."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mzi_bridge.journal.channels import ChannelRow, hash_token
from mzi_bridge.journal.journal import Journal
from mzi_bridge.mapping import load_preset
from mzi_bridge.moodle.functions import MoodleFunctions
from mzi_bridge.pipeline.channels import delete_channels, list_channels, renew_due, setup
from mzi_bridge.pipeline.links import Links
from mzi_bridge.sandbox.listener import listening
from tests.support.emulated_crm import Office

HOUR = 3600.0


@dataclass
class Doorbell:
    """Where notices arrive."""

    address: str = ""
    notices: list[dict[str, Any]] = field(default_factory=list)

    async def ring(self, request: Request) -> Response:
        self.notices.append(json.loads(await request.body()))
        return Response(status_code=202)

    @property
    def app(self) -> Starlette:
        path = "/api/v1/webhooks/zoho"
        return Starlette(routes=[Route(path, self.ring, methods=["POST"])])


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def office() -> Office:
    return Office.open()


@pytest.fixture
async def bell() -> AsyncIterator[Doorbell]:
    bell = Doorbell()
    async with listening(bell.app) as bell.address:
        yield bell


@pytest.fixture
async def links(office: Office, tmp_path: Path) -> AsyncIterator[Links]:
    url = f"sqlite:///{tmp_path / 'journal.sqlite3'}"
    async with (
        Journal.open(url, clock=office.clock) as journal,
        office.client() as zoho,
    ):
        moodle = cast("MoodleFunctions", None)
        yield Links(journal, zoho, moodle, load_preset("btec"), office.clock)
    await office.app.state.emulator.notifier.close()


async def notices_of(office: Office, bell: Doorbell) -> list[dict[str, Any]]:
    """What a new student, its change and its deletion in the CRM make ring."""
    bell.notices.clear()
    parts = office.app.state.emulator
    student = office.crm.insert("BTEC_Students", {"First_Name": "A", "Last_Name": "Z"})
    parts.publish()
    await parts.notifier.settled()
    office.crm.update("BTEC_Students", student, {"First_Name": "B"})
    parts.publish()
    await parts.notifier.settled()
    office.crm.delete("BTEC_Students", student)
    parts.publish()
    await parts.notifier.settled()
    return bell.notices


async def known(links: Links, notice: dict[str, Any]) -> ChannelRow | None:
    row = await links.journal.channels.get(notice["channel_id"])
    return row if row and row.token_hash == hash_token(notice["token"]) else None


async def test_each_operation_rings_with_a_token_the_journal_knows(
    office: Office, bell: Doorbell, links: Links
) -> None:
    outcomes = await setup(links, bell.address)
    assert {outcome.done for outcome in outcomes} == {"enabled"}
    assert not any(outcome.shortened for outcome in outcomes)
    notices = await notices_of(office, bell)
    assert [notice["operation"] for notice in notices] == ["insert", "update", "delete"]
    for notice in notices:
        row = await known(links, notice)
        assert row is not None
        assert row.module == notice["module"] == "BTEC_Students"


async def test_setup_twice_is_setup_once(office: Office, bell: Doorbell, links: Links) -> None:
    await setup(links, bell.address)
    before = await links.journal.channels.list()
    assert {outcome.done for outcome in await setup(links, bell.address)} == {"kept"}
    assert await links.journal.channels.list() == before
    assert all(state.as_recorded for state in await list_channels(links))
    assert len(await notices_of(office, bell)) == 3


@pytest.mark.parametrize(("hours", "done"), [(12.0, "renewed"), (25.0, "replaced")])
async def test_notices_go_on_after_a_renewal(
    office: Office, bell: Doorbell, links: Links, hours: float, done: str
) -> None:
    await setup(links, bell.address)
    office.clock.advance(hours * HOUR)
    assert {outcome.done for outcome in await renew_due(links)} == {done}
    notices = await notices_of(office, bell)
    assert len(notices) == 3
    assert all([await known(links, notice) for notice in notices])


async def test_a_week_asked_of_v2_is_an_hour_and_is_told(
    office: Office, bell: Doorbell, links: Links
) -> None:
    outcomes = await setup(links, bell.address, 168.0)
    assert all(outcome.shortened for outcome in outcomes)
    office.clock.advance(0.5 * HOUR)
    assert {outcome.done for outcome in await renew_due(links)} == {"renewed"}


async def test_after_deletion_nothing_rings(office: Office, bell: Doorbell, links: Links) -> None:
    await setup(links, bell.address)
    assert {outcome.done for outcome in await delete_channels(links)} == {"removed"}
    assert await notices_of(office, bell) == []
    assert await list_channels(links) == []
