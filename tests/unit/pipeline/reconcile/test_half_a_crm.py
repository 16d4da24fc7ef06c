"""What the CRM does not show is no proof of anything."""

from __future__ import annotations

from typing import Any

import pytest

from mzi_bridge.errors import PauseLink
from mzi_bridge.pipeline.reconcile import Kind
from mzi_bridge.pipeline.worker import drain
from tests.support.drift import (
    PAYMENTS,
    REGISTRATIONS,
    in_step,
    look,
    look_at,
    lose,
    tamper,
    tamper_child,
    writes,
)
from tests.support.world import World

NOTHING_THERE = {"kind": "status", "status": 204}
LIST = f"/crm/v2/{PAYMENTS}"
FAULTS: dict[str, dict[str, Any]] = {
    "401": {"kind": "status", "status": 401, "body": '{"code":"INVALID_TOKEN"}'},
    "html": {"kind": "html"},
    "500": {"kind": "status", "status": 500},
    "truncated": {"kind": "truncated"},
    "dropped": {"kind": "drop_before"},
    "maintenance": {"kind": "maintenance"},
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_crm_that_cannot_be_read_leads_to_no_conclusion(world: World, fault: str) -> None:
    await in_step(world)
    await world.disturb("crm", FAULTS[fault], path_prefix=LIST)
    try:
        report = await look(world, PAYMENTS, repair=True, work=lambda: drain(world.links))
    except PauseLink:
        pass
    else:
        assert report.error is not None and report.found == ()
    await unharmed(world)


async def test_a_crm_that_shows_nothing_deletes_nothing(world: World) -> None:
    await in_step(world)
    await world.disturb("crm", {"kind": "status", "status": 204}, path_prefix=LIST)
    report = await look(world, PAYMENTS, repair=True, work=lambda: drain(world.links))
    assert len(report.ids(Kind.EXTRA)) == report.in_moodle > 0
    assert {f.reason for f in report.found} == {"not_shown_by_crm"}
    await unharmed(world)


async def test_records_left_out_of_the_list_are_asked_for_by_id(world: World) -> None:
    await in_step(world)
    left_out = world.some(PAYMENTS)

    def without(path: str, body: Any, params: str = "") -> Any:
        if path == LIST and len(body["data"]) > 1:
            body["data"] = [r for r in body["data"] if r["id"] != left_out]
        return body

    world.rewrite_crm(without)
    assert (await look(world, PAYMENTS)).agrees


async def test_half_of_a_module_left_out_fails_the_module(world: World) -> None:
    await in_step(world)
    all_ids = sorted(world.crm.records(PAYMENTS))
    assert len(all_ids) > 10
    hidden = set(all_ids[: len(all_ids) - 1])
    seen = 0

    def first_without(path: str, body: Any) -> Any:
        nonlocal seen
        if path == LIST and not seen:
            seen += 1
            body["data"] = [r for r in body["data"] if r["id"] not in hidden]
        return body

    world.rewrite_crm(first_without)
    report = await look(world, PAYMENTS, repair=True, work=lambda: drain(world.links))
    assert report.error is not None and report.error.reason == "crm_incomplete"
    await unharmed(world)


async def test_a_listed_deletion_that_the_crm_still_shows_is_no_deletion(world: World) -> None:
    await in_step(world)
    record_id = world.some(PAYMENTS)
    world.crm.delete(PAYMENTS, record_id)
    world.clock.advance(60)
    world.crm.restore(PAYMENTS, record_id)
    report = await look(world, PAYMENTS, repair=True, work=lambda: drain(world.links))
    assert world.stands(PAYMENTS, record_id)
    assert report.ids(Kind.EXTRA) == ()


async def test_the_list_of_deleted_records_alone_is_no_proof(world: World) -> None:
    await in_step(world)
    living, gone = world.some(PAYMENTS, 0), world.some(PAYMENTS, 1)
    world.crm.delete(PAYMENTS, gone)
    world.clock.advance(60)

    def change(path: str, body: Any) -> Any:
        if path == f"{LIST}/deleted":
            body["data"].append({**body["data"][0], "id": living})
        elif path == LIST and len(body["data"]) > 1:
            body["data"] = [r for r in body["data"] if r["id"] != living]
        return body

    world.rewrite_crm(change)
    report = await look(world, PAYMENTS, repair=True)
    assert report.ids(Kind.EXTRA) == (gone,)
    assert await world.dirty() == 1


@pytest.mark.parametrize("all_content", [False, True])
@pytest.mark.parametrize("repair", [False, True])
@pytest.mark.parametrize("standing", [False, True])
async def test_drift_that_the_crm_does_not_show_by_id_is_drift(
    world: World, standing: bool, repair: bool, all_content: bool
) -> None:
    await in_step(world)
    record_id = world.some(REGISTRATIONS)
    world.edit(REGISTRATIONS, record_id, Registration_Status="Changed")
    world.clock.advance(300)
    if not standing:
        lose(world, REGISTRATIONS, record_id)
    await world.disturb("crm", NOTHING_THERE, path_contains=f"{REGISTRATIONS}/{record_id}")
    report = await look(world, REGISTRATIONS, repair=repair, all_content=all_content)
    seen = Kind.STALE if standing else Kind.MISSING
    assert report.ids(Kind.UNREADABLE if all_content else seen) == (record_id,)
    assert (report.agrees, report.moving, await world.dirty()) == (False, 0, int(repair))
    await world.behave("crm")
    await world.work()
    assert (await look(world, REGISTRATIONS)).agrees is repair


async def test_a_doubt_that_the_crm_does_not_settle_is_unchecked(world: World) -> None:
    await in_step(world)
    record_id = world.some(REGISTRATIONS)
    child = world.links.preset.modules[REGISTRATIONS].children[0].name
    tamper_child(world, REGISTRATIONS, record_id, child, amount="1.00")
    await world.disturb("crm", NOTHING_THERE, path_contains=f"{REGISTRATIONS}/{record_id}")
    report = await look(world, REGISTRATIONS)
    assert (report.agrees, report.unchecked, report.moving) == (False, 1, 0)


async def test_one_module_out_of_reach_hinders_no_other(world: World) -> None:
    await in_step(world)
    await world.disturb("crm", {"kind": "html"}, path_prefix=LIST)
    tamper(world, "Products", world.some("Products"), name="Other")
    result = await look_at(world, repair=True)
    assert result.modules[PAYMENTS].error is not None
    assert len(result.modules["Products"].repaired) == 1
    assert not result.agrees


async def unharmed(world: World) -> None:
    assert all(world.stands(PAYMENTS, i) for i in world.crm.records(PAYMENTS))
    assert not await writes(world)
    assert await world.dirty() == 0
