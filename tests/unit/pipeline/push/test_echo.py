"""Our own writes come back: Moodle shows them, nothing else follows, and they are counted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from mzi_bridge.journal.tables import pushes
from mzi_bridge.pipeline.channels import setup
from mzi_bridge.sandbox.zoho import Switches
from tests.support.asked import REQUESTS, ask, known_as, records
from tests.support.told import GRADES, dead, found, graded, pushed, tell, writes
from tests.support.world import BRIDGE_URL, World, open_world


@pytest.fixture(params=["silent", "always"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    switches = Switches(own_writes_notify=request.param)
    async with open_world(tmp_path, switches=switches) as opened:
        yield opened


async def echoes(world: World) -> int:
    query = select(func.sum(pushes.c.echoes))
    async with world.links.journal.database.read() as connection:
        return int((await connection.execute(query)).scalar_one() or 0)


async def written(world: World) -> str:
    """A grade of ours in the CRM: its record."""
    await tell(world, "user_graded", graded(world))
    await pushed(world)
    (record_id,) = found(world)
    return str(record_id)


async def test_what_we_wrote_stands_in_moodle_without_any_notice(world: World) -> None:
    record_id = await written(world)
    await world.work()
    assert not world.stands(GRADES, record_id)
    world.clock.advance(21)
    await world.work()
    assert world.stands(GRADES, record_id)
    row = world.row(GRADES, record_id)
    assert row is not None and row["grade"] == "M"


async def test_a_notice_of_our_own_write_changes_nothing_and_is_counted(world: World) -> None:
    record_id = await written(world)
    world.clock.advance(21)
    await world.work()
    before = world.row(GRADES, record_id)
    await world.forget_calls("crm")
    await world.carry(GRADES, record_id)
    await pushed(world)
    assert world.row(GRADES, record_id) == before
    assert await writes(world) == 0
    assert await echoes(world) == 1


async def test_the_notice_and_our_own_mark_are_one_look(world: World) -> None:
    record_id = await written(world)
    await world.notice(GRADES, record_id)
    assert await world.dirty() == 1
    await world.work()
    assert world.stands(GRADES, record_id) and await world.dirty() == 0


async def test_an_edit_of_the_office_behind_it_is_no_echo(world: World) -> None:
    record_id = await written(world)
    world.clock.advance(21)
    await world.work()
    world.edit(GRADES, record_id, Grade_Status="Released")
    await world.carry(GRADES, record_id)
    await world.carry(GRADES, record_id)
    row = world.row(GRADES, record_id)
    assert row is not None and row["grade_status"] == "Released"
    assert await echoes(world) == 0


async def test_a_record_that_we_never_wrote_is_no_echo(world: World) -> None:
    record_id = world.some(GRADES)
    await world.carry(GRADES, record_id)
    await world.carry(GRADES, record_id)
    assert await echoes(world) == 0


async def test_a_write_that_the_crm_refused_marks_nothing(world: World) -> None:
    unknown = {"student_id": "999999999999999999"}
    await tell(world, "user_graded", graded(world, crm=unknown))
    await pushed(world)
    assert await world.dirty() == 0


async def test_through_real_channels_our_write_is_never_written_again(
    world: World,
) -> None:
    async with world.serving(with_worker=False):
        await setup(world.links, BRIDGE_URL)
        record_id = await written(world)
        await world.settled()
        sent = world.crm_app.state.emulator.notifier.sent
        told = world.crm_app.state.emulator.switches.own_writes_notify == "always"
        assert [one["status"] for one in sent] == ([202] if told else [])
        world.clock.advance(21)
        await world.work()
        await world.forget_calls("crm")
        await pushed(world)
        assert world.stands(GRADES, record_id) and await writes(world) == 0
        assert await world.dirty() == 0


@pytest.mark.parametrize("touches", [False, True])
async def test_a_file_that_changes_its_request_does_not_go_round(
    tmp_path: Path, touches: bool
) -> None:
    switches = Switches(attachment_touches=touches, own_writes_notify="always")
    async with open_world(tmp_path, switches=switches) as world, world.serving(with_worker=False):
        await setup(world.links, BRIDGE_URL)
        mark = await ask(world, files=[("one.pdf", b"%PDF one"), ("two.pdf", b"%PDF two")])
        await pushed(world)
        await world.settled()
        (record,) = records(world, mark)
        assert len(record.attachments) == 2 and known_as(world, mark) == record.id
        for _ in range(3):
            world.clock.advance(61)
            await world.work()
            await pushed(world)
            await world.settled()
        assert world.stands(REQUESTS, record.id)
        await world.forget_calls("crm")
        world.clock.advance(3600)
        await world.work()
        await pushed(world)
        assert await world.calls("crm") == [] and await world.dirty() == 0
        assert len(record.attachments) == 2 and await dead(world) == []
