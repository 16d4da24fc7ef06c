from __future__ import annotations

from typing import Any

import pytest

from mzi_bridge.journal.records import Claim, Notice, Operation, Source
from mzi_bridge.pipeline import backoff
from mzi_bridge.pipeline.backoff import LOOKS
from mzi_bridge.pipeline.process import Processed, process
from tests.support.world import MODULES, World

STUDENTS = "BTEC_Students"
NOTHING_THERE = {"kind": "status", "status": 204}
REGISTRATIONS = "BTEC_Registrations"


async def claimed(world: World, limit: int = 100) -> Claim:
    claim = await world.links.journal.inbox.claim(owner="test", limit=limit, lease_seconds=60)
    assert claim is not None
    return claim


async def processed(world: World) -> Processed:
    """One claim, with no jitter."""
    return await process(world.links, await claimed(world), jitter=lambda: 0.0)


def moodle_says(errorcode: str) -> dict[str, Any]:
    body = f'{{"exception":"moodle_exception","errorcode":"{errorcode}","message":"No."}}'
    return {"kind": "status", "status": 200, "body": body}


@pytest.mark.parametrize("module", MODULES)
async def test_a_changed_record_stands_in_moodle(world: World, module: str) -> None:
    await world.carry(module, world.some(module))
    assert world.stands(module, world.some(module))
    assert await world.dirty() == 0
    assert await world.dead() == ()


@pytest.mark.parametrize("module", MODULES)
async def test_a_deletion_by_notice_sets_a_tombstone(world: World, module: str) -> None:
    record_id = world.some(module)
    await world.carry(module, record_id)
    world.clock.advance(5)
    world.crm.delete(module, record_id)
    await world.notice(module, record_id, operation=Operation.DELETE)
    assert (await processed(world)).counts == {"deleted": 1}
    row = world.row(module, record_id)
    assert row is not None and row["deleted_at"] == int(world.clock.now())


async def test_the_counts_tell_what_became_of_each_record(world: World) -> None:
    known, new, gone = (world.some("BTEC_Payments", n) for n in range(3))
    await world.carry("BTEC_Payments", known, gone)
    world.crm.delete("BTEC_Payments", gone)
    await world.notice("BTEC_Payments", known, new, "7399999999999999999")
    await world.notice("BTEC_Payments", gone, operation=Operation.DELETE)
    counts = (await processed(world)).counts
    assert counts == {"unchanged": 1, "inserted": 1, "deleted": 1, "absent": 1}


async def test_a_record_that_changed_is_updated(world: World) -> None:
    student = world.some(STUDENTS)
    await world.carry(STUDENTS, student)
    world.edit(STUDENTS, student, City="Irbid")
    await world.notice(STUDENTS, student)
    assert (await processed(world)).counts == {"updated": 1}
    row = world.row(STUDENTS, student)
    assert row is not None and row["city"] == "Irbid"


async def test_an_absent_record_without_proof_is_never_deleted(world: World) -> None:
    student = world.some(STUDENTS)
    await world.carry(STUDENTS, student)
    world.crm.delete(STUDENTS, student)
    await world.notice(STUDENTS, student)
    assert (await processed(world)).counts == {"absent": 1}
    for _ in range(LOOKS):
        assert await world.dirty() == 1
        world.clock.advance(60)
        await world.work()
    assert world.stands(STUDENTS, student)
    assert await world.dirty() == 0
    assert await world.dead() == ()


async def test_a_change_that_the_crm_does_not_show_at_once_arrives_at_the_next_look(
    world: World,
) -> None:
    student = world.some(STUDENTS)
    await world.carry(STUDENTS, student)
    world.edit(STUDENTS, student, City="Irbid")
    await world.disturb("crm", NOTHING_THERE, path_contains=STUDENTS, times=LOOKS)
    await world.notice(STUDENTS, student)
    for _ in range(LOOKS):
        assert (await processed(world)).counts == {"absent": 1}
        world.clock.advance(60)
    assert (await processed(world)).counts == {"updated": 1}


async def test_a_restored_record_that_the_crm_does_not_show_is_not_deleted_by_its_old_proof(
    world: World,
) -> None:
    student = world.some(STUDENTS)
    await world.carry(STUDENTS, student)
    world.clock.advance(5)
    world.crm.delete(STUDENTS, student)
    await world.notice(STUDENTS, student, operation=Operation.DELETE)
    world.crm.restore(STUDENTS, student)
    world.clock.advance(60)
    await world.notice(STUDENTS, student)
    await world.disturb("crm", NOTHING_THERE, path_prefix=f"/crm/v2/{STUDENTS}")
    for _ in range(LOOKS + 1):
        assert (await processed(world)).counts == {"absent": 1}
        world.clock.advance(60)
    assert world.stands(STUDENTS, student)
    assert await world.dirty() == 0


