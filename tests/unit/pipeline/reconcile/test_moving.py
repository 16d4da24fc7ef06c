"""Records that change while a run looks are on their way, and no drift."""

from __future__ import annotations

from typing import Any

import pytest

from mzi_bridge.pipeline.reconcile import Kind
from mzi_bridge.pipeline.worker import drain
from tests.support.asked import REQUESTS, ask, known_as, records, step
from tests.support.drift import PAYMENTS, REGISTRATIONS, in_step, look
from tests.support.told import GRADES, found, graded, pushed, tell
from tests.support.world import World


def when_rows_are_read(world: World, patch: pytest.MonkeyPatch, happen: Any) -> None:
    """Lets `happen` once the module was listed and Moodle's rows are asked for."""
    rows, happened = world.links.moodle.rows, False

    async def after(entity: str, ids: Any) -> Any:
        nonlocal happened
        if not happened:
            happened = True
            await happen()
        return await rows(entity, ids)

    patch.setattr(world.links.moodle, "rows", after)


@pytest.mark.parametrize(("module", "field"), [(PAYMENTS, "Note"), (REGISTRATIONS, "Intake")])
@pytest.mark.parametrize("carried", [True, False])
async def test_an_edit_meanwhile_is_no_drift(
    world: World, monkeypatch: pytest.MonkeyPatch, module: str, field: str, carried: bool
) -> None:
    await in_step(world)
    record_id = world.some(module)

    async def edit() -> None:
        world.clock.advance(5)
        world.edit(module, record_id, **{field: "Meanwhile"})
        if carried:
            await world.carry(module, record_id)

    when_rows_are_read(world, monkeypatch, edit)
    report = await look(world, module)
    assert report.agrees and report.found == ()


async def test_an_edit_between_the_two_looks_is_no_drift(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await in_step(world)
    record_id = world.some(PAYMENTS)
    world.edit(PAYMENTS, record_id, Note="Untold")
    world.clock.advance(60)

    async def edit() -> None:
        world.clock.advance(5)
        world.edit(PAYMENTS, record_id, Note="Told in a moment")

    when_rows_are_read(world, monkeypatch, edit)
    report = await look(world, PAYMENTS, repair=True)
    assert (report.found, report.repaired, report.moving) == ((), (), 1)


async def test_a_record_made_meanwhile_is_no_drift(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await in_step(world)

    async def insert() -> None:
        world.clock.advance(5)
        new = world.crm.insert(PAYMENTS, {"Name": "PAY-X", "Payment_Amount": 1})
        await world.carry(PAYMENTS, new)

    when_rows_are_read(world, monkeypatch, insert)
    assert (await look(world, PAYMENTS)).agrees


async def test_a_record_deleted_meanwhile_is_no_drift_and_nobody_deletes_it_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await in_step(world)
    record_id = world.some(PAYMENTS)
    world.edit(PAYMENTS, record_id, Note="Untold")
    world.clock.advance(60)

    async def delete() -> None:
        world.clock.advance(5)
        world.crm.delete(PAYMENTS, record_id)

    when_rows_are_read(world, monkeypatch, delete)
    report = await look(world, PAYMENTS, repair=True, work=lambda: drain(world.links))
    assert report.ids(Kind.EXTRA) == () and report.moving == 1
    assert await world.dirty() == 0


async def test_what_moodle_learnt_after_the_second_read_is_no_drift(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await in_step(world)
    record_id = world.some(PAYMENTS)
    world.edit(PAYMENTS, record_id, Note="Untold")
    world.clock.advance(60)
    rows, calls = world.links.moodle.rows, 0

    async def carried_before_the_second(entity: str, ids: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            world.clock.advance(5)
            world.edit(PAYMENTS, record_id, Note="Newer than both looks")
            world.clock.advance(5)
            await world.carry(PAYMENTS, record_id)
        return await rows(entity, ids)

    monkeypatch.setattr(world.links.moodle, "rows", carried_before_the_second)
    report = await look(world, PAYMENTS)
    assert report.agrees and report.moving == 1


async def test_a_confirmed_request_whose_record_is_still_to_come_is_no_drift(world: World) -> None:
    await in_step(world)
    mark = await ask(world, files=[("one.pdf", b"%PDF one")])
    await world.disturb("crm", {"kind": "maintenance"}, path_contains="/Attachments")
    await pushed(world)
    (record,) = records(world, mark)
    assert known_as(world, mark) == record.id
    row = world.row(REQUESTS, record.id)
    assert row is not None and row["modified_time"] == 0
    world.clock.advance(60)
    # The file is still owed.
    report = await look(world, REQUESTS)
    assert report.agrees and report.moving == 1
    await world.behave("crm")
    await step(world)
    # Everything is done, and the record's own mark is not worked off.
    report = await look(world, REQUESTS)
    assert report.agrees and report.moving == 1
    world.clock.advance(21)
    await world.work()
    report = await look(world, REQUESTS)
    assert report.agrees and report.moving == 0


async def test_a_grade_of_ours_that_moodle_is_about_to_get_is_no_drift(world: World) -> None:
    await in_step(world)
    await tell(world, "user_graded", graded(world))
    await pushed(world)
    world.clock.advance(60)
    assert (await look(world, GRADES)).moving == 1
    await world.work()
    report = await look(world, GRADES)
    assert report.agrees and report.moving == 0


async def test_what_we_wrote_and_moodle_lost_again_is_drift(world: World) -> None:
    await in_step(world)
    await tell(world, "user_graded", graded(world))
    await pushed(world)
    world.clock.advance(60)
    await world.work()
    (record_id,) = found(world)
    row = world.site.tables["grades"].get(record_id)
    assert row is not None
    row.row["grade"] = "R"
    report = await look(world, GRADES)
    assert report.ids(Kind.ALTERED) == (record_id,)


async def test_what_was_written_long_ago_and_never_came_is_drift(world: World) -> None:
    await in_step(world)
    await tell(world, "user_graded", graded(world))
    await pushed(world)
    world.clock.advance(3600)
    (record_id,) = found(world)
    assert (await look(world, GRADES)).ids(Kind.MISSING) == (record_id,)
