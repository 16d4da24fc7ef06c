from __future__ import annotations

import json
from typing import Any

import pytest

from mzi_bridge.journal.records import HeldKind
from mzi_bridge.pipeline.reconcile import Kind, reconcile
from mzi_bridge.pipeline.worker import drain
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
from tests.support.world import World


@pytest.fixture
def sent(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of all rows sent to Moodle, in their order."""
    ids: list[str] = []
    upsert = world.links.moodle.upsert

    async def noted(entity: str, rows: Any, *options: Any) -> Any:
        key = world.links.preset.module_for(entity)
        assert key is not None
        ids.extend(row[key.key_column] for row in rows)
        return await upsert(entity, rows, *options)

    monkeypatch.setattr(world.links.moodle, "upsert", noted)
    return ids


async def test_each_kind_is_mended_by_writing_exactly_those_records(
    world: World, sent: list[str]
) -> None:
    await in_step(world)
    missing, stale, altered = (world.some(PAYMENTS, n) for n in range(3))
    lose(world, PAYMENTS, missing)
    world.edit(PAYMENTS, stale, Note="Untold")
    tamper(world, PAYMENTS, altered, amount="0.01")
    sent.clear()
    report = await look(world, PAYMENTS, repair=True)
    assert {(f.kind, f.record_id) for f in report.repaired} == {
        (Kind.MISSING, missing),
        (Kind.STALE, stale),
        (Kind.ALTERED, altered),
    }
    assert report.found == ()
    assert sorted(sent) == sorted([missing, stale, altered])
    assert report.agreed == report.in_crm
    assert (await look(world, PAYMENTS)).agrees


async def test_a_child_row_altered_by_hand_is_put_back(world: World, sent: list[str]) -> None:
    await in_step(world)
    record_id = world.some(REGISTRATIONS)
    before = json.dumps(without_ids(world.row(REGISTRATIONS, record_id)))
    tamper_child(world, REGISTRATIONS, record_id, "installments", amount="0.01")
    sent.clear()
    report = await look(world, REGISTRATIONS, repair=True)
    assert len(report.repaired) == 1 and report.found == ()
    assert sent == [record_id]
    assert json.dumps(without_ids(world.row(REGISTRATIONS, record_id))) == before


def without_ids(row: dict[str, Any] | None) -> Any:
    assert row is not None
    return [
        {name: value for name, value in child.items() if name != "id"}
        for child in row["installments"]
    ]


async def test_a_proven_deletion_goes_through_the_worker(world: World, sent: list[str]) -> None:
    await in_step(world)
    record_id = world.some(PAYMENTS)
    world.crm.delete(PAYMENTS, record_id)
    world.clock.advance(60)
    sent.clear()
    left = await look(world, PAYMENTS, repair=True)
    assert left.ids(Kind.EXTRA) == (record_id,)
    assert world.stands(PAYMENTS, record_id)
    assert await world.dirty() == 1
    report = await look(world, PAYMENTS, repair=True, work=lambda: drain(world.links))
    assert not world.stands(PAYMENTS, record_id)
    assert [f.record_id for f in report.repaired] == [record_id]
    assert report.agrees and sent == []


async def test_orphans_are_mended_by_bringing_their_parent(world: World, sent: list[str]) -> None:
    await in_step(world)
    student = world.some(STUDENTS)
    lose(world, STUDENTS, student)
    orphans = (await look(world, PAYMENTS)).ids(Kind.ORPHAN)
    sent.clear()
    report = await look(world, PAYMENTS, repair=True)
    assert tuple(sorted(f.record_id for f in report.repaired)) == orphans
    assert report.agrees
    assert sent == [student]
    assert world.stands(STUDENTS, student)


async def test_an_orphan_whose_parent_the_crm_has_not_is_left_and_says_so(world: World) -> None:
    await in_step(world)
    record_id = world.some(PAYMENTS)
    world.spoil(PAYMENTS, record_id, Student_ID="7300000000000999999")
    world.rewrite_records(
        PAYMENTS,
        lambda r: (
            {**r, "Student_ID": {"id": "7300000000000999999", "name": "?"}}
            if r["id"] == record_id
            else r
        ),
    )
    await world.carry(PAYMENTS, record_id)
    tamper(world, PAYMENTS, record_id, zoho_student_id="7300000000000999999")
    report = await look(world, PAYMENTS, repair=True)
    assert [f.reason for f in report.found if f.kind is Kind.ORPHAN] == ["parent_not_in_crm"]
    assert not report.agrees


async def test_a_person_is_linked_once_the_account_is_there(world: World) -> None:
    await in_step(world)
    teacher = world.some("BTEC_Teachers")
    row = world.row("BTEC_Teachers", teacher)
    assert row is not None
    account = {"id": 900, "username": row["academic_email"].lower(), "email": "x@example.org"}
    answer = await world._control("moodle", "POST", "users", [account])
    assert answer.status_code == 201
    report = await look(world, "BTEC_Teachers", repair=True)
    assert [f.record_id for f in report.repaired] == [teacher]
    linked = world.row("BTEC_Teachers", teacher)
    assert linked is not None and linked["moodle_user_id"] == 900
    assert teacher not in report.ids(Kind.UNLINKED)


async def test_a_student_unlinked_by_hand_is_neither_told_nor_linked_again(
    world: World, sent: list[str]
) -> None:
    await in_step(world)
    linked = [i for i in world.crm.records(STUDENTS) if user_of(world, i) is not None]
    tamper(world, STUDENTS, linked[0], moodle_user_id=None, link_by_hand=1)
    tamper(world, STUDENTS, linked[1], moodle_user_id=None)
    sent.clear()
    report = await look(world, STUDENTS, repair=True)
    assert [f.record_id for f in report.repaired] == [linked[1]]
    assert linked[0] not in {*sent, *report.ids(Kind.UNLINKED)}
    await world.carry(STUDENTS, linked[0])
    assert user_of(world, linked[0]) is None
    assert (await look(world, STUDENTS)).agrees


async def test_a_student_linked_by_hand_to_somebody_else_agrees(world: World) -> None:
    await in_step(world)
    student = world.some(STUDENTS)
    tamper(world, STUDENTS, student, moodle_user_id=4711, link_by_hand=1)
    assert (await look(world, STUDENTS)).agrees
    world.edit(STUDENTS, student, Phone_Number="0")
    await look(world, STUDENTS, repair=True)
    assert user_of(world, student) == 4711


def user_of(world: World, record_id: str) -> int | None:
    row = world.row(STUDENTS, record_id)
    assert row is not None
    user: int | None = row["moodle_user_id"]
    return user


async def test_a_record_that_moodle_rejects_is_left_and_becomes_a_dead_letter(
    world: World,
) -> None:
    await in_step(world)
    record_id = world.some(PAYMENTS)
    world.spoil(PAYMENTS, record_id, Note="x" * 70_000, Name="N" * 300)
    report = await look(world, PAYMENTS, repair=True, work=lambda: drain(world.links))
    [finding] = report.found
    assert (finding.kind, finding.record_id, finding.reason) == (
        Kind.ALTERED,
        record_id,
        "moodle_too_long",
    )
    assert [letter.record_id for letter in await world.dead()] == [record_id]


async def test_without_repair_nothing_is_written(world: World) -> None:
    await in_step(world)
    lose(world, PAYMENTS, world.some(PAYMENTS, 0))
    tamper(world, PAYMENTS, world.some(PAYMENTS, 1), amount="0.01")
    world.crm.delete(PAYMENTS, world.some(PAYMENTS, 2))
    world.clock.advance(60)
    assert len((await look(world, PAYMENTS)).found) == 3
    assert not await writes(world)
    assert await world.dirty() == 0


async def test_a_whole_run_mends_every_module(world: World) -> None:
    await in_step(world)
    for module in ("BTEC_Students", "Products", "BTEC", "BTEC_Grades", "BTEC_Student_Requests"):
        lose(world, module, world.some(module))
    assert not (await look_at(world)).agrees
    assert (await look_at(world, repair=True)).agrees
    assert (await look_at(world)).agrees


async def test_an_empty_moodle_is_filled(world: World) -> None:
    result = await reconcile(world.links, [PAYMENTS], repair=True)
    assert len(result.modules[PAYMENTS].repaired) == len(world.crm.records(PAYMENTS))


async def test_what_the_brake_holds_is_left_and_says_so(world: World) -> None:
    await in_step(world)
    gone, other = world.some(PAYMENTS, 0), world.some(PAYMENTS, 1)
    world.crm.delete(PAYMENTS, gone)
    world.clock.advance(60)
    await world.links.journal.held.hold(
        PAYMENTS, {other: HeldKind.DELETE}, reason="over_the_cap", at_ms={other: 1}
    )
    report = await look(world, PAYMENTS, repair=True, work=lambda: drain(world.links))
    assert [(f.kind, f.record_id, f.reason) for f in report.found] == [(Kind.EXTRA, gone, "held")]
    assert world.stands(PAYMENTS, gone)
    assert not report.agrees


async def test_a_repair_of_many_closings_stops_at_the_brake(world: World) -> None:
    await in_step(world)
    new = [
        world.crm.insert(
            STUDENTS, {"First_Name": "Sam", "Last_Name": f"Ple {n}", "Status": "Active"}
        )
        for n in range(15)
    ]
    await world.carry(STUDENTS, *new)
    world.clock.advance(7200)
    for record_id in new:
        world.edit(STUDENTS, record_id, Status="Withdrawn")
    report = await look(world, STUDENTS, repair=True, work=lambda: drain(world.links))
    closed = [i for i in new if (world.row(STUDENTS, i) or {})["status"] == "Withdrawn"]
    assert len(closed) == 10
    assert len(report.ids(Kind.STALE)) == 5
    assert (await world.links.journal.held.counts())[STUDENTS] == 5
