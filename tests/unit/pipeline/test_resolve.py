from __future__ import annotations

import pytest

from mzi_bridge.errors import PauseLink, RetryLater
from mzi_bridge.pipeline.resolve import Resolution, resolve
from tests.support.world import World

UNKNOWN = "7399999999999999999"


async def resolved(world: World, module: str, ids: list[str]) -> Resolution:
    return await resolve(world.links.zoho, world.links.preset.modules[module], ids)


async def paths_asked(world: World) -> list[str]:
    calls = await world.calls("crm")
    return [call["path"] for call in calls if call["path"].startswith("/crm/")]


async def test_records_are_read_in_groups_of_a_hundred(world: World) -> None:
    teacher = world.crm.records("BTEC_Teachers")[world.some("BTEC_Teachers")]
    ids = [
        world.crm.insert("BTEC_Teachers", {"Name": f"Teacher {n}", "Owner": teacher.owner.id})
        for n in range(250)
    ]
    found = await resolved(world, "BTEC_Teachers", ids)
    assert set(found.found) == set(ids)
    assert await paths_asked(world) == ["/crm/v2/BTEC_Teachers"] * 3


async def test_a_module_with_subforms_is_read_record_by_record(world: World) -> None:
    ids = [world.some("BTEC_Registrations", n) for n in range(2)]
    found = await resolved(world, "BTEC_Registrations", ids)
    assert set(found.found) == set(ids)
    assert all("Payment_Schedule" in read.record for read in found.found.values())
    assert sorted(await paths_asked(world)) == [f"/crm/v2/BTEC_Registrations/{i}" for i in ids]


async def test_no_ids_cost_no_call(world: World) -> None:
    assert await resolved(world, "BTEC_Teachers", []) == Resolution()
    assert await paths_asked(world) == []


@pytest.mark.parametrize("module", ["BTEC_Teachers", "BTEC_Registrations"])
async def test_what_the_crm_does_not_have_is_absent(world: World, module: str) -> None:
    known = world.some(module)
    found = await resolved(world, module, [UNKNOWN, known])
    assert (set(found.found), found.absent, found.refused) == ({known}, {UNKNOWN}, {})


@pytest.mark.parametrize("module", ["BTEC_Teachers", "BTEC_Registrations"])
async def test_one_id_that_is_none_does_not_spoil_its_group(world: World, module: str) -> None:
    known = [world.some(module, n) for n in range(2)]
    found = await resolved(world, module, [known[0], "not-an-id", known[1]])
    assert set(found.found) == set(known)
    assert found.absent | set(found.refused) == {"not-an-id"}


@pytest.mark.parametrize("module", ["BTEC_Teachers", "BTEC_Registrations"])
async def test_nothing_is_known_of_any_record_while_the_crm_is_down(
    world: World, module: str
) -> None:
    await world.disturb("crm", {"kind": "status", "status": 500}, path_contains=module)
    with pytest.raises(RetryLater):
        await resolved(world, module, [world.some(module, n) for n in range(2)])


async def test_a_token_without_the_scope_pauses_the_link(world: World) -> None:
    refusal = '{"code":"OAUTH_SCOPE_MISMATCH","status":"error","message":"x","details":{}}'
    await world.disturb(
        "crm", {"kind": "status", "status": 401, "body": refusal}, path_contains="BTEC_Teachers"
    )
    with pytest.raises(PauseLink):
        await resolved(world, "BTEC_Teachers", [world.some("BTEC_Teachers")])


async def test_a_record_bears_the_crms_own_time(world: World) -> None:
    world.clock.advance(77)
    teacher = world.some("BTEC_Teachers")
    found = await resolved(world, "BTEC_Teachers", [teacher])
    assert 0 <= world.clock.now() - found.found[teacher].read_time <= 2


async def test_a_record_nobody_asked_for_is_left_aside(world: World) -> None:
    known, other = (world.some("BTEC_Teachers", n) for n in range(2))
    world.rewrite_records("BTEC_Teachers", lambda record: {**record, "id": other})
    found = await resolved(world, "BTEC_Teachers", [known])
    assert (found.found, found.absent) == ({}, {known})