async def test_what_moodle_answered_stands_though_the_list_of_deleted_records_breaks(
    world: World,
) -> None:
    certain, doubted, late = (world.some(STUDENTS, n) for n in range(3))
    deleted_at = world.clock.now()
    world.clock.advance(10)
    await world.carry(STUDENTS, certain, doubted, late)
    world.clock.advance(10)
    for student in (certain, doubted, late):
        world.crm.delete(STUDENTS, student)
    await world.notice(STUDENTS, certain, doubted, operation=Operation.DELETE)
    await world.notice(STUDENTS, late, operation=Operation.DELETE, at=deleted_at)
    await world.notice(STUDENTS, doubted, at=world.clock.now() + 2)
    await world.disturb("crm", {"kind": "status", "status": 500}, path_contains="/deleted")
    assert (await processed(world)).counts == {"deleted": 1, "retry": 2}
    assert not world.stands(STUDENTS, certain)
    await world.behave("crm")
    world.clock.advance(60)
    assert (await processed(world)).counts == {"deleted": 2}


async def test_an_update_noticed_after_a_deletion_does_not_undo_it(world: World) -> None:
    student = world.some(STUDENTS)
    await world.carry(STUDENTS, student)
    world.clock.advance(5)
    world.crm.delete(STUDENTS, student)
    await world.notice(STUDENTS, student, operation=Operation.DELETE)
    await world.notice(STUDENTS, student, at=world.clock.now() + 2)
    await world.forget_calls("crm")
    assert (await processed(world)).counts == {"deleted": 1}
    assert not world.stands(STUDENTS, student)
    lists = [call for call in await world.calls("crm") if call["path"].endswith("/deleted")]
    assert len(lists) == 1, "by the CRM's word of this hour"


async def test_a_record_deleted_and_restored_stands_again(world: World) -> None:
    student = world.some(STUDENTS)
    await world.carry(STUDENTS, student)
    world.clock.advance(5)
    world.crm.delete(STUDENTS, student)
    await world.notice(STUDENTS, student, operation=Operation.DELETE)
    await world.work()
    assert not world.stands(STUDENTS, student)
    world.clock.advance(5)
    world.crm.restore(STUDENTS, student)
    await world.notice(STUDENTS, student, operation=Operation.INSERT)
    await world.work()
    assert world.stands(STUDENTS, student)


async def test_deleted_and_restored_between_two_batches_is_no_deletion(world: World) -> None:
    student = world.some(STUDENTS)
    await world.carry(STUDENTS, student)
    world.clock.advance(5)
    await world.notice(STUDENTS, student, operation=Operation.DELETE)
    await world.notice(STUDENTS, student, operation=Operation.INSERT, at=world.clock.now() + 1)
    assert (await processed(world)).counts == {"unchanged": 1}
    assert world.stands(STUDENTS, student)


async def test_a_record_restored_within_the_second_of_its_deletion_comes_back(world: World) -> None:
    student = world.some(STUDENTS)
    await world.carry(STUDENTS, student)
    world.clock.advance(5)
    world.crm.delete(STUDENTS, student)
    await world.notice(STUDENTS, student, operation=Operation.DELETE)
    await world.work()
    world.crm.restore(STUDENTS, student)
    await world.notice(STUDENTS, student, operation=Operation.INSERT)
    assert (await processed(world)).counts == {"stale": 1}
    assert await world.dirty() == 1
    world.clock.advance(backoff.FIRST_SECONDS)
    await world.work()
    assert world.stands(STUDENTS, student)


async def test_a_record_that_stays_stale_is_let_go(world: World) -> None:
    student = world.some(STUDENTS)
    await world.carry(STUDENTS, student)
    stored = world.site.tables["students"].get(student)
    assert stored is not None
    stored.row["modified_time"] = int(world.clock.now()) + 1000
    await world.notice(STUDENTS, student)
    for _ in range(3):
        await processed(world)
        world.clock.advance(60)
    assert await world.dirty() == 0
    assert await world.dead() == ()


async def test_a_deletion_told_late_is_confirmed_by_the_crms_own_list(world: World) -> None:
    student = world.some(STUDENTS)
    world.crm.delete(STUDENTS, student)
    deleted_at = world.clock.now()
    world.crm.restore(STUDENTS, student)
    world.clock.advance(10)
    await world.carry(STUDENTS, student)
    world.crm.delete(STUDENTS, student)
    await world.notice(STUDENTS, student, operation=Operation.DELETE, at=deleted_at)
    assert (await processed(world)).counts == {"deleted": 1}
    assert not world.stands(STUDENTS, student)


