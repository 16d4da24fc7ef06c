"""A dry run foresees exactly what the run then does."""

from __future__ import annotations

import pytest

from mzi_bridge.pipeline.sync import Mode, sync_module
from tests.support.drift import PAYMENTS, REGISTRATIONS, in_step, lose, tamper, writes
from tests.support.world import World


async def foreseen(world: World, mode: Mode, module: str = PAYMENTS) -> dict[str, int]:
    await world.forget_calls("moodle")
    progress = await sync_module(world.links, module, mode, dry_run=True)
    assert not await writes(world)
    assert await world.dirty() == 0
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
