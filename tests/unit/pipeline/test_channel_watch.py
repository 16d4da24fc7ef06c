from __future__ import annotations

import logging
from typing import Any

import anyio
import pytest
from msgspec.structs import force_setattr

from mzi_bridge.journal.channels import ChannelRow
from mzi_bridge.journal.polls import SCHEDULE
from mzi_bridge.pipeline import channel_watch, duties
from mzi_bridge.pipeline.channel_watch import EXPIRING, GONE, look, watch_channels
from mzi_bridge.pipeline.channels import renew_due, setup
from mzi_bridge.pipeline.poll import Poller
from mzi_bridge.pipeline.supervise import supervised
from mzi_bridge.pipeline.sync import Mode, sync
from tests.support.passing_time import let_time_pass, running, until
from tests.support.world import BRIDGE_URL, MODULES, World

STUDENTS, TEACHERS = MODULES[0], "BTEC_Teachers"
FEW = (STUDENTS, TEACHERS)
HOUR = 3600.0


@pytest.fixture(autouse=True)
async def two_channels(world: World) -> None:
    few = {name: world.links.preset.modules[name] for name in FEW}
    force_setattr(world.links.preset, "modules", few)
    await setup(world.links, BRIDGE_URL)
    world.clock.advance(61)


async def alarms(world: World) -> list[tuple[str, str]]:
    return sorted((one.kind, one.subject) for one in await world.links.journal.alarms.list())


async def channel(world: World, module: str = TEACHERS) -> ChannelRow:
    [row] = [row for row in await world.links.journal.channels.list() if row.module == module]
    return row


def at_zoho(world: World) -> Any:
    return world.crm_app.state.emulator.channels


def lose(world: World, row: ChannelRow) -> None:
    at_zoho(world).drop(row.channel_id)


async def test_channels_that_stand_raise_no_alarm(world: World) -> None:
    await look(world.links, None, 24)
    world.clock.advance(21 * HOUR)
    await look(world.links, None, 24)
    assert await alarms(world) == []


async def test_a_channel_within_two_hours_of_its_end_is_told_until_it_is_renewed(
    world: World,
) -> None:
    world.clock.advance(22.2 * HOUR)
    await look(world.links, None, 24)
    assert await alarms(world) == [(EXPIRING, STUDENTS), (EXPIRING, TEACHERS)]
    await renew_due(world.links)
    await look(world.links, None, 24)
    assert await alarms(world) == []


async def test_a_channel_that_has_ended_is_gone(world: World) -> None:
    world.clock.advance(25 * HOUR)
    await look(world.links, None, 24)
    assert await alarms(world) == [(GONE, STUDENTS), (GONE, TEACHERS)]


async def test_a_channel_that_zoho_lost_is_told_whatever_the_journal_thinks(world: World) -> None:
    lose(world, await channel(world))
    await look(world.links, None, 24)
    assert await alarms(world) == [(GONE, TEACHERS)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"notify_url": "https://elsewhere.test/hook"},
        {"events": ((TEACHERS, "create"),)},
        {"events": ((STUDENTS, "all"),)},
    ],
    ids=["address", "events", "module"],
)
async def test_a_channel_that_zoho_has_otherwise_than_registered_is_told(
    world: World, wrong: dict[str, Any]
) -> None:
    found = at_zoho(world).get((await channel(world)).channel_id, world.clock.now())
    for name, value in wrong.items():
        setattr(found, name, value)
    await look(world.links, None, 24)
    assert await alarms(world) == [(GONE, TEACHERS)]


