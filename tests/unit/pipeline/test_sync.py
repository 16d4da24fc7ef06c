from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import anyio
import pytest
from msgspec.structs import force_setattr, replace

from mzi_bridge.errors import ContractError, OperatorError, PauseLink, RetryLater
from mzi_bridge.journal.journal import Journal
from mzi_bridge.journal.runs import RunState
from mzi_bridge.pipeline import confirm
from mzi_bridge.pipeline.batch_size import SOON_SECONDS, BatchSize
from mzi_bridge.pipeline.deleted_list import OVERLAP_SECONDS
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.sync import (
    CURSOR,
    LOCK_SECONDS,
    Mode,
    Progress,
    SyncRunning,
    is_failure,
    modules_for,
    sync,
    sync_module,
)
from tests.support.clock import ManualClock
from tests.support.held_up import held_up
from tests.support.world import MODULES, World

PAYMENTS = "BTEC_Payments"
TEACHERS = "BTEC_Teachers"
REGISTRATIONS = "BTEC_Registrations"
MANY = 450


def hire(world: World, count: int) -> list[str]:
    return [world.crm.insert(TEACHERS, {"Name": f"Teacher {n}"}) for n in range(count)]


async def cursor(world: World, module: str) -> int | None:
    value = await world.links.journal.cursors.get(module, CURSOR)
    return None if value is None else int(value)


async def full(world: World, module: str, **options: Any) -> Progress:
    return await sync_module(world.links, module, Mode.FULL, **options)


async def delta(world: World, module: str, **options: Any) -> Progress:
    return await sync_module(world.links, module, Mode.DELTA, **options)


def after_page(number: int, act: Callable[[], object]) -> Callable[[Progress], None]:
    """Acts once, when so many pages have been told of."""
    acted: list[bool] = []

    def report(progress: Progress) -> None:
        if progress.pages == number and not acted:
            acted.append(True)
            act()

    return report


@pytest.mark.parametrize("module", MODULES)
async def test_a_full_sync_carries_every_record_of_every_entity(world: World, module: str) -> None:
    progress = await full(world, module)
    records = world.crm.records(module)
    assert progress.counts == {"inserted": len(records)}
    assert progress.done
    assert all(world.stands(module, record_id) for record_id in records)
    again = await full(world, module)
    assert again.counts == {"unchanged": len(records)}


async def test_a_listed_change_that_the_crm_does_not_show_by_id_is_left_to_the_worker(
    world: World,
) -> None:
    await full(world, REGISTRATIONS)
    world.clock.advance(3600)
    changed = world.some(REGISTRATIONS)
    world.edit(REGISTRATIONS, changed, Registration_Status="Changed")
    world.clock.advance(300)
    fault = {"kind": "status", "status": 204}
    await world.disturb("crm", fault, path_contains=f"{REGISTRATIONS}/{changed}", times=1)
    assert (await delta(world, REGISTRATIONS, dry_run=True)).counts == {"absent": 1}
    assert await world.dirty() == 0, "a dry run marks nothing"
    await world.disturb("crm", fault, path_contains=f"{REGISTRATIONS}/{changed}", times=2)
    progress = await delta(world, REGISTRATIONS)
    assert progress.done and progress.counts == {"absent": 1}
    await world.work()
    world.clock.advance(60)
    await world.work()
    row = world.row(REGISTRATIONS, changed)
    assert row is not None and row["registration_status"] == "Changed"


async def test_subform_rows_arrive_with_a_full_sync(world: World) -> None:
    await full(world, "BTEC_Registrations")
    for record_id, record in world.crm.records("BTEC_Registrations").items():
        row = world.row("BTEC_Registrations", record_id)
        assert row is not None
        assert len(row["installments"]) == len(record.rows["Payment_Schedule"])


