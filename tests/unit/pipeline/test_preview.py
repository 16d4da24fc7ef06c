from __future__ import annotations

from pathlib import Path

from mzi_bridge.journal.records import HeldKind, Operation
from mzi_bridge.mapping import load_preset
from mzi_bridge.mapping.shipped import find_preset
from mzi_bridge.pipeline.preview import Preview, preview
from tests.support.drift import PAYMENTS, REGISTRATIONS, STUDENTS, in_step, tamper, writes
from tests.support.world import World


async def shown(world: World, module: str, record_id: str) -> Preview:
    """The preview; afterwards what would have followed is let happen and compared."""
    return await preview(world.links, world.links.preset.modules[module], record_id)


def column(seen: Preview, name: str) -> tuple[object, object, bool]:
    [field] = [field for field in seen.fields if field.column == name]
    return field.stands, field.says, field.changes


async def test_a_record_that_is_not_there_yet_would_be_inserted(world: World) -> None:
    record_id = world.some(PAYMENTS)
    seen = await shown(world, PAYMENTS, record_id)
    assert seen.action == "inserted"
    stands, says, changes = column(seen, "amount")
    assert stands is None and says is not None and changes


async def test_a_change_is_shown_field_by_field_and_nothing_is_written(world: World) -> None:
    await in_step(world)
    record_id = world.some(PAYMENTS)
    world.edit(PAYMENTS, record_id, Note="New")
    seen = await shown(world, PAYMENTS, record_id)
    assert seen.action == "updated"
    assert [(c.column, c.after) for c in seen.changes] == [("note", "New")]
    assert column(seen, "note")[1:] == ("New", True)
    assert not column(seen, "amount")[2]
    assert not await writes(world)
    assert await world.dirty() == 0


async def test_what_stands_would_be_unchanged(world: World) -> None:
    await in_step(world)
    for module in world.links.preset.modules:
        seen = await shown(world, module, world.some(module))
        assert (seen.action, seen.changes, seen.faults) == ("unchanged", (), ()), module


async def test_a_newer_row_makes_the_record_stale(world: World) -> None:
    await in_step(world)
    record_id = world.some(PAYMENTS)
    tamper(world, PAYMENTS, record_id, modified_time=4_000_000_000)
    assert (await shown(world, PAYMENTS, record_id)).action == "stale"


async def test_a_row_of_a_later_read_makes_other_content_stale(world: World) -> None:
    await in_step(world)
    record_id = world.some(PAYMENTS)
    world.spoil(PAYMENTS, record_id, Note="Another")
    tamper(world, PAYMENTS, record_id, synced_at=4_000_000_000)
    assert (await shown(world, PAYMENTS, record_id)).action == "stale"


async def test_a_tombstone_would_be_lifted_by_a_record_read_after_it(world: World) -> None:
    await in_step(world)
    record_id = world.some(PAYMENTS)
    world.crm.delete(PAYMENTS, record_id)
    world.clock.advance(60)
    await world.notice(PAYMENTS, record_id, operation=Operation.DELETE)
    await world.work()
    assert (await shown(world, PAYMENTS, record_id)).action == "absent"
    world.crm.restore(PAYMENTS, record_id)
    world.clock.advance(60)
    assert (await shown(world, PAYMENTS, record_id)).action == "updated"
    tamper(world, PAYMENTS, record_id, deleted_at=4_000_000_000)
    assert (await shown(world, PAYMENTS, record_id)).action == "stale"


async def test_a_record_that_cannot_be_mapped_is_rejected_with_its_faults(world: World) -> None:
    await in_step(world)
    record_id = world.some(PAYMENTS)
    world.rewrite_records(PAYMENTS, lambda record: {**record, "Modified_Time": {}})
    seen = await shown(world, PAYMENTS, record_id)
    assert (seen.action, seen.reason) == ("rejected", "projection")
    assert [fault.column for fault in seen.faults] == ["modified_time"]