async def test_a_deletion_that_was_undone_since_leaves_the_row(world: World) -> None:
    student = world.some(STUDENTS)
    deleted_at = world.clock.now()
    world.clock.advance(10)
    await world.carry(STUDENTS, student)
    await world.notice(STUDENTS, student, operation=Operation.DELETE, at=deleted_at)
    assert (await processed(world)).counts == {"failed": 1}
    assert world.stands(STUDENTS, student)


async def test_a_deletion_that_the_crm_denies_is_looked_at_again_then_not_believed(
    world: World,
) -> None:
    student = world.some(STUDENTS)
    await world.notice(STUDENTS, student, operation=Operation.DELETE)
    assert (await processed(world)).counts == {"failed": 1}
    for _ in range(2):
        world.clock.advance(60)
        await world.work()
    assert world.stands(STUDENTS, student)
    assert await world.dirty() == 0
    assert await world.dead() == ()


async def test_a_deletion_of_what_moodle_never_saw_is_kept(world: World) -> None:
    student = world.some(STUDENTS)
    world.crm.delete(STUDENTS, student)
    await world.notice(STUDENTS, student, operation=Operation.DELETE)
    assert (await processed(world)).counts == {"deleted": 1}
    assert world.row(STUDENTS, student) is not None
    assert not world.stands(STUDENTS, student)


async def test_a_bad_record_never_blocks_its_batch(world: World) -> None:
    payments = [world.some("BTEC_Payments", n) for n in range(3)]
    world.rewrite_records(
        "BTEC_Payments",
        lambda record: {**record, "Modified_Time": []} if record["id"] == payments[1] else record,
    )
    await world.notice("BTEC_Payments", *payments)
    counts = (await processed(world)).counts
    assert (counts["rejected"], counts["inserted"]) == (1, 2)
    (letter,) = await world.dead()
    assert (letter.module, letter.record_id) == ("BTEC_Payments", payments[1])
    assert letter.reason == "projection"
    assert letter.message == "modified_time ← Modified_Time: wrong_type"


async def test_a_row_that_moodle_rejects_is_a_dead_letter_that_names_the_column(
    world: World,
) -> None:
    student = world.some(STUDENTS)
    world.site.tables["students"].entity.columns.pop("city")
    await world.notice(STUDENTS, student)
    assert (await processed(world)).counts == {"rejected": 1}
    (letter,) = await world.dead()
    assert (letter.reason, letter.message) == ("moodle_unknown_field", "city: unknown_field")


async def test_a_dead_letter_that_is_retried_arrives_once_the_cause_is_gone(world: World) -> None:
    student = world.some(STUDENTS)
    column = world.site.tables["students"].entity.columns.pop("city")
    await world.carry(STUDENTS, student)
    world.site.tables["students"].entity.columns["city"] = column
    assert await world.links.journal.dead.retry() == 1
    await world.work()
    assert world.stands(STUDENTS, student)
    assert await world.dead() == ()


@pytest.mark.parametrize("word", ["invalidparameter", "invalidjson", "countmismatch"])
async def test_a_batch_refused_as_a_whole_is_halved_until_the_bad_row_stands_alone(
    world: World, word: str
) -> None:
    payments = [world.some("BTEC_Payments", n) for n in range(5)]
    await world.disturb("moodle", moodle_says(word), body_contains=payments[3])
    await world.notice("BTEC_Payments", *payments)
    counts = (await processed(world)).counts
    assert counts == {"inserted": 4, "rejected": 1}
    (letter,) = await world.dead()
    assert (letter.record_id, letter.reason) == (payments[3], word)
    assert await world.dirty() == 0


async def test_a_batch_too_large_for_moodle_arrives_in_halves(world: World) -> None:
    payments = [world.some("BTEC_Payments", n) for n in range(4)]
    await world.disturb("moodle", {"kind": "status", "status": 413}, times=1)
    await world.notice("BTEC_Payments", *payments)
    assert (await processed(world)).counts == {"inserted": 4}
    assert len(await world.calls("moodle")) == 3


async def test_a_refused_deletion_is_isolated_too(world: World) -> None:
    payments = [world.some("BTEC_Payments", n) for n in range(3)]
    for payment in payments:
        world.crm.delete("BTEC_Payments", payment)
    await world.disturb("moodle", moodle_says("invalidparameter"), body_contains=payments[1])
    await world.notice("BTEC_Payments", *payments, operation=Operation.DELETE)
    assert (await processed(world)).counts == {"deleted": 2, "rejected": 1}


async def test_a_paused_link_costs_no_attempt(world: World) -> None:
    student = world.some(STUDENTS)
    await world.disturb("moodle", moodle_says("invalidtoken"))
    await world.notice(STUDENTS, student)
    assert (await processed(world)).counts == {"paused": 1}
    state = await world.links.journal.links.get("moodle")
    assert state is not None and state.reason == "invalidtoken"
    assert (await claimed(world)).items[0].attempts == 0