async def test_progress_is_told_after_every_page(world: World) -> None:
    hire(world, MANY)
    told: list[Progress] = []
    await full(world, TEACHERS, report=told.append)
    total = len(world.crm.records(TEACHERS))
    assert [(p.pages, sum(p.counts.values()), p.done) for p in told] == [
        (1, 200, False),
        (2, 400, False),
        (3, total, False),
        (3, total, True),
    ]


async def test_pages_travel_together_once_moodle_has_answered_soon(world: World) -> None:
    hire(world, 5 * 200)
    batches = BatchSize(500)
    for _ in range(3):
        batches.answered(batches.now, SOON_SECONDS / 2)
    told: list[Progress] = []
    links = replace(world.links, batches=batches)
    await sync_module(links, TEACHERS, Mode.FULL, report=told.append)
    labels = [call.get("label") for call in await world.calls("moodle")]
    assert labels.count("local_mzi_upsert_teachers") == 3
    assert [progress.pages for progress in told] == [2, 4, 6, 6]
    assert all(world.stands(TEACHERS, i) for i in world.crm.records(TEACHERS))


async def test_a_sync_cut_off_in_the_middle_goes_on_at_its_checkpoint(world: World) -> None:
    hire(world, MANY)
    with anyio.CancelScope() as scope:
        await full(world, TEACHERS, report=after_page(2, scope.cancel))
    assert await cursor(world, TEACHERS) is None
    await world.forget_calls("crm")
    progress = await full(world, TEACHERS)
    pages = [c for c in await world.calls("crm") if c["path"] == f"/crm/v2/{TEACHERS}"]
    assert len(pages) == 2
    total = len(world.crm.records(TEACHERS))
    assert sum(progress.counts.values()) in (total, total + 200)
    assert all(world.stands(TEACHERS, i) for i in world.crm.records(TEACHERS))


async def test_a_sync_that_lost_the_crm_goes_on_when_it_is_back(world: World) -> None:
    hire(world, MANY)
    await world.disturb("crm", {"kind": "status", "status": 500}, query_contains="page=3")
    with pytest.raises(RetryLater):
        await full(world, TEACHERS)
    await world.behave("crm")
    await world.forget_calls("crm")
    progress = await full(world, TEACHERS)
    asked = [c for c in await world.calls("crm") if c["path"] == f"/crm/v2/{TEACHERS}"]
    assert len(asked) == 1
    assert progress.counts == {"inserted": len(world.crm.records(TEACHERS))}


async def test_a_sync_of_a_paused_link_stays_unfinished(world: World) -> None:
    await world.disturb("moodle", {"kind": "maintenance"})
    with pytest.raises(PauseLink):
        await full(world, PAYMENTS)
    assert await world.links.journal.runs.unfinished("full", PAYMENTS) is not None
    assert await cursor(world, PAYMENTS) is None


async def test_rows_deleted_during_the_walk_never_hide_another(world: World) -> None:
    hire(world, MANY)
    first = sorted(world.crm.records(TEACHERS))[:3]

    def fire() -> None:
        world.clock.advance(1)
        for teacher in first:
            world.crm.delete(TEACHERS, teacher)

    progress = await full(world, TEACHERS, report=after_page(1, fire))
    await world.work()
    assert all(world.stands(TEACHERS, i) for i in world.crm.records(TEACHERS))
    assert not any(world.stands(TEACHERS, i) for i in first)
    assert progress.counts == {"inserted": len(world.crm.records(TEACHERS)) + 3}


async def test_a_walk_is_repeated_once_for_a_deletion_not_thrice(world: World) -> None:
    hire(world, MANY)

    def fire() -> None:
        world.clock.advance(1)
        world.crm.delete(TEACHERS, world.some(TEACHERS))

    await full(world, TEACHERS, report=after_page(1, fire))
    pages = [c for c in await world.calls("crm") if c["path"] == f"/crm/v2/{TEACHERS}"]
    assert len(pages) == 6


