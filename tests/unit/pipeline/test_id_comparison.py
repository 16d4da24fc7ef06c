"""Modules whose records bear no modification time."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import force_setattr

from mzi_bridge.pipeline import id_comparison
from mzi_bridge.pipeline.sync import Mode, Progress, sync_module
from tests.support.world import World

TEACHERS, REGISTRATIONS = "BTEC_Teachers", "BTEC_Registrations"


@pytest.fixture(autouse=True)
async def versionless(world: World) -> None:
    for module in (TEACHERS, REGISTRATIONS):
        mapping = world.links.preset.modules[module]
        force_setattr(mapping, "modified_time_field", None)
        await sync_module(world.links, module, Mode.FULL)
    world.clock.advance(3600)


async def delta(world: World, module: str) -> Progress:
    progress = await sync_module(world.links, module, Mode.DELTA)
    await world.work()
    return progress


async def paths(world: World, module: str) -> list[str]:
    return [c["path"] for c in await world.calls("crm") if f"/{module}" in c["path"]]


async def writes(world: World) -> list[str]:
    labels = [str(call.get("label")) for call in await world.calls("moodle")]
    return [label for label in labels if "upsert" in label or "delete" in label]


async def deletions(world: World) -> list[str]:
    return [label for label in await writes(world) if "delete" in label]


def vanish(world: World, module: str, record_id: str) -> None:
    """The CRM shows the record nowhere, and does not say that it is deleted."""

    def without(path: str, body: Any) -> Any:
        if f"/{module}" in path and "data" in body:
            body["data"] = [record for record in body["data"] if record["id"] != record_id]
        return body

    world.rewrite_crm(without)


async def test_without_changes_nothing_is_written_and_no_record_is_read_again(
    world: World,
) -> None:
    await world.forget_calls("crm")
    await world.forget_calls("moodle")
    progress = await delta(world, TEACHERS)
    assert progress.counts == {"unchanged": len(world.crm.records(TEACHERS))}
    assert await writes(world) == []
    assert sorted(await paths(world, TEACHERS)) == [
        f"/crm/v2/{TEACHERS}",
        f"/crm/v2/{TEACHERS}/deleted",
    ]


async def test_changed_and_new_records_are_carried(world: World) -> None:
    changed = world.some(TEACHERS)
    world.edit(TEACHERS, changed, Phone_Number="+962 6 555 0401")
    new = world.crm.insert(TEACHERS, {"Name": "New Teacher"})
    progress = await delta(world, TEACHERS)
    row = world.row(TEACHERS, changed)
    assert row is not None and row["phone"] == "+962 6 555 0401"
    assert world.stands(TEACHERS, new)
    assert (progress.counts["updated"], progress.counts["inserted"]) == (1, 1)


async def test_a_deletion_is_found_by_its_proof(world: World) -> None:
    gone = world.some(TEACHERS)
    world.crm.delete(TEACHERS, gone)
    await delta(world, TEACHERS)
    assert not world.stands(TEACHERS, gone)


async def test_a_deletion_older_than_the_cursor_is_proven_by_the_whole_list(world: World) -> None:
    gone = world.some(TEACHERS)
    world.crm.delete(TEACHERS, gone)
    world.clock.advance(3600)
    await world.links.journal.cursors.set(TEACHERS, "deleted", str(int(world.clock.now())))
    await delta(world, TEACHERS)
    assert not world.stands(TEACHERS, gone)


@pytest.mark.parametrize("module", [TEACHERS, REGISTRATIONS])
async def test_absence_alone_deletes_nothing_and_is_looked_at_once_a_day(
    world: World, module: str
) -> None:
    hidden = world.some(module)
    vanish(world, module, hidden)
    await world.forget_calls("moodle")
    await delta(world, module)
    assert world.stands(module, hidden)
    assert await deletions(world) == []
    await world.forget_calls("crm")
    world.clock.advance(900)
    await delta(world, module)
    looks = [path for path in await paths(world, module) if path.endswith("/deleted")]
    assert len(looks) == 1, "the list since the cursor, not the whole list again"
    world.clock.advance(86_400)
    await world.forget_calls("crm")
    await delta(world, module)
    assert len([p for p in await paths(world, module) if p.endswith("/deleted")]) == 2


async def test_an_empty_list_deletes_nothing(world: World) -> None:
    await world.disturb("crm", {"kind": "status", "status": 204}, path_contains=f"v2/{TEACHERS}")
    await world.forget_calls("moodle")
    await delta(world, TEACHERS)
    assert await deletions(world) == []
    assert all(world.stands(TEACHERS, record_id) for record_id in world.crm.records(TEACHERS))


async def test_of_a_module_with_a_subform_only_what_differs_and_a_slice_is_read_singly(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(id_comparison, "SLICE", 1)
    ids = sorted(world.crm.records(REGISTRATIONS))
    assert len(ids) >= 3
    single = [f"/crm/v2/{REGISTRATIONS}/{record_id}" for record_id in ids]

    async def read_singly() -> list[int]:
        await world.forget_calls("crm")
        await delta(world, REGISTRATIONS)
        return [n for n, path in enumerate(single) if path in await paths(world, REGISTRATIONS)]

    assert [await read_singly() for _ in range(3)] == [[0], [1], [2]]
    world.edit(REGISTRATIONS, ids[0], Registration_Status="Cancelled")
    assert 0 in await read_singly()


async def test_a_change_within_a_subform_is_found_when_its_records_turn_comes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(id_comparison, "SLICE", 2)
    ids = sorted(world.crm.records(REGISTRATIONS))
    record = world.crm.records(REGISTRATIONS)[ids[-1]]
    rows = [{"id": row.id, **row.values} for row in record.rows["Payment_Schedule"]]
    world.edit(REGISTRATIONS, ids[-1], Payment_Schedule=rows[:-1])
    for _ in range(len(ids) // 2 + 2):
        await delta(world, REGISTRATIONS)
    row = world.row(REGISTRATIONS, ids[-1])
    assert row is not None and len(row["installments"]) == len(rows) - 1
