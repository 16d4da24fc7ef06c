"""A dry run foresees exactly what the run then does."""

from __future__ import annotations

import pytest

from mzi_bridge.pipeline.held import HeldDesk
from mzi_bridge.pipeline.sync import Mode, sync_module
from tests.support.drift import PAYMENTS, REGISTRATIONS, in_step, lose, tamper, writes
from tests.support.world import World

STUDENTS = "BTEC_Students"
CAP = 10


async def foreseen(world: World, mode: Mode, module: str = PAYMENTS) -> dict[str, int]:
    dirty = await world.dirty()
    await world.forget_calls("moodle")
    progress = await sync_module(world.links, module, mode, dry_run=True)
    assert not await writes(world)
    assert await world.dirty() == dirty
    return dict(progress.counts)


async def done(world: World, mode: Mode, module: str = PAYMENTS) -> dict[str, int]:
    return dict((await sync_module(world.links, module, mode)).counts)


@pytest.mark.parametrize("module", [PAYMENTS, REGISTRATIONS])
@pytest.mark.parametrize("mode", [Mode.FULL, Mode.DELTA])
async def test_what_is_counted_is_what_happens(world: World, mode: Mode, module: str) -> None:
    await in_step(world)
    inserted, updated, stale = (world.some(module, n) for n in range(3))
    for record_id in (inserted, updated, stale):
        world.edit(module, record_id, Currency="EUR")
    lose(world, module, inserted)
    tamper(world, module, stale, modified_time=4_000_000_000)
    counts = await foreseen(world, mode, module)
    assert {counts["inserted"], counts["updated"], counts["stale"]} == {1}
    assert counts == await done(world, mode, module)


@pytest.mark.parametrize("mode", [Mode.FULL, Mode.DELTA])
async def test_deletions_are_counted_as_they_then_happen(world: World, mode: Mode) -> None:
    await in_step(world)
    gone, restored = world.some(PAYMENTS, 0), world.some(PAYMENTS, 1)
    for record_id in (gone, restored):
        world.crm.delete(PAYMENTS, record_id)
    world.clock.advance(60)
    world.crm.restore(PAYMENTS, restored)
    world.clock.advance(600)
    assert (await foreseen(world, mode))["deleted"] == 1
    await done(world, mode)
    await world.work()
    assert not world.stands(PAYMENTS, gone)
    assert world.stands(PAYMENTS, restored)
    assert "deleted" not in await foreseen(world, mode)


async def test_before_anything_was_synced_nothing_would_be_deleted(world: World) -> None:
    world.crm.delete(PAYMENTS, world.some(PAYMENTS))
    world.clock.advance(60)
    assert "deleted" not in await foreseen(world, Mode.FULL)


@pytest.fixture
async def students(world: World) -> list[str]:
    """Active ones who stand in Moodle; few enough for a cap of ten."""
    found = [
        world.crm.insert(
            STUDENTS, {"First_Name": "Sam", "Last_Name": f"Ple {n}", "Status": "Active"}
        )
        for n in range(CAP + 8)
    ]
    await sync_module(world.links, STUDENTS, Mode.FULL)
    world.clock.advance(60)
    return found


def suspend(world: World, students: list[str]) -> None:
    world.clock.advance(1)
    for student in students:
        world.crm.update(STUDENTS, student, {"Status": "Suspended"})


@pytest.mark.parametrize("mode", [Mode.FULL, Mode.DELTA])
async def test_what_the_brake_would_hold_is_counted_as_held(
    world: World, students: list[str], mode: Mode
) -> None:
    suspend(world, students[:3])
    await done(world, Mode.DELTA, STUDENTS)
    suspend(world, students[3:])
    counts = await foreseen(world, mode, STUDENTS)
    assert (counts["updated"], counts["held"]) == (CAP - 3, 8)
    assert counts == await done(world, mode, STUDENTS)
    counts = await foreseen(world, Mode.FULL, STUDENTS)
    assert counts["held"] == 8 and "updated" not in counts, "the brake is on"
    assert counts == await done(world, Mode.FULL, STUDENTS)


async def test_what_the_operator_discarded_is_counted_as_discarded(
    world: World, students: list[str]
) -> None:
    suspend(world, students[: CAP + 2])
    await done(world, Mode.DELTA, STUDENTS)
    await HeldDesk(world.links.journal).discard(STUDENTS, None)
    counts = await foreseen(world, Mode.FULL, STUDENTS)
    assert counts["discarded"] == 2 and "held" not in counts
    assert counts == await done(world, Mode.FULL, STUDENTS)


async def test_deletions_and_changes_of_status_share_the_room(
    world: World, students: list[str]
) -> None:
    await done(world, Mode.DELTA, STUDENTS)
    suspend(world, students[:6])
    for student in students[6:12]:
        world.crm.delete(STUDENTS, student)
    world.clock.advance(600)
    counts = await foreseen(world, Mode.DELTA, STUDENTS)
    assert (counts["updated"], counts["deleted"], counts["held"]) == (6, 4, 2)
    await done(world, Mode.DELTA, STUDENTS)
    await world.work()
    assert (await world.links.journal.held.counts())[STUDENTS] == 2


async def test_confirmed_changes_would_pass_the_brake(world: World, students: list[str]) -> None:
    suspend(world, students[: CAP + 2])
    await done(world, Mode.DELTA, STUDENTS)
    await HeldDesk(world.links.journal).confirm([STUDENTS], 2)
    counts = await foreseen(world, Mode.FULL, STUDENTS)
    assert counts["updated"] == 2 and "held" not in counts