async def test_a_sync_that_deletions_outrun_does_not_move_the_cursor(world: World) -> None:
    hire(world, MANY)

    def report(progress: Progress) -> None:
        world.clock.advance(1)
        world.crm.delete(TEACHERS, world.some(TEACHERS))

    await full(world, TEACHERS, report=report)
    assert await cursor(world, TEACHERS) is None


async def test_the_cursor_moves_at_the_end_to_before_the_beginning(world: World) -> None:
    started = int(world.clock.now())
    hire(world, MANY)

    def report(progress: Progress) -> None:
        world.clock.advance(30)

    await full(world, TEACHERS, report=report)
    reached = await cursor(world, TEACHERS)
    assert reached is not None
    assert started - 10 <= reached + OVERLAP_SECONDS <= started


async def test_a_delta_finds_what_a_lost_notification_missed(world: World) -> None:
    await full(world, PAYMENTS)
    changed, gone = world.some(PAYMENTS, 0), world.some(PAYMENTS, 1)
    world.clock.advance(3600)
    world.edit(PAYMENTS, changed, Note="Paid late")
    new = world.crm.insert(PAYMENTS, {"Name": "PAY-X", "Payment_Amount": 10, "Currency": "USD"})
    world.crm.delete(PAYMENTS, gone)
    progress = await delta(world, PAYMENTS)
    await world.work()
    row = world.row(PAYMENTS, changed)
    assert row is not None and row["note"] == "Paid late"
    assert world.stands(PAYMENTS, new)
    assert not world.stands(PAYMENTS, gone)
    assert progress.counts == {"inserted": 1, "updated": 1}


@pytest.mark.parametrize("module", MODULES)
async def test_a_delta_finds_a_deletion_of_every_entity(world: World, module: str) -> None:
    await full(world, module)
    world.clock.advance(3600)
    gone = world.some(module)
    world.crm.delete(module, gone)
    await delta(world, module)
    await world.work()
    assert not world.stands(module, gone)


async def test_a_delta_without_changes_writes_nothing(world: World) -> None:
    await full(world, PAYMENTS)
    world.clock.advance(3600)
    await delta(world, PAYMENTS)
    await world.forget_calls("moodle")
    world.clock.advance(3600)
    assert (await delta(world, PAYMENTS)).counts == {}
    assert await world.calls("moodle") == []


async def test_a_change_in_the_very_second_of_the_last_sync_is_not_passed_over(
    world: World,
) -> None:
    await full(world, PAYMENTS)
    world.crm.update(PAYMENTS, world.some(PAYMENTS), {"Note": "Same second"})
    await delta(world, PAYMENTS)
    row = world.row(PAYMENTS, world.some(PAYMENTS))
    assert row is not None and row["note"] == "Same second"


async def test_a_module_without_a_modification_time_is_read_whole(world: World) -> None:
    mapping = world.links.preset.modules[TEACHERS]
    force_setattr(mapping, "modified_time_field", None)
    await full(world, TEACHERS)
    world.clock.advance(3600)
    progress = await delta(world, TEACHERS)
    assert progress.counts == {"unchanged": len(world.crm.records(TEACHERS))}


async def test_a_first_delta_reads_everything(world: World) -> None:
    progress = await delta(world, PAYMENTS)
    assert progress.counts == {"inserted": len(world.crm.records(PAYMENTS))}


async def test_a_dry_run_writes_nothing_and_counts_right(world: World) -> None:
    payments = sorted(world.crm.records(PAYMENTS))
    await world.carry(PAYMENTS, *payments[:3])
    world.edit(PAYMENTS, payments[0], Note="Another note")
    world.rewrite_records(
        PAYMENTS, lambda r: {**r, "Modified_Time": {}} if r["id"] == payments[-1] else r
    )
    progress = await full(world, PAYMENTS, dry_run=True)
    assert progress.counts == {
        "updated": 1,
        "unchanged": 2,
        "rejected": 1,
        "inserted": len(payments) - 4,
    }
    assert {row["zoho_payment_id"] for row in stored(world, "payments")} == set(payments[:3])
    assert await world.dirty() == 0
    assert await cursor(world, PAYMENTS) is None
    assert await world.links.journal.runs.recent() == ()