async def test_a_pause_is_as_long_as_was_asked_but_never_longer_than_an_hour(world: World) -> None:
    for asked, granted in (("120", 120.0), ("999999", 3600.0)):
        fault = {"kind": "status", "status": 503, "headers": {"Retry-After": asked}}
        await world.disturb("moodle", fault, times=1)
        await world.notice(STUDENTS, world.some(STUDENTS))
        await processed(world)
        state = await world.links.journal.links.get("moodle")
        assert state is not None and state.until - world.clock.now() == granted


async def test_a_passing_fault_is_tried_again_later_and_later(world: World) -> None:
    student = world.some(STUDENTS)
    await world.disturb("moodle", {"kind": "status", "status": 500})
    await world.notice(STUDENTS, student)
    waits = []
    for _ in range(4):
        assert (await processed(world)).counts == {"retry": 1}
        due = await world.links.journal.inbox.next_due()
        assert due is not None
        waits.append(due - world.clock.now())
        world.clock.advance(waits[-1])
    assert waits == [5.0, 10.0, 20.0, 40.0]
    await world.behave("moodle")
    await world.work()
    assert world.stands(STUDENTS, student)


async def test_what_fails_for_days_is_given_up_with_its_reason(world: World) -> None:
    await world.disturb("moodle", {"kind": "status", "status": 500})
    await world.notice(STUDENTS, world.some(STUDENTS))
    tries = 0
    while await world.dirty():
        await processed(world)
        tries += 1
        due = await world.links.journal.inbox.next_due()
        world.clock.advance(0 if due is None else due - world.clock.now())
    assert tries >= backoff.FEWEST_ATTEMPTS
    (letter,) = await world.dead()
    assert letter.reason == "server_error"


async def test_the_crms_own_word_on_waiting_wins(world: World) -> None:
    fault = {"kind": "status", "status": 429, "headers": {"Retry-After": "300"}}
    await world.disturb("crm", fault, path_contains=STUDENTS)
    await world.notice(STUDENTS, world.some(STUDENTS))
    await processed(world)
    due = await world.links.journal.inbox.next_due()
    assert due is not None and due - world.clock.now() == 300


async def test_a_module_that_is_not_mapped_is_a_dead_letter(world: World) -> None:
    await world.notice("Leads", world.some("Leads"))
    assert (await processed(world)).counts == {"rejected": 1}
    (letter,) = await world.dead()
    assert (letter.module, letter.reason) == ("Leads", "module_not_mapped")


async def test_a_bug_fails_one_try_of_the_batch_and_nothing_else(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("mzi_bridge.pipeline.deliver.project", broken)
        await world.notice(STUDENTS, world.some(STUDENTS))
        assert (await processed(world)).counts == {"retry": 1}
    assert "ZeroDivisionError" in caplog.text
    world.clock.advance(backoff.FIRST_SECONDS)
    await world.work()
    assert world.stands(STUDENTS, world.some(STUDENTS))


async def test_a_notice_that_comes_while_the_record_is_in_hand_is_not_lost(world: World) -> None:
    student = world.some(STUDENTS)
    await world.notice(STUDENTS, student)
    claim = await claimed(world)
    await process(world.links, claim)
    await world.notice(STUDENTS, student)
    claim = await claimed(world)
    world.edit(STUDENTS, student, City="Aqaba")
    await world.links.journal.inbox.mark(
        [Notice(STUDENTS, student, Operation.UPDATE, 1, Source.NOTIFICATION)]
    )
    await process(world.links, claim)
    assert await world.dirty() == 1
    await world.work()
    row = world.row(STUDENTS, student)
    assert row is not None and row["city"] == "Aqaba"


async def test_nothing_of_a_person_rests_in_the_journal(world: World) -> None:
    student = world.some(STUDENTS)
    world.spoil(STUDENTS, student, Birth_Date="canary-born", Student_Moodle_ID="canary-id")
    world.site.tables["students"].entity.columns.pop("city")
    await world.carry(STUDENTS, student)
    (letter,) = await world.dead()
    assert "canary" not in repr(letter) + repr(await world.faults())


async def test_the_crms_word_on_waiting_wins_for_one_record_of_a_batch_too(world: World) -> None:
    bad, good = world.some(REGISTRATIONS, 0), world.some(REGISTRATIONS, 1)
    fault = {"kind": "status", "status": 503, "headers": {"Retry-After": "9000"}}
    await world.disturb("crm", fault, path_contains=f"{REGISTRATIONS}/{bad}")
    await world.notice(REGISTRATIONS, bad, good)
    while not world.stands(REGISTRATIONS, good):
        world.clock.advance(10_000)
        await processed(world)
    due = await world.links.journal.inbox.next_due()
    assert due is not None and due - world.clock.now() == 9000