async def test_a_gone_channel_is_registered_again_and_its_module_polled(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await sync(world.links, FEW, Mode.FULL)
    poller = Poller(world.links, 900)
    await poller.poll_due()
    world.clock.advance(60)
    await poller.poll_due()
    lost = await channel(world)
    lose(world, lost)
    world.edit(TEACHERS, world.some(TEACHERS), Phone_Number="+962 6 555 0201")
    world.tell_channels()
    world.clock.advance(10)
    await poller.poll_due()

    await look(world.links, BRIDGE_URL, 24)

    assert await alarms(world) == []
    assert f"alarm {GONE} of {TEACHERS}:" in caplog.text
    assert f"alarm {GONE} of {TEACHERS} is over" in caplog.text
    new = await channel(world)
    assert new.channel_id != lost.channel_id
    assert at_zoho(world).get(new.channel_id, world.clock.now()) is not None
    reasons = {one.module: one.reason for one in await world.links.journal.polls.list()}
    assert reasons == {TEACHERS: "channel_enabled", STUDENTS: SCHEDULE}
    await poller.poll_due()
    row = world.row(TEACHERS, world.some(TEACHERS))
    assert row is not None and row["phone"] == "+962 6 555 0201"


async def test_an_alarm_stands_while_registering_again_fails(world: World) -> None:
    lose(world, await channel(world))
    await world.disturb("crm", {"kind": "status", "status": 500}, method="POST")
    await look(world.links, BRIDGE_URL, 24)
    assert await alarms(world) == [(GONE, TEACHERS)]
    await world.behave("crm")
    world.clock.advance(900)
    await look(world.links, BRIDGE_URL, 24)
    assert await alarms(world) == []


async def test_a_module_that_never_had_a_channel_has_no_alarm(world: World) -> None:
    row = await channel(world)
    lose(world, row)
    await world.links.journal.channels.delete(row.channel_id)
    await look(world.links, BRIDGE_URL, 24)
    assert await alarms(world) == []
    assert [row.module for row in await world.links.journal.channels.list()] == [STUDENTS]


async def test_without_zohos_list_the_journals_ends_count(world: World) -> None:
    await world.disturb("crm", {"kind": "status", "status": 500})
    await look(world.links, BRIDGE_URL, 24)
    assert await alarms(world) == []
    world.clock.advance(22.5 * HOUR)
    await look(world.links, BRIDGE_URL, 24)
    assert await alarms(world) == [(EXPIRING, STUDENTS), (EXPIRING, TEACHERS)]


async def test_an_unreadable_list_ends_no_alarm(world: World) -> None:
    lose(world, await channel(world))
    await look(world.links, None, 24)
    await world.disturb("crm", {"kind": "html"})
    await look(world.links, None, 24)
    assert await alarms(world) == [(GONE, TEACHERS)]


async def test_a_channel_being_registered_now_is_not_gone(world: World) -> None:
    row = await channel(world)
    lose(world, row)
    await world.links.journal.channels.delete(row.channel_id)
    at_start = world.clock.now()
    await world.links.journal.channels.save(
        ChannelRow(
            "42", TEACHERS, row.events, row.notify_url, "h", None, None, at_start + 600, at_start
        )
    )
    await look(world.links, None, 24)
    assert await alarms(world) == []


@pytest.fixture(params=["raises", "ends", "hangs"])
def dead_renewal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    async def dead(*given: Any) -> None:
        if request.param == "raises":
            raise ZeroDivisionError
        if request.param == "hangs":
            await given[0].clock.sleep(1e9)

    monkeypatch.setattr(duties, "renew_channels", dead)


@pytest.mark.usefixtures("dead_renewal")
async def test_a_dead_renewal_is_noticed_by_the_watch(world: World) -> None:
    terms = duties.Terms(24.0, 0, None)
    named = duties.timed_duties(world.links, terms)
    world.clock.advance(20 * HOUR)

    async def told() -> bool:
        let_time_pass(world, 60)
        # By the time that a busy machine looks, they may have ended.
        return {subject for _, subject in await alarms(world)} == {STUDENTS, TEACHERS}

    async def both() -> None:
        async with anyio.create_task_group() as tasks:
            for name in ("renewal of channels", "watch of channels"):
                tasks.start_soon(supervised, name, world.clock, named[name])

    async with running(both):
        await until(told)


async def test_over_thirty_days_of_renewal_no_channel_lapses(world: World) -> None:
    seen: set[tuple[str, str]] = set()
    for turn in range(30 * 6):
        world.clock.advance(4 * HOUR)
        if turn % 4 == 3:
            await world.disturb("crm", {"kind": "status", "status": 500}, method="PATCH")
        await renew_due(world.links)
        await world.behave("crm")
        if turn % 3 == 0:
            await look(world.links, None, 24)
            seen |= set(await alarms(world))
        now = world.clock.now()
        assert len({one.modules for one in at_zoho(world).live(now)}) == len(FEW)
    assert seen == set()


async def test_the_watch_looks_every_fifteen_minutes(world: World) -> None:
    assert channel_watch.LOOK_SECONDS == 900
    lost: list[bool] = []

    async def told() -> bool:
        if not lost and world.clock.sleepers:
            lose(world, await channel(world))
            lost.append(True)
            world.clock.advance(900)
        return bool(await alarms(world))

    async with running(watch_channels, world.links, None, 24.0):
        await until(told)
