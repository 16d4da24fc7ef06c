"""Rotation of a channel's token, seen through the real webhook."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from msgspec.structs import force_setattr

from mzi_bridge.journal.channels import ChannelRow
from mzi_bridge.pipeline import channel_terms
from mzi_bridge.pipeline.channel_terms import GRACE_SECONDS, WEBHOOK_PATH
from mzi_bridge.pipeline.channels import renew_due, setup
from tests.support.world import BRIDGE_URL, World

TEACHERS = "BTEC_Teachers"
HALF_LIFE = 12 * 3600.0


@pytest.fixture
async def http(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    few = {TEACHERS: world.links.preset.modules[TEACHERS]}
    force_setattr(world.links.preset, "modules", few)
    await setup(world.links, BRIDGE_URL)
    async with world.serving(with_worker=False) as client:
        yield client


async def channel(world: World) -> ChannelRow:
    [row] = await world.links.journal.channels.list()
    return row


def token_at_zoho(world: World, channel_id: str) -> str:
    channels = world.crm_app.state.emulator.channels
    token = channels.get(channel_id, world.clock.now()).token
    assert isinstance(token, str)
    return token


async def notify(world: World, http: httpx2.AsyncClient, channel_id: str, token: str) -> int:
    notice = {
        "module": TEACHERS,
        "ids": [world.some(TEACHERS)],
        "operation": "update",
        "channel_id": channel_id,
        "token": token,
        "server_time": int(world.clock.now() * 1000),
    }
    return (await http.post(WEBHOOK_PATH, json=notice)).status_code


async def test_a_notice_with_the_old_token_is_taken_within_the_grace_and_not_after(
    world: World, http: httpx2.AsyncClient
) -> None:
    one = (await channel(world)).channel_id
    old = token_at_zoho(world, one)
    world.clock.advance(HALF_LIFE)
    await renew_due(world.links)
    new = token_at_zoho(world, one)
    assert new != old
    assert await notify(world, http, one, old) == 202
    world.clock.advance(GRACE_SECONDS - 1)
    assert await notify(world, http, one, old) == 202
    assert await notify(world, http, one, new) == 202
    world.clock.advance(1)
    assert await notify(world, http, one, old) == 401
    assert await notify(world, http, one, new) == 202


async def test_notices_that_come_while_the_renewal_is_under_way_are_taken_with_either_token(
    world: World, http: httpx2.AsyncClient
) -> None:
    one = (await channel(world)).channel_id
    old = token_at_zoho(world, one)
    seen: list[int] = []

    async def in_between(request: httpx2.Request, response: httpx2.Response) -> httpx2.Response:
        if request.method == "PATCH":
            world.wires.rewrite = None
            seen.append(await notify(world, http, one, old))
            seen.append(await notify(world, http, one, token_at_zoho(world, one)))
        return response

    world.clock.advance(HALF_LIFE)
    world.wires.rewrite = in_between
    await renew_due(world.links)
    assert seen == [202, 202]


@pytest.mark.parametrize("fault", ["lost_reply", "drop_before"])
async def test_a_renewal_whose_answer_was_lost_leaves_both_tokens_good(
    world: World, http: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    given: list[str] = []
    make = channel_terms.new_token

    def remembered() -> str:
        given.append(make())
        return given[-1]

    monkeypatch.setattr("mzi_bridge.pipeline.channel_calls.new_token", remembered)
    one = (await channel(world)).channel_id
    old = token_at_zoho(world, one)
    world.clock.advance(HALF_LIFE)
    await world.disturb("crm", {"kind": fault}, times=1, method="PATCH")
    [outcome] = await renew_due(world.links)
    assert outcome.done == "failed"
    [new] = given
    assert token_at_zoho(world, one) == (new if fault == "lost_reply" else old)
    for hours in (0, 2, 8):
        world.clock.advance(hours * 3600)
        assert await notify(world, http, one, old) == 202
        assert await notify(world, http, one, new) == 202


async def test_no_notice_is_lost_over_days_of_rotation(
    world: World, http: httpx2.AsyncClient
) -> None:
    faults: list[dict[str, Any]] = [{"kind": "lost_reply"}, {"kind": "drop_before"}]
    taken = 0
    for turn in range(5 * 24):
        world.clock.advance(3600)
        if turn % 11 == 0:
            await world.disturb("crm", faults[turn % 2], times=1, method="PATCH")
        world.crm.update(TEACHERS, world.some(TEACHERS), {"Phone_Number": f"+962 {turn}"})
        world.tell_channels()
        await renew_due(world.links)
        await world.settled()
        taken += 1
    sent = [one["status"] for one in world.crm_app.state.emulator.notifier.sent]
    assert len(sent) >= taken
    assert set(sent) == {202}
