from __future__ import annotations

import pytest

from mzi_bridge.pipeline.reconcile import Finding, Kind
from tests.support.drift import (
    PAYMENTS,
    REGISTRATIONS,
    STUDENTS,
    in_step,
    look,
    look_at,
    lose,
    tamper,
    tamper_child,
    writes,
)
from tests.support.world import MODULES, World


async def test_after_a_full_sync_every_module_agrees(world: World) -> None:
    await in_step(world)
    result = await look_at(world)
    assert result.agrees
    assert {m: r.agreed for m, r in result.modules.items()} == {
        module: len(world.crm.records(module)) for module in MODULES
    }
    assert not await writes(world)


async def test_what_all_content_reads_agrees_too(world: World) -> None:
    await in_step(world)
    result = await look_at(world, all_content=True)
    assert result.agrees
    assert all(r.looked_into == r.in_crm for r in result.modules.values())


async def test_a_record_without_a_row_is_missing(world: World) -> None:
    await in_step(world)
    record_id = world.crm.insert(PAYMENTS, {"Name": "PAY-X", "Payment_Amount": 1})
    report = await look(world, PAYMENTS)
    assert report.found == (Finding(Kind.MISSING, record_id),)
    assert not report.agrees


async def test_a_record_restored_without_notice_is_missing(world: World) -> None:
    await in_step(world)
    gone = world.some(PAYMENTS)
    world.crm.delete(PAYMENTS, gone)
    world.clock.advance(60)
    await sync_deletion(world, gone)
    assert not world.stands(PAYMENTS, gone)
    world.crm.restore(PAYMENTS, gone)
    world.clock.advance(60)
    assert (await look(world, PAYMENTS)).ids(Kind.MISSING) == (gone,)
    await look(world, PAYMENTS, repair=True)
    assert world.stands(PAYMENTS, gone)
    assert (await look(world, PAYMENTS)).agrees


async def sync_deletion(world: World, record_id: str) -> None:
    from mzi_bridge.journal.records import Operation

    await world.notice(PAYMENTS, record_id, operation=Operation.DELETE)
    await world.work()


async def test_an_older_version_in_moodle_is_stale(world: World) -> None:
    await in_step(world)
    record_id = world.some(PAYMENTS)
    world.edit(PAYMENTS, record_id, Note="Untold")
    assert (await look(world, PAYMENTS)).found == (Finding(Kind.STALE, record_id),)


async def test_content_that_moved_under_one_version_in_the_crm_is_altered(world: World) -> None:
    await in_step(world)
    record_id = world.some(PAYMENTS)
    world.spoil(PAYMENTS, record_id, Note="No Modified_Time moved")
    assert (await look(world, PAYMENTS)).found == (Finding(Kind.ALTERED, record_id, ("note",)),)


async def test_a_column_altered_by_hand_in_moodle_is_altered(world: World) -> None:
    await in_step(world)
    record_id = world.some(PAYMENTS)
    tamper(world, PAYMENTS, record_id, amount="0.01")
    assert (await look(world, PAYMENTS)).found == (Finding(Kind.ALTERED, record_id, ("amount",)),)


async def test_a_child_row_altered_by_hand_in_moodle_is_altered(world: World) -> None:
    await in_step(world)
    record_id = world.some(REGISTRATIONS)
    tamper_child(world, REGISTRATIONS, record_id, "installments", amount="0.01")
    report = await look(world, REGISTRATIONS)
    [finding] = report.found
    assert (finding.kind, finding.record_id) == (Kind.ALTERED, record_id)
    assert finding.columns[0].startswith("installments[")
    assert finding.columns[0].endswith("].amount")


async def test_only_the_doubtful_record_of_a_subform_module_is_read_by_id(world: World) -> None:
    await in_step(world)
    record_id = world.some(REGISTRATIONS)
    tamper_child(world, REGISTRATIONS, record_id, "installments", amount="0.01")
    await look(world, REGISTRATIONS)
    paths = [call["path"] for call in await world.calls("crm")]
    assert [p for p in paths if p.rsplit("/", 1)[-1].isdigit()] == [
        f"/crm/v2/{REGISTRATIONS}/{record_id}"
    ]