async def test_a_dry_run_shows_the_first_differences(world: World) -> None:
    payments = sorted(world.crm.records(PAYMENTS))
    await world.carry(PAYMENTS, *payments)
    world.edit(PAYMENTS, payments[0], Note="Another note")
    ((record_id, changes),) = (await full(world, PAYMENTS, dry_run=True)).differences
    assert record_id == payments[0]
    assert [(change.column, change.after) for change in changes] == [("note", "Another note")]


async def test_a_dry_run_tells_a_tombstone_that_would_be_lifted(world: World) -> None:
    payment = world.some(PAYMENTS)
    await world.carry(PAYMENTS, payment)
    stored_row = world.site.tables["payments"].get(payment)
    assert stored_row is not None
    stored_row.row["deleted_at"] = int(world.clock.now()) + 100
    assert (await full(world, PAYMENTS, dry_run=True)).counts["stale"] == 1
    world.clock.advance(200)
    assert (await full(world, PAYMENTS, dry_run=True)).counts["updated"] == 1


async def test_a_dry_run_tells_a_content_that_was_read_before_the_one_stored(world: World) -> None:
    payment = world.some(PAYMENTS)
    await world.carry(PAYMENTS, payment)
    stored_row = world.site.tables["payments"].get(payment)
    assert stored_row is not None
    stored_row.row.update(content_hash="0" * 64, synced_at=int(world.clock.now()) + 100)
    assert (await full(world, PAYMENTS, dry_run=True)).counts["stale"] == 1
    world.clock.advance(200)
    assert (await full(world, PAYMENTS, dry_run=True)).counts["updated"] == 1


async def test_rejected_records_end_in_the_dead_letters(world: World) -> None:
    bad = world.some(PAYMENTS)
    world.rewrite_records(
        PAYMENTS, lambda record: {**record, "Modified_Time": {}} if record["id"] == bad else record
    )
    progress = await full(world, PAYMENTS)
    assert is_failure(progress) and progress.counts["rejected"] == 1
    await world.work()
    (letter,) = await world.dead()
    assert (letter.record_id, letter.reason) == (bad, "projection")


async def test_a_record_without_an_id_is_counted_and_stops_nothing(world: World) -> None:
    bad = world.some(PAYMENTS)
    world.rewrite_records(
        PAYMENTS, lambda record: {**record, "id": None} if record["id"] == bad else record
    )
    progress = await full(world, PAYMENTS)
    assert progress.counts == {"rejected": 1, "inserted": len(world.crm.records(PAYMENTS)) - 1}


async def test_a_module_that_fails_hinders_no_other(world: World) -> None:
    refusal = '{"code":"NO_PERMISSION","status":"error","message":"x","details":{}}'
    await world.disturb(
        "crm", {"kind": "status", "status": 403, "body": refusal}, path_contains=PAYMENTS
    )
    results = await sync(world.links, [PAYMENTS, TEACHERS], Mode.FULL)
    assert isinstance(results[PAYMENTS].error, OperatorError)
    assert is_failure(results[PAYMENTS])
    assert results[TEACHERS].counts["inserted"] > 0
    (run,) = [run for run in await world.links.journal.runs.recent() if run.module == PAYMENTS]
    assert (run.state, run.error_reason) == (RunState.FAILED, "no_permission")


async def test_a_paused_link_stops_all_modules(world: World) -> None:
    await world.disturb("moodle", {"kind": "maintenance"})
    with pytest.raises(PauseLink):
        await sync(world.links, [PAYMENTS, TEACHERS], Mode.FULL)
    assert len(await world.calls("moodle")) == 1


