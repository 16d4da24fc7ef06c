from __future__ import annotations

from mzi_bridge.pipeline.manifest import whole_manifest
from mzi_bridge.pipeline.recycle_bin import BIN_SECONDS, compare_bin, compare_bin_daily
from mzi_bridge.pipeline.sync import Mode, sync_module
from tests.support.world import World

TEACHERS = "BTEC_Teachers"
DAY = 86_400.0


async def compare(world: World) -> None:
    mapping = world.links.preset.modules[TEACHERS]
    await compare_bin(world.links, mapping, await whole_manifest(world.links, mapping.entity))


async def deleted(world: World) -> str:
    """A teacher deleted in the CRM and in Moodle."""
    await sync_module(world.links, TEACHERS, Mode.FULL)
    teacher = world.some(TEACHERS)
    world.clock.advance(60)
    world.crm.delete(TEACHERS, teacher)
    await sync_module(world.links, TEACHERS, Mode.DELTA)
    await world.work()
    assert not world.stands(TEACHERS, teacher)
    world.clock.advance(DAY)
    return teacher


async def test_a_record_restored_unheard_of_is_found_though_its_version_did_not_move(
    world: World,
) -> None:
    teacher = await deleted(world)
    world.crm.restore(TEACHERS, teacher)
    await sync_module(world.links, TEACHERS, Mode.DELTA)
    await world.work()
    assert not world.stands(TEACHERS, teacher), "no delta poll can find it"
    await compare(world)
    await world.work()
    assert world.stands(TEACHERS, teacher)


async def test_what_is_still_in_the_bin_is_left_alone(world: World) -> None:
    await deleted(world)
    await compare(world)
    assert await world.dirty() == 0


async def test_what_is_too_old_to_be_restored_is_not_asked_for(world: World) -> None:
    await deleted(world)
    world.clock.advance(BIN_SECONDS + 200 * DAY)
    await compare(world)
    assert await world.dirty() == 0


async def test_a_bin_that_cannot_be_read_restores_and_deletes_nothing(world: World) -> None:
    teacher = await deleted(world)
    await world.disturb("crm", {"kind": "status", "status": 204}, path_contains="/deleted")
    await compare(world)
    await world.work()
    assert not world.stands(TEACHERS, teacher)
    assert all(world.stands(TEACHERS, i) for i in world.crm.records(TEACHERS))


async def test_a_deletion_that_neither_notice_nor_poll_told_is_found(world: World) -> None:
    await sync_module(world.links, TEACHERS, Mode.FULL)
    teacher = world.some(TEACHERS)
    world.clock.advance(60)
    world.crm.delete(TEACHERS, teacher)
    await compare(world)
    await world.work()
    assert not world.stands(TEACHERS, teacher)


async def test_it_is_looked_at_once_a_day(world: World) -> None:
    mapping = world.links.preset.modules[TEACHERS]
    looks = 0
    for _ in range(4 * 24):
        await world.forget_calls("crm")
        await compare_bin_daily(world.links, mapping)
        looks += len(await world.calls("crm")) > 0
        world.clock.advance(3600)
    assert looks == 3