async def test_a_child_row_that_moved_under_one_version_in_the_crm_is_found_by_all_content(
    world: World,
) -> None:
    await in_step(world)
    record_id = world.some(REGISTRATIONS)
    world.crm.records(REGISTRATIONS)[record_id].rows["Payment_Schedule"][0].values[
        "Installment_Amount"
    ] = 77
    report = await look(world, REGISTRATIONS, all_content=True)
    assert report.ids(Kind.ALTERED) == (record_id,)


async def test_a_row_whose_record_is_deleted_is_extra_with_proof(world: World) -> None:
    await in_step(world)
    record_id = world.some(PAYMENTS)
    world.crm.delete(PAYMENTS, record_id)
    world.clock.advance(60)
    report = await look(world, PAYMENTS)
    assert report.found == (Finding(Kind.EXTRA, record_id, reason="deleted_in_crm"),)


async def test_a_row_whose_parent_is_not_in_moodle_is_an_orphan(world: World) -> None:
    await in_step(world)
    student = world.some(STUDENTS)
    lose(world, STUDENTS, student)
    report = await look(world, PAYMENTS)
    mine = [r.id for r in world.crm.records(PAYMENTS).values() if r.values["Student_ID"] == student]
    assert mine
    assert report.ids(Kind.ORPHAN) == tuple(sorted(mine))
    assert {f.columns for f in report.found} == {("zoho_student_id",)}


async def test_a_person_without_a_moodle_user_is_told_and_no_drift(world: World) -> None:
    await in_step(world)
    report = await look(world, "BTEC_Teachers")
    assert len(report.ids(Kind.UNLINKED)) == report.in_moodle > 0
    assert report.agrees


async def test_a_link_that_moodle_found_by_itself_is_no_alteration(world: World) -> None:
    await in_step(world)
    linked = [
        i for i in world.crm.records(STUDENTS) if (world.row(STUDENTS, i) or {})["moodle_user_id"]
    ]
    assert linked
    assert (await look(world, STUDENTS, all_content=True)).agrees


async def test_a_record_that_cannot_be_mapped_is_unreadable(world: World) -> None:
    await in_step(world)
    bad = world.some(PAYMENTS)
    world.rewrite_records(
        PAYMENTS, lambda record: {**record, "Modified_Time": {}} if record["id"] == bad else record
    )
    report = await look(world, PAYMENTS, repair=True)
    assert report.ids(Kind.UNREADABLE) == (bad,)
    assert [f.reason for f in report.found] == ["modified_time: wrong_type"]
    assert not report.agrees
    assert not await writes(world)


async def test_a_tombstone_agrees_with_a_deleted_record(world: World) -> None:
    await in_step(world)
    record_id = world.some(PAYMENTS)
    world.crm.delete(PAYMENTS, record_id)
    world.clock.advance(60)
    await sync_deletion(world, record_id)
    assert (await look(world, PAYMENTS)).agrees


async def test_a_hash_altered_by_hand_is_altered(world: World) -> None:
    await in_step(world)
    record_id = world.some(PAYMENTS)
    tamper(world, PAYMENTS, record_id, content_hash="0" * 64)
    assert (await look(world, PAYMENTS)).found == (
        Finding(Kind.ALTERED, record_id, ("content_hash",)),
    )


async def test_a_newer_version_in_moodle_than_in_the_crm_is_altered(world: World) -> None:
    await in_step(world)
    record_id = world.some(PAYMENTS)
    tamper(world, PAYMENTS, record_id, modified_time=4_000_000_000)
    assert (await look(world, PAYMENTS)).found == (
        Finding(Kind.ALTERED, record_id, ("modified_time",)),
    )


@pytest.mark.parametrize("rows_a_page", [2, 5000])
async def test_a_manifest_of_several_pages_is_read_to_its_end(
    world: World, monkeypatch: pytest.MonkeyPatch, rows_a_page: int
) -> None:
    await in_step(world)
    manifest = world.links.moodle.manifest
    monkeypatch.setattr(
        world.links.moodle,
        "manifest",
        lambda entity, after: manifest(entity, after, limit=rows_a_page),
    )
    assert (await look(world, PAYMENTS)).agreed == len(world.crm.records(PAYMENTS))
