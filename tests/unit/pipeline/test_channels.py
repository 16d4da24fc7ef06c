"""Channels kept at Zoho, with a real client and a real journal; Zoho's end follows its rules:
more than a day asked gives an hour, ended channels are forgotten."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import anyio
import httpx2
import pytest
from msgspec.structs import replace

from mzi_bridge.journal.channels import ChannelRow, hash_token
from mzi_bridge.journal.journal import Journal
from mzi_bridge.mapping import load_preset
from mzi_bridge.moodle.functions import MoodleFunctions
from mzi_bridge.pipeline.channels import delete_channels, list_channels, renew_due, setup
from mzi_bridge.pipeline.links import Links
from mzi_bridge.zoho.errors import TokenRefused
from tests.support.clock import ManualClock
from tests.support.scripted_crm import NOW, ScriptedCrm

BASE = "https://bridge.example/"
URL = "https://bridge.example/api/v1/webhooks/zoho"
HOUR = 3600.0
GONE = {"code": "NOT_SUBSCRIBED", "details": {}, "message": "m", "status": "error"}


@dataclass
class Watch:
    """Zoho's side of `actions/watch`. `before` may answer a call in its place; `after` may
    lose the answer of a call that has been carried out."""

    clock: ManualClock
    channels: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    before: Callable[[httpx2.Request], httpx2.Response | None] = lambda request: None
    after: Callable[[httpx2.Request], None] = lambda request: None

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.calls.append(request.method)
        self.channels = {
            key: row for key, row in self.channels.items() if row["end"] > self.clock.now()
        }
        if (early := self.before(request)) is not None:
            return early
        response = getattr(self, f"_{request.method.lower()}")(request)
        self.after(request)
        return cast("httpx2.Response", response)

    def _get(self, request: httpx2.Request) -> httpx2.Response:
        rows = [
            {
                "channel_id": key,
                "resource_name": row["events"][0].partition(".")[0],
                "events": row["events"],
                "notify_url": row["notify_url"],
                "channel_expiry": _iso(row["end"]),
            }
            for key, row in self.channels.items()
        ]
        return httpx2.Response(200, json={"watch": rows}) if rows else httpx2.Response(204)

    def _post(self, request: httpx2.Request) -> httpx2.Response:
        return self._grant(request, 201)

    def _patch(self, request: httpx2.Request) -> httpx2.Response:
        ids = [item["channel_id"] for item in json.loads(request.content)["watch"]]
        if any(one not in self.channels for one in ids):
            return httpx2.Response(400, json=GONE)
        return self._grant(request, 200)

    def _delete(self, request: httpx2.Request) -> httpx2.Response:
        if self.channels.pop(request.url.params["channel_ids"], None) is None:
            return httpx2.Response(400, json=GONE)
        return httpx2.Response(200, json={"watch": [{"code": "SUCCESS", "status": "success"}]})

    def _grant(self, request: httpx2.Request, status: int) -> httpx2.Response:
        rows = []
        for item in json.loads(request.content)["watch"]:
            end = datetime.fromisoformat(item["channel_expiry"]).timestamp()
            end = end if end <= self.clock.now() + 24 * HOUR else self.clock.now() + HOUR
            self.channels[item["channel_id"]] = {**item, "end": end}
            event = {"channel_expiry": _iso(end), "channel_id": item["channel_id"]}
            rows.append({"code": "SUCCESS", "details": {"events": [event]}, "status": "success"})
        return httpx2.Response(status, json={"watch": rows})

    def token_hash(self, channel_id: str) -> str:
        return hash_token(self.channels[channel_id]["token"])


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")


@dataclass
class World:
    links: Links
    watch: Watch
    clock: ManualClock

    async def rows(self) -> dict[str, ChannelRow]:
        """The journal's channels by module; each module has one."""
        rows = await self.links.journal.channels.list()
        found = {row.module: row for row in rows}
        assert len(found) == len(rows)
        return found

    async def accepted(self, channel_id: str) -> bool:
        """Whether a notice with the token Zoho now holds would be let in."""
        row = await self.links.journal.channels.get(channel_id)
        if row is None:
            return False
        valid = {row.token_hash}
        if (row.previous_valid_until or 0.0) > self.clock.now():
            valid.add(row.previous_token_hash or "")
        return self.watch.token_hash(channel_id) in valid


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    clock = ManualClock(NOW)
    watch = Watch(clock)
    crm = ScriptedCrm(clock, answer=watch.answer)
    async with (
        Journal.open(f"sqlite:///{tmp_path / 'journal.sqlite3'}", clock=clock) as journal,
        crm.client() as zoho,
    ):
        links = Links(
            journal=journal,
            zoho=zoho,
            moodle=cast("MoodleFunctions", None),
            preset=load_preset("btec"),
            clock=clock,
        )
        yield World(links, watch, clock)