async def test_a_module_is_named_by_its_entity_too(world: World) -> None:
    assert modules_for(world.links, "payments") == modules_for(world.links, PAYMENTS) == [PAYMENTS]
    assert modules_for(world.links, None) == list(MODULES)
    with pytest.raises(OperatorError, match="No module or entity 'aliens' is mapped"):
        modules_for(world.links, "aliens")


def stored(world: World, entity: str) -> list[dict[str, Any]]:
    return [stored.row for stored in world.site.tables[entity].all()]


async def test_a_full_sync_finds_what_was_deleted_since_the_last_one(world: World) -> None:
    payment = world.some("BTEC_Payments")
    await sync(world.links, ["BTEC_Payments"], Mode.FULL)
    world.clock.advance(3 * 3600)
    world.crm.delete("BTEC_Payments", payment)
    world.clock.advance(3 * 3600)
    await sync(world.links, ["BTEC_Payments"], Mode.FULL)
    await world.work()
    assert not world.stands("BTEC_Payments", payment)


async def runs_of(world: World, module: str) -> list[tuple[str, str]]:
    recent = await world.links.journal.runs.recent()
    return [(run.state.value, run.error_reason) for run in recent if run.module == module]


async def test_a_module_is_synced_by_one_process_at_a_time_and_the_second_is_told_who(
    world: World,
) -> None:
    async with held_up(world, "crm", TEACHERS) as wire, anyio.create_task_group() as tasks:
        tasks.start_soon(full, world, TEACHERS)
        await wire.reached.wait()
        with pytest.raises(SyncRunning) as running:
            await full(world, TEACHERS)
        assert f":{os.getpid()}, run 1" in running.value.message
        assert (await full(world, PAYMENTS)).done, "another module goes on"
        assert (await full(world, TEACHERS, dry_run=True)).done, "and what writes nothing"
        wire.go_on.set()
    assert await runs_of(world, TEACHERS) == [("done", "")]


async def test_a_long_sync_keeps_its_lock(world: World) -> None:
    async with held_up(world, "crm", TEACHERS) as wire, anyio.create_task_group() as tasks:
        tasks.start_soon(full, world, TEACHERS)
        await wire.reached.wait()
        for _ in range(10):
            world.clock.advance(LOCK_SECONDS / 3)
            while not world.clock.sleepers:
                await anyio.lowlevel.checkpoint()
        url = world.settings.database_url.get_secret_value()
        async with Journal.open(url, clock=world.clock) as other:
            with pytest.raises(SyncRunning):
                await full_of(replace(world.links, journal=other), TEACHERS)
        wire.go_on.set()


async def test_a_dry_run_may_take_as_long_as_it_likes(world: World) -> None:
    ends: list[bool] = []

    async def dry() -> None:
        ends.append((await full(world, TEACHERS, dry_run=True)).done)

    async with held_up(world, "crm", TEACHERS) as wire, anyio.create_task_group() as tasks:
        tasks.start_soon(dry)
        await wire.reached.wait()
        for _ in range(4):
            world.clock.advance(LOCK_SECONDS)
            await anyio.wait_all_tasks_blocked()
        wire.go_on.set()
    assert ends == [True]


async def test_a_killed_sync_is_gone_on_with_once_its_lock_is_free(world: World) -> None:
    hire(world, MANY)
    url = world.settings.database_url.get_secret_value()
    with anyio.CancelScope() as scope:
        await full(world, TEACHERS, report=after_page(2, scope.cancel))
    async with Journal.open(url, clock=world.clock) as killed:
        lock = killed.locks.attempt(f"sync:full:{TEACHERS}", seconds=LOCK_SECONDS)
        await lock.__aenter__()
        with pytest.raises(SyncRunning):
            await full(world, TEACHERS)
        world.clock.advance(LOCK_SECONDS)
        await world.forget_calls("crm")
        assert (await full(world, TEACHERS)).done
        await lock.__aexit__(None, None, None)
    pages = [c for c in await world.calls("crm") if c["path"] == f"/crm/v2/{TEACHERS}"]
    assert len(pages) == 2
    assert await runs_of(world, TEACHERS) == [("done", "")]