async def test_what_moodle_would_refuse_is_rejected_and_named(world: World) -> None:
    await in_step(world)
    record_id = world.some(PAYMENTS)
    world.spoil(PAYMENTS, record_id, Name="N" * 300)
    seen = await shown(world, PAYMENTS, record_id)
    assert (seen.action, seen.reason) == ("rejected", "moodle")
    assert [(f.column, f.code) for f in seen.faults] == [("payment_number", "too_long")]
    await world.carry(PAYMENTS, record_id)
    [letter] = await world.dead()
    assert letter.message == "payment_number: too_long"


async def test_a_field_that_does_not_fit_is_named_and_left_alone(world: World) -> None:
    await in_step(world)
    record_id = world.some(PAYMENTS)
    world.rewrite_records(PAYMENTS, lambda record: {**record, "Payment_Date": "soon"})
    seen = await shown(world, PAYMENTS, record_id)
    assert [fault.column for fault in seen.faults] == ["payment_date"]
    [field] = [field for field in seen.fields if field.column == "payment_date"]
    assert field.stands is not None and not field.sent and not field.changes


async def test_child_rows_are_compared_one_by_one(world: World) -> None:
    await in_step(world)
    record_id = world.some(REGISTRATIONS)
    row = world.crm.records(REGISTRATIONS)[record_id].rows["Payment_Schedule"][0]
    row.values["Installment_Amount"] = 77
    seen = await shown(world, REGISTRATIONS, record_id)
    assert [c.column for c in seen.changes] == [f"installments[{row.id}].amount"]
    assert seen.changes[0].after == "77.00"


async def test_a_link_that_moodle_found_is_not_said_to_go(world: World) -> None:
    await in_step(world)
    students = world.crm.records(STUDENTS)
    linked = next(i for i in students if (world.row(STUDENTS, i) or {})["moodle_user_id"])
    world.edit(STUDENTS, linked, City="Irbid")
    seen = await shown(world, STUDENTS, linked)
    assert [c.column for c in seen.changes] == ["city"]


async def test_another_mapping_is_previewed_without_being_used(
    world: World, tmp_path: Path
) -> None:
    await in_step(world)
    text = find_preset("btec").read_text(encoding="utf-8")
    file = tmp_path / "own.toml"
    file.write_text(text.replace('note = "Note"', 'note = "Name"'), encoding="utf-8")
    record_id = world.some(PAYMENTS)
    other = load_preset(file).modules[PAYMENTS]
    seen = await preview(world.links, other, record_id)
    assert seen.action == "updated"
    assert [c.column for c in seen.changes] == ["note"]
    file.write_text(text.replace('note = "Note"', 'remark = "Note"'), encoding="utf-8")
    seen = await preview(world.links, load_preset(file).modules[PAYMENTS], record_id)
    assert seen.action == "rejected"
    assert [f.column for f in seen.faults] == ["remark"]


async def test_what_takes_away_while_the_brake_is_on_would_be_held(world: World) -> None:
    await in_step(world)
    record_id = world.some(STUDENTS)
    world.edit(STUDENTS, record_id, Status="Active")
    await world.carry(STUDENTS, record_id)
    world.edit(STUDENTS, record_id, Status="Withdrawn")
    assert (await shown(world, STUDENTS, record_id)).action == "updated"
    other = world.some(STUDENTS, 1)
    await world.links.journal.held.hold(
        STUDENTS, {other: HeldKind.DELETE}, reason="over_the_cap", at_ms={other: 1}
    )
    seen = await shown(world, STUDENTS, record_id)
    assert (seen.action, [c.column for c in seen.changes]) == ("held", ["status"])
    await world.carry(STUDENTS, record_id)
    row = world.row(STUDENTS, record_id)
    assert row is not None and row["status"] == "Active"


async def test_what_takes_away_once_the_hours_room_is_used_up_would_be_held(world: World) -> None:
    new = {"First_Name": "Sam", "Last_Name": "Ple", "Status": "Active"}
    students = [world.crm.insert(STUDENTS, new) for _ in range(11)]
    await in_step(world)
    for student in students[:10]:
        world.edit(STUDENTS, student, Status="Withdrawn")
        await world.carry(STUDENTS, student)
    world.edit(STUDENTS, students[10], Status="Withdrawn")
    assert (await shown(world, STUDENTS, students[10])).action == "held"