async def test_setup_registers_one_channel_for_each_module(world: World) -> None:
    outcomes = await setup(world.links, BASE)
    rows = await world.rows()
    assert set(rows) == set(world.links.preset.modules)
    assert [outcome.done for outcome in outcomes] == ["enabled"] * len(rows)
    for module, row in rows.items():
        channel = world.watch.channels[row.channel_id]
        assert channel["events"] == [f"{module}.{one}" for one in ("create", "edit", "delete")]
        assert channel["notify_url"] == row.notify_url == URL
        assert len(channel["token"]) == 50
        assert row.token_hash == hash_token(channel["token"])
        assert row.channel_id.isdigit()
        assert row.expires_at == channel["end"]
    assert len({row.token_hash for row in rows.values()}) == len(rows)


async def test_setup_run_twice_changes_nothing(world: World) -> None:
    await setup(world.links, BASE)
    before, world.watch.calls[:] = await world.rows(), []
    world.clock.advance(HOUR)
    outcomes = await setup(world.links, BASE)
    assert {outcome.done for outcome in outcomes} == {"kept"}
    assert await world.rows() == before
    assert world.watch.calls == ["GET"]


async def test_setup_reports_the_end_granted_and_asks_for_less_than_the_bound(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    outcomes = await setup(world.links, BASE, 24.0)
    for outcome in outcomes:
        assert outcome.asked_until == outcome.granted_until == NOW + 24 * HOUR - 300
        assert not outcome.shortened
    assert caplog.text == ""


async def test_the_silent_fall_to_one_hour_is_told(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "mzi_bridge")
    outcomes = await setup(world.links, BASE, 168.0)
    assert all(outcome.shortened for outcome in outcomes)
    assert {outcome.granted_until for outcome in outcomes} == {NOW + HOUR}
    assert "shorter life than asked" in caplog.text


async def test_setup_enables_anew_what_zoho_has_forgotten(world: World) -> None:
    await setup(world.links, BASE)
    lost = (await world.rows())["BTEC_Students"]
    del world.watch.channels[lost.channel_id]
    outcomes = await setup(world.links, BASE)
    assert [o.module for o in outcomes if o.done == "replaced"] == ["BTEC_Students"]
    assert (await world.rows())["BTEC_Students"].channel_id in world.watch.channels


async def test_setup_replaces_channels_of_another_address(world: World) -> None:
    await setup(world.links, "https://old.example")
    outcomes = await setup(world.links, BASE)
    assert {outcome.done for outcome in outcomes} == {"replaced"}
    rows = await world.rows()
    assert {row.notify_url for row in rows.values()} == {URL}
    assert set(world.watch.channels) == {row.channel_id for row in rows.values()}


async def test_setup_removes_what_nobody_needs_and_leaves_others_alone(world: World) -> None:
    await setup(world.links, BASE)
    rows = await world.rows()
    model = dict(world.watch.channels[rows["Products"].channel_id])
    world.watch.channels["1"] = {**model, "events": ["Products.all"]}
    world.watch.channels["2"] = {**model, "notify_url": "https://else.example/hook"}
    other = replace(rows["Products"], channel_id="3", module="Leads")
    world.watch.channels["3"] = {**model, "events": ["Leads.create"]}
    await world.links.journal.channels.save(other)
    outcomes = await setup(world.links, BASE)
    assert {o.channel_id for o in outcomes if o.done == "removed"} == {"1", "3"}
    assert "2" in world.watch.channels
    assert "Leads" not in await world.rows()


async def test_a_module_zoho_refuses_does_not_stop_the_others(world: World) -> None:
    def refuse(request: httpx2.Request) -> httpx2.Response | None:
        if b"Products.create" in request.content:
            body = {"code": "INVALID_MODULE", "details": {}, "status": "error"}
            return httpx2.Response(400, json=body)
        return None

    world.watch.before = refuse
    outcomes = await setup(world.links, BASE)
    failed = [outcome for outcome in outcomes if outcome.done == "failed"]
    assert [(o.module, o.reason) for o in failed] == [("Products", "invalid_module")]
    assert failed[0].fix
    assert set(await world.rows()) == set(world.links.preset.modules) - {"Products"}


async def test_a_refused_token_stops_setup_and_leaves_no_row(world: World) -> None:
    refused = httpx2.Response(401, json={"code": "INVALID_TOKEN", "status": "error"})
    world.watch.before = lambda request: refused if request.method == "POST" else None
    with pytest.raises(TokenRefused):
        await setup(world.links, BASE)
    assert await world.rows() == {}


async def test_nothing_is_renewed_before_half_of_the_life(world: World) -> None:
    await setup(world.links, BASE)
    world.watch.calls.clear()
    world.clock.advance(11 * HOUR)
    assert await renew_due(world.links) == []
    assert world.watch.calls == []


async def test_renewal_at_half_life_turns_the_token_and_keeps_the_old_a_while(
    world: World,
) -> None:
    await setup(world.links, BASE)
    before = await world.rows()
    world.clock.advance(12 * HOUR)
    outcomes = await renew_due(world.links)
    assert {outcome.done for outcome in outcomes} == {"renewed"}
    for module, row in (await world.rows()).items():
        assert row.channel_id == before[module].channel_id
        assert row.token_hash == world.watch.token_hash(row.channel_id)
        assert row.previous_token_hash == before[module].token_hash != row.token_hash
        assert row.previous_valid_until == world.clock.now() + HOUR
        assert row.expires_at == world.clock.now() + 24 * HOUR - 300
    assert set(world.watch.calls[-10:]) == {"PATCH"}


async def test_a_forced_renewal_does_not_wait_for_half_of_the_life(world: World) -> None:
    await setup(world.links, BASE)
    outcomes = await renew_due(world.links, force=True)
    assert {outcome.done for outcome in outcomes} == {"renewed"}


async def test_a_channel_that_has_ended_is_enabled_anew(world: World) -> None:
    await setup(world.links, BASE)
    before = await world.rows()
    world.clock.advance(25 * HOUR)
    outcomes = await renew_due(world.links)
    assert {outcome.done for outcome in outcomes} == {"replaced"}
    for module, row in (await world.rows()).items():
        assert row.channel_id != before[module].channel_id
        assert await world.accepted(row.channel_id)


def _lose(method: str) -> Callable[[httpx2.Request], None]:
    def lose(request: httpx2.Request) -> None:
        if request.method == method:
            raise httpx2.ReadTimeout("lost")

    return lose


async def test_a_renewal_whose_answer_is_lost_never_refuses_zohos_token(world: World) -> None:
    await setup(world.links, BASE)
    world.clock.advance(12 * HOUR)
    world.watch.after = _lose("PATCH")
    outcomes = await renew_due(world.links)
    assert {(o.done, o.reason) for o in outcomes} == {("failed", "unknown_effect")}
    world.clock.advance(5 * HOUR)
    for row in (await world.rows()).values():
        assert await world.accepted(row.channel_id)


async def test_a_renewal_that_was_lost_on_its_way_keeps_the_old_token_good(world: World) -> None:
    await setup(world.links, BASE)
    world.clock.advance(12 * HOUR)

    def lost(request: httpx2.Request) -> httpx2.Response | None:
        if request.method == "PATCH":
            raise httpx2.ReadTimeout("lost")
        return None

    world.watch.before = lost
    await renew_due(world.links)
    world.clock.advance(5 * HOUR)
    for row in (await world.rows()).values():
        assert await world.accepted(row.channel_id)


async def test_an_unsettled_channel_is_replaced_rather_than_given_a_third_token(
    world: World,
) -> None:
    await setup(world.links, BASE)
    before = await world.rows()
    world.clock.advance(12 * HOUR)
    world.watch.after = _lose("PATCH")
    await renew_due(world.links)
    world.watch.after = lambda request: None
    outcomes = await renew_due(world.links)
    assert {outcome.done for outcome in outcomes} == {"replaced"}
    rows = await world.rows()
    assert set(world.watch.channels) == {row.channel_id for row in rows.values()}
    assert not set(world.watch.channels) & {row.channel_id for row in before.values()}


async def test_a_refused_renewal_leaves_the_row_as_it_was(world: World) -> None:
    await setup(world.links, BASE)
    before = await world.rows()
    world.clock.advance(12 * HOUR)
    busy = httpx2.Response(429, json={"code": "TOO_MANY_REQUESTS", "status": "error"})
    world.watch.before = lambda request: busy
    outcomes = await renew_due(world.links)
    assert {outcome.reason for outcome in outcomes} == {"rate_limited"}
    assert await world.rows() == before


async def test_a_registration_whose_answer_is_lost_is_settled_later(world: World) -> None:
    world.watch.after = _lose("POST")
    outcomes = await setup(world.links, BASE)
    assert {outcome.reason for outcome in outcomes} == {"unknown_effect"}
    for row in (await world.rows()).values():
        assert await world.accepted(row.channel_id)
    world.watch.after = lambda request: None
    world.clock.advance(HOUR)
    assert {outcome.done for outcome in await renew_due(world.links)} == {"renewed"}
    assert {outcome.done for outcome in await setup(world.links, BASE)} == {"kept"}


async def test_a_module_with_two_channels_keeps_the_longer_lived(world: World) -> None:
    await setup(world.links, BASE)
    kept = (await world.rows())["Products"]
    spare = replace(kept, channel_id="7", expires_at=NOW + 60)
    await world.links.journal.channels.save(spare)
    world.clock.advance(31)
    await renew_due(world.links)
    assert (await world.rows())["Products"].channel_id == kept.channel_id


async def test_only_one_process_renews(world: World) -> None:
    await setup(world.links, BASE)
    world.clock.advance(12 * HOUR)
    async with world.links.journal.locks.hold("channels"):
        assert await renew_due(world.links) == []


async def test_a_forced_renewal_waits_for_the_process_that_is_at_it(world: World) -> None:
    waited: list[bool] = []

    async def renew_impatiently() -> None:
        with anyio.move_on_after(0.2) as patience:
            await renew_due(world.links, force=True)
        waited.append(patience.cancelled_caught)

    await setup(world.links, BASE)
    async with world.links.journal.locks.hold("channels"), anyio.create_task_group() as tasks:
        tasks.start_soon(renew_impatiently)
    assert waited == [True]
    assert {outcome.done for outcome in await renew_due(world.links, force=True)} == {"renewed"}


async def test_the_list_shows_where_journal_and_zoho_differ(world: World) -> None:
    await setup(world.links, BASE)
    rows = await world.rows()
    lost = world.watch.channels.pop(rows["Products"].channel_id)
    world.watch.channels["99"] = {**lost, "events": ["Leads.all"]}
    states = {state.channel_id: state for state in await list_channels(world.links)}
    gone, foreign = states[rows["Products"].channel_id], states["99"]
    assert (gone.recorded, gone.at_zoho, gone.as_recorded) == (True, False, False)
    assert (foreign.recorded, foreign.at_zoho, foreign.module) == (False, True, "Leads")
    assert sum(state.as_recorded for state in states.values()) == len(rows) - 1


async def test_deleting_ends_channels_at_zoho_and_forgets_them(world: World) -> None:
    await setup(world.links, BASE)
    rows = await world.rows()
    del world.watch.channels[rows["BTEC_Grades"].channel_id]
    outcomes = await delete_channels(world.links, ["Products", "BTEC_Grades"])
    assert {(o.module, o.done) for o in outcomes} == {
        ("Products", "removed"),
        ("BTEC_Grades", "removed"),
    }
    assert set(await world.rows()) == set(rows) - {"Products", "BTEC_Grades"}
    await delete_channels(world.links)
    assert world.watch.channels == {}
    assert await world.rows() == {}


async def test_a_channel_whose_end_is_not_confirmed_stays_recorded(world: World) -> None:
    await setup(world.links, BASE)
    world.watch.before = lambda request: httpx2.Response(503)
    outcomes = await delete_channels(world.links, ["Products"])
    assert [(o.done, o.reason) for o in outcomes] == [("failed", "server_fault")]
    assert "Products" in await world.rows()