async def test_a_sync_killed_behind_its_last_page_is_no_head_start_for_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hire(world, MANY)
    with anyio.CancelScope() as scope:

        async def killed(*given: object) -> bool:
            scope.cancel()
            await anyio.lowlevel.checkpoint()
            return False

        monkeypatch.setattr(world.links.journal.runs, "finish", killed)
        await full(world, TEACHERS)
    monkeypatch.undo()
    world.clock.advance(3600)
    await world.forget_calls("crm")
    assert (await full(world, TEACHERS)).done
    pages = [c for c in await world.calls("crm") if c["path"] == f"/crm/v2/{TEACHERS}"]
    assert len(pages) == 3
    assert sorted(await runs_of(world, TEACHERS)) == [("done", ""), ("failed", "abandoned")]


async def test_a_sync_left_alone_for_weeks_begins_anew(world: World) -> None:
    hire(world, MANY)
    with anyio.CancelScope() as scope:
        await full(world, TEACHERS, report=after_page(2, scope.cancel))
    world.clock.advance(14 * 86_400)
    await world.forget_calls("crm")
    assert (await full(world, TEACHERS)).done
    pages = [c for c in await world.calls("crm") if c["path"] == f"/crm/v2/{TEACHERS}"]
    assert len(pages) == 3
    assert ("failed", "abandoned") in await runs_of(world, TEACHERS)


async def test_a_page_that_breaks_the_contract_again_is_an_alarm_and_others_go_on(
    world: World,
) -> None:
    hire(world, MANY)
    broken = {"kind": "status", "status": 200, "body": '{"data": {"not": "a list"}}'}
    await world.disturb("crm", broken, query_contains="page=3")

    async def stuck() -> list[str]:
        alarms = await world.links.journal.alarms.list("sync_stuck")
        return [alarm.message for alarm in alarms if alarm.subject == TEACHERS]

    first = await sync(world.links, [TEACHERS, PAYMENTS], Mode.FULL)
    assert isinstance(first[TEACHERS].error, ContractError) and first[PAYMENTS].done
    assert await stuck() == []
    await sync(world.links, [TEACHERS], Mode.FULL)
    (message,) = await stuck()
    assert "page 3, 2 times in a row" in message
    assert await runs_of(world, TEACHERS) == [("running", "")]
    await world.behave("crm")
    await world.forget_calls("crm")
    assert (await full(world, TEACHERS)).counts == {"inserted": MANY + 6}
    asked = [c for c in await world.calls("crm") if c["path"] == f"/crm/v2/{TEACHERS}"]
    assert len(asked) == 1, "it went on at page 3"
    assert await stuck() == []


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 429},
        {"kind": "status", "status": 500},
        {"kind": "html"},
        {"kind": "truncated"},
    ],
)
async def test_a_throttled_or_broken_sync_is_never_recorded_as_done(
    world: World, fault: dict[str, Any]
) -> None:
    hire(world, MANY)
    await world.disturb("crm", fault, query_contains="page=3")
    results = await sync(world.links, [TEACHERS], Mode.FULL)
    assert results[TEACHERS].error is not None and not results[TEACHERS].done
    assert await runs_of(world, TEACHERS) == [("running", "")]
    assert await cursor(world, TEACHERS) is None


async def test_a_sync_that_deletions_outrun_is_recorded_as_not_whole(world: World) -> None:
    hire(world, MANY)

    def report(progress: Progress) -> None:
        world.clock.advance(1)
        world.crm.delete(TEACHERS, world.some(TEACHERS))

    progress = await full(world, TEACHERS, report=report)
    assert not progress.done and is_failure(progress)
    assert await runs_of(world, TEACHERS) == [("failed", "not_whole")]


