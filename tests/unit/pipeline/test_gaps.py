from __future__ import annotations

from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest
from msgspec.structs import force_setattr

from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.errors import unavailable
from mzi_bridge.pipeline.channels import setup
from mzi_bridge.pipeline.gaps import NoticeGap, ask_polls
from mzi_bridge.pipeline.poll import Poller
from mzi_bridge.pipeline.sync import Mode, sync
from tests.support.world import BRIDGE_URL, MODULES, World

STUDENTS, TEACHERS = MODULES[0], "BTEC_Teachers"
FEW = (STUDENTS, TEACHERS)


@pytest.fixture(autouse=True)
async def few_modules(world: World) -> None:
    few = {name: world.links.preset.modules[name] for name in FEW}
    force_setattr(world.links.preset, "modules", few)


async def reasons(world: World) -> dict[str, str]:
    return {one.module: one.reason for one in await world.links.journal.polls.list()}


async def test_a_module_that_was_never_read_is_left_to_its_schedule(world: World) -> None:
    await sync(world.links, [TEACHERS], Mode.FULL)
    await world.links.journal.polls.ensure(dict.fromkeys(FEW, world.clock.now() + 900))
    await ask_polls(world.links, "clock_jump")
    assert await reasons(world) == {STUDENTS: "schedule", TEACHERS: "clock_jump"}


async def test_a_gap_goes_back_to_the_last_good_moment_however_long_ago(world: World) -> None:
    await sync(world.links, FEW, Mode.FULL)
    teacher = world.some(TEACHERS)
    world.edit(TEACHERS, teacher, Phone_Number="+962 6 555 0301")
    world.clock.advance(20 * 86_400)
    await Poller(world.links, 900).poll_due()
    row = world.row(TEACHERS, teacher)
    assert row is not None and row["phone"] == "+962 6 555 0301"


@pytest.mark.parametrize("part", ["accept", "look-up"])
async def test_notices_turned_away_for_want_of_a_journal_are_made_good_by_a_poll(
    world: World, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    await setup(world.links, BRIDGE_URL)
    await sync(world.links, FEW, Mode.FULL)
    poller = Poller(world.links, 900)
    await poller.poll_due()
    world.clock.advance(60)
    await poller.poll_due()
    async with world.serving(with_worker=False):
        teacher = world.some(TEACHERS)
        with monkeypatch.context() as patch:
            patch.setattr(Database, "write_whole" if part == "accept" else "read_whole", refused)
            world.edit(TEACHERS, teacher, Phone_Number="+962 6 555 0302")
            world.tell_channels()
            await world.settled()
        sent = world.crm_app.state.emulator.notifier.sent
        assert [one["status"] for one in sent] == [503]
        assert await world.dirty() == 0

        async def asked() -> bool:
            world.clock.advance(5)
            return (await reasons(world))[TEACHERS] == "journal_unavailable"

        with anyio.fail_after(30):
            while not await asked():
                await anyio.lowlevel.checkpoint()
        await poller.poll_due()
    row = world.row(TEACHERS, teacher)
    assert row is not None and row["phone"] == "+962 6 555 0302"


async def refused(self: Any, work: Any) -> Any:
    raise unavailable("database_unreachable")


@asynccontextmanager
async def away(self: Any) -> Any:
    raise unavailable("database_unreachable")
    yield


async def test_a_gap_stays_open_until_its_polls_are_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sync(world.links, FEW, Mode.FULL)
    await world.links.journal.polls.ensure(dict.fromkeys(FEW, world.clock.now() + 900))
    gap = NoticeGap(world.links)
    gap.is_open = True
    with monkeypatch.context() as patch:
        patch.setattr(Database, "write", away)
        await gap.close()
    assert gap.is_open
    await gap.close()
    assert not gap.is_open
    assert set((await reasons(world)).values()) == {"journal_unavailable"}
