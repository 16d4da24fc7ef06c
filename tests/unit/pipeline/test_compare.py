from __future__ import annotations

import pytest

from mzi_bridge.pipeline.compare import compare_module
from mzi_bridge.pipeline.sync import Mode, sync_module
from tests.support.world import MODULES, World

PAYMENTS = "BTEC_Payments"


@pytest.mark.parametrize("module", MODULES)
async def test_after_a_full_sync_both_sides_agree(world: World, module: str) -> None:
    await sync_module(world.links, module, Mode.FULL)
    comparison = await compare_module(world.links, module)
    assert comparison.agrees
    assert comparison.agreed == len(world.crm.records(module))


async def test_drift_is_told_by_kind(world: World) -> None:
    await sync_module(world.links, PAYMENTS, Mode.FULL)
    altered, extra = world.some(PAYMENTS, 0), world.some(PAYMENTS, 1)
    world.edit(PAYMENTS, altered, Note="Not told")
    world.crm.delete(PAYMENTS, extra)
    missing = world.crm.insert(PAYMENTS, {"Name": "PAY-X", "Payment_Amount": 1})
    comparison = await compare_module(world.links, PAYMENTS)
    assert not comparison.agrees
    assert (comparison.missing, comparison.extra, comparison.altered) == (
        (missing,),
        (extra,),
        (altered,),
    )


async def test_a_tombstone_agrees_with_a_deleted_record(world: World) -> None:
    await sync_module(world.links, PAYMENTS, Mode.FULL)
    world.clock.advance(3600)
    world.crm.delete(PAYMENTS, world.some(PAYMENTS))
    await sync_module(world.links, PAYMENTS, Mode.DELTA)
    await world.work()
    assert (await compare_module(world.links, PAYMENTS)).agrees


async def test_a_record_that_cannot_be_mapped_is_named_and_no_drift(world: World) -> None:
    await sync_module(world.links, PAYMENTS, Mode.FULL)
    bad = world.some(PAYMENTS)
    world.rewrite_records(
        PAYMENTS, lambda record: {**record, "Modified_Time": {}} if record["id"] == bad else record
    )
    comparison = await compare_module(world.links, PAYMENTS)
    assert comparison.agrees
    assert comparison.unreadable == (bad,)


async def test_a_manifest_of_several_pages_is_read_to_its_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sync_module(world.links, PAYMENTS, Mode.FULL)
    manifest = world.links.moodle.manifest
    monkeypatch.setattr(
        world.links.moodle, "manifest", lambda entity, after: manifest(entity, after, limit=2)
    )
    comparison = await compare_module(world.links, PAYMENTS)
    assert comparison.agreed == len(world.crm.records(PAYMENTS))