async def test_a_page_written_without_an_answer_is_counted_once(world: World) -> None:
    hire(world, MANY)
    total = len(world.crm.records(TEACHERS))
    await world.disturb("moodle", {"kind": "lost_reply"}, times=1)
    with pytest.raises(RetryLater):
        await full(world, TEACHERS)
    progress = await full(world, TEACHERS)
    assert progress.counts == {"unchanged": 100, "inserted": total - 100}, "100 rows a call"


@pytest.mark.parametrize("jump", [3600.0, -3600.0])
async def test_a_clock_that_jumps_in_the_middle_of_a_sync_loses_nothing(
    world: World, jump: float
) -> None:
    """The bridge's own clock: the CRM's goes right."""
    hire(world, MANY)
    clock = ManualClock(world.clock.now())
    url = world.settings.database_url.get_secret_value()
    async with Journal.open(url, clock=clock) as journal:
        links = replace(world.links, journal=journal, clock=clock)
        leap = after_page(1, lambda: clock.set(clock.now() + jump))
        await sync_module(links, TEACHERS, Mode.FULL, report=leap)
        world.edit(TEACHERS, world.some(TEACHERS, 3), Phone_Number="+962 6 555 0101")
        await sync_module(links, TEACHERS, Mode.DELTA)
    row = world.row(TEACHERS, world.some(TEACHERS, 3))
    assert row is not None and row["phone"] == "+962 6 555 0101"
    assert all(world.stands(TEACHERS, i) for i in world.crm.records(TEACHERS))


async def test_an_alarm_of_a_bug_holds_no_word_of_a_record(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def spilling(*given: object, **more: object) -> None:
        raise ValueError("could not convert string to float: 'Jane Doe'")

    monkeypatch.setattr(confirm, "write", spilling)
    for _ in range(2):
        assert is_failure((await sync(world.links, [TEACHERS], Mode.FULL))[TEACHERS])
    (alarm,) = await world.links.journal.alarms.list("sync_stuck")
    assert "Jane" not in alarm.message
    assert "ValueError" in alarm.message and "the log has the traceback" in alarm.message


async def test_a_run_begun_under_another_mapping_is_begun_anew(world: World) -> None:
    hire(world, MANY)
    with anyio.CancelScope() as scope:
        await full(world, TEACHERS, report=after_page(2, scope.cancel))
    force_setattr(world.links.preset.modules[TEACHERS], "digest", "another")
    await world.forget_calls("crm")
    assert (await full(world, TEACHERS)).done
    pages = [c for c in await world.calls("crm") if c["path"] == f"/crm/v2/{TEACHERS}"]
    assert len(pages) == 3, "the first two as well"
    assert await runs_of(world, TEACHERS) == [("done", ""), ("failed", "mapping_changed")]


async def test_a_sync_whose_lock_passed_to_another_ends_unfinished(world: World) -> None:
    ends: list[str] = []

    async def one() -> None:
        with pytest.raises(RetryLater) as lost:
            await full(world, TEACHERS)
        ends.append(lost.value.reason)

    url = world.settings.database_url.get_secret_value()
    later = ManualClock(world.clock.now() + LOCK_SECONDS + 1)
    async with (
        held_up(world, "crm", TEACHERS) as wire,
        anyio.create_task_group() as tasks,
        Journal.open(url, clock=later) as other,
    ):
        tasks.start_soon(one)
        await wire.reached.wait()
        async with other.locks.attempt(f"sync:full:{TEACHERS}") as taken:
            assert taken
            world.clock.advance(LOCK_SECONDS / 3)
            with anyio.fail_after(10):
                while not ends:
                    await anyio.lowlevel.checkpoint()
    assert ends == ["lock_lost"]
    assert await runs_of(world, TEACHERS) == [("running", "")]


async def full_of(links: Links, module: str) -> Progress:
    return await sync_module(links, module, Mode.FULL)
