"""The brake: whatever goes wrong in the CRM, nothing is taken away from many at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

import anyio
import pytest
from msgspec.structs import force_setattr

from mzi_bridge.errors import MziError, OperatorError
from mzi_bridge.journal.errors import unavailable
from mzi_bridge.journal.held import HeldChange, HeldState
from mzi_bridge.journal.polls import REST_SECONDS
from mzi_bridge.journal.records import HeldKind, Operation
from mzi_bridge.pipeline import backoff, brake, duties, process
from mzi_bridge.pipeline.batch_size import BatchSize
from mzi_bridge.pipeline.deleted_list import mark_deleted
from mzi_bridge.pipeline.held import HeldDesk
from mzi_bridge.pipeline.manifest import whole_manifest
from mzi_bridge.pipeline.poll import Poller
from mzi_bridge.pipeline.reconcile import reconcile
from mzi_bridge.pipeline.recycle_bin import compare_bin
from mzi_bridge.pipeline.sync import Mode, sync, sync_module
from mzi_bridge.pipeline.worker import drain
from tests.support.world import MODULES, World

STUDENTS = "BTEC_Students"
CAP = 10
SCHOOL = 40
HOUR = 3600.0
DELETE, CLOSING = HeldKind.DELETE, HeldKind.CLOSING


def enrol(world: World, count: int, **values: Any) -> list[str]:
    """New students, every one of them active."""
    return [
        world.crm.insert(
            STUDENTS,
            {"First_Name": "Sam", "Last_Name": f"Ple {n}", "Status": "Active", **values},
        )
        for n in range(count)
    ]


@pytest.fixture
async def students(world: World) -> list[str]:
    """Forty who stand in Moodle: the cap is ten."""
    found = enrol(world, SCHOOL)
    await sync_module(world.links, STUDENTS, Mode.FULL)
    world.clock.advance(60)
    return found


def set_status(world: World, students: Sequence[str], status: str) -> None:
    world.clock.advance(1)
    for student in students:
        world.crm.update(STUDENTS, student, {"Status": status})


def remove(world: World, students: Sequence[str]) -> None:
    world.clock.advance(1)
    for student in students:
        world.crm.delete(STUDENTS, student)


async def told_deleted(world: World, students: Sequence[str]) -> None:
    """Deleted in the CRM, noticed and worked off."""
    remove(world, students)
    await world.notice(STUDENTS, *students, operation=Operation.DELETE)
    await world.work()


async def told_status(world: World, students: Sequence[str], status: str) -> None:
    set_status(world, students, status)
    await world.carry(STUDENTS, *students)


def gone(world: World, students: Sequence[str]) -> list[str]:
    return [student for student in students if not world.stands(STUDENTS, student)]


def with_status(world: World, students: Sequence[str], status: str) -> list[str]:
    rows = {student: world.row(STUDENTS, student) for student in students}
    return [student for student, row in rows.items() if row and row["status"] == status]


async def held(world: World, state: HeldState | None = HeldState.OPEN) -> list[HeldChange]:
    return list(await world.links.journal.held.list(limit=10_000, state=state))


def desk(world: World) -> HeldDesk:
    return HeldDesk(world.links.journal)


async def alarm(world: World) -> str | None:
    """The message of the alarm that stands for the students."""
    found = await world.links.journal.alarms.list(brake.ALARM)
    assert len(found) < 2
    return found[0].message if found else None


async def assert_equal_in_the_end(world: World) -> None:
    comparison = (await reconcile(world.links, [STUDENTS])).modules[STUDENTS]
    assert comparison.rows_agree, comparison
    assert await world.dirty() == 0
    assert await world.dead() == ()
    assert await held(world) == []
    assert await alarm(world) is None


# A CRM that errs


def without_rows(path: str, body: Any) -> Any:
    if path.startswith(f"/crm/v2/{STUDENTS}") and "data" in body:
        body = {"data": [], "info": {"per_page": 200, "count": 0, "page": 1, "more_records": False}}
    return body


def half_the_rows(path: str, body: Any) -> Any:
    if path.startswith(f"/crm/v2/{STUDENTS}") and "data" in body:
        body["data"] = body["data"][::2]
    return body


FAULTS: dict[str, dict[str, Any]] = {
    "401": {
        "kind": "status",
        "status": 401,
        "body": '{"code":"INVALID_TOKEN","details":{},"message":"x","status":"error"}',
    },
    "html": {"kind": "html"},
    "204": {"kind": "status", "status": 204},
    "304": {"kind": "status", "status": 304},
    "empty": {"kind": "empty"},
}
REWRITES = {"0 rows": without_rows, "half the rows": half_the_rows}


async def full(world: World) -> None:
    await sync(world.links, [STUDENTS], Mode.FULL)
    await drain(world.links)


async def delta(world: World) -> None:
    await sync(world.links, [STUDENTS], Mode.DELTA)
    await drain(world.links)


async def poll(world: World) -> None:
    world.clock.advance(REST_SECONDS)
    await Poller(world.links, 900.0).poll_due()
    await drain(world.links)


async def worker(world: World) -> None:
    await world.carry(STUDENTS, *world.crm.records(STUDENTS))


async def compare(world: World) -> None:
    await reconcile(world.links, [STUDENTS])


@pytest.mark.parametrize("way", [full, delta, poll, worker, compare])
@pytest.mark.parametrize("fault", [*FAULTS, *REWRITES])
async def test_no_wrong_answer_of_the_crm_takes_anything_away(
    world: World, students: list[str], way: Callable[[World], Awaitable[None]], fault: str
) -> None:
    world.clock.advance(HOUR)
    for student in students[::3]:
        world.crm.update(STUDENTS, student, {"City": "Irbid"})
    world.clock.advance(60)
    if fault in FAULTS:
        await world.disturb("crm", FAULTS[fault], path_contains=STUDENTS)
    else:
        world.rewrite_crm(REWRITES[fault])
    await world.forget_calls("moodle")
    with suppress(MziError):
        await way(world)
    assert gone(world, students) == []
    assert with_status(world, students, "Active") == students
    assert not [
        call
        for call in await world.calls("moodle")
        if call.get("label") == "local_mzi_delete_records"
    ]
    assert await held(world, state=None) == []


# More than the cap


async def test_of_eleven_proven_deletions_ten_are_applied_and_one_waits(
    world: World, students: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    await told_deleted(world, students[: CAP + 1])

    assert len(gone(world, students)) == CAP
    (one,) = await held(world)
    assert (one.module, one.kind, one.reason) == (STUDENTS, DELETE, "over_the_cap")
    assert world.stands(STUDENTS, one.record_id)
    assert await world.dirty() == 0
    message = await alarm(world)
    assert message is not None and message in caplog.text
    assert f"mzi held list --module {STUDENTS}" in message
    assert f"mzi held confirm --module {STUDENTS} --confirm-deletes 1" in message


async def test_what_the_operator_confirms_is_applied_and_nothing_else(
    world: World, students: list[str]
) -> None:
    await told_deleted(world, students[: CAP + 1])
    (one,) = await held(world)

    assert await desk(world).confirm([STUDENTS], 1) == 1
    await world.work()

    assert gone(world, students) == students[: CAP + 1]
    (closed,) = await held(world, state=None)
    assert (closed.id, closed.state) == (one.id, HeldState.APPLIED)
    await assert_equal_in_the_end(world)
    assert len(world.site.closings["students"]) == CAP, "a confirmed change does not count"


async def test_another_number_than_the_held_is_refused_and_named(
    world: World, students: list[str]
) -> None:
    await told_deleted(world, students[: CAP + 3])

    with pytest.raises(OperatorError) as caught:
        await desk(world).confirm([STUDENTS], 1)

    assert caught.value.reason == "held_number_differs"
    assert "3 changes" in str(caught.value) and "mzi held list" in caught.value.fix
    await world.work()
    assert (len(gone(world, students)), len(await held(world))) == (CAP, 3)


async def test_eleven_students_who_lose_their_status_are_braked_alike(
    world: World, students: list[str]
) -> None:
    await told_status(world, students[: CAP + 1], "Withdrawn")

    assert len(with_status(world, students, "Withdrawn")) == CAP
    (one,) = await held(world)
    assert (one.kind, one.reason) == (CLOSING, "over_the_cap")
    await desk(world).confirm([STUDENTS], 1)
    await world.work()
    assert with_status(world, students, "Withdrawn") == students[: CAP + 1]
    await assert_equal_in_the_end(world)


async def test_deletions_and_closings_count_together_and_other_changes_go_through(
    world: World, students: list[str]
) -> None:
    leaving, closing, moving = students[:7], students[7:14], students[14:30]
    remove(world, leaving)
    set_status(world, closing, "Suspended")
    for student in moving:
        world.crm.update(STUDENTS, student, {"City": "Aqaba", "Status": "Graduated"})
    await world.notice(STUDENTS, *leaving, operation=Operation.DELETE)
    await world.carry(STUDENTS, *closing, *moving)

    applied = gone(world, leaving) + with_status(world, closing, "Suspended")
    assert len(applied) == CAP
    assert {one.record_id for one in await held(world)} == {*leaving, *closing} - {*applied}
    assert with_status(world, moving, "Graduated") == moving

    await desk(world).confirm(None, 4)
    await world.work()
    await assert_equal_in_the_end(world)


async def test_a_cap_is_for_its_own_module(world: World, students: list[str]) -> None:
    await told_deleted(world, students[: CAP + 1])
    teacher = world.some("BTEC_Teachers")
    await world.carry("BTEC_Teachers", teacher)
    world.clock.advance(1)
    world.crm.delete("BTEC_Teachers", teacher)
    await world.notice("BTEC_Teachers", teacher, operation=Operation.DELETE)
    await world.work()
    assert not world.stands("BTEC_Teachers", teacher)


# While the operator has not decided


async def test_the_alarm_ends_with_the_last_held_change_though_its_record_dies(
    world: World, students: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await told_deleted(world, students[: CAP + 1])
    (one,) = await held(world)
    assert await alarm(world) is not None
    monkeypatch.setattr(process, "MOST_CRASHES", 0)
    await world.carry(STUDENTS, one.record_id)
    assert len(await world.dead()) == 1
    assert await held(world) == []
    assert await alarm(world) is None


async def test_a_second_wave_an_hour_later_applies_nothing_while_the_first_waits(
    world: World, students: list[str]
) -> None:
    await told_deleted(world, students[: CAP + 1])
    world.clock.advance(2 * HOUR)

    await told_deleted(world, students[CAP + 1 : CAP + 5])
    await told_status(world, students[20:24], "Withdrawn")
    world.clock.advance(HOUR)
    set_status(world, students[24:26], "Withdrawn")
    await full(world)

    assert len(gone(world, students)) == CAP
    assert with_status(world, students, "Withdrawn") == []
    reasons = [one.reason for one in await held(world)]
    assert reasons == ["over_the_cap", *["brake_on"] * 10]
    await desk(world).confirm([STUDENTS], 11)
    await world.work()
    await assert_equal_in_the_end(world)


async def test_once_decided_the_brake_is_as_before(world: World, students: list[str]) -> None:
    await told_deleted(world, students[: CAP + 1])
    (one,) = await held(world)
    assert await desk(world).discard(STUDENTS, [one.id], "stays with us") == 1
    assert await alarm(world) is None
    world.clock.advance(2 * HOUR)

    await told_deleted(world, students[20:23])

    assert len(gone(world, students)) == CAP + 3
    (kept,) = await held(world, HeldState.DISCARDED)
    assert kept.note == "stays with us"


async def test_a_record_held_for_deletion_is_not_forgotten_for_a_late_notice_of_an_update(
    world: World, students: list[str]
) -> None:
    before = world.clock.now()
    await told_deleted(world, students[: CAP + 1])
    (one,) = await held(world)

    await world.notice(STUDENTS, one.record_id, at=before)
    await world.work()

    assert [again.id for again in await held(world)] == [one.id]
    await desk(world).confirm([STUDENTS], 1)
    await world.work()
    assert not world.stands(STUDENTS, one.record_id)


async def test_a_held_record_that_the_crm_restores_clears_by_itself(
    world: World, students: list[str]
) -> None:
    await told_deleted(world, students[: CAP + 1])
    (one,) = await held(world)
    world.clock.advance(60)
    world.crm.restore(STUDENTS, one.record_id)

    await world.notice(STUDENTS, one.record_id, operation=Operation.INSERT)
    await world.work()

    assert world.stands(STUDENTS, one.record_id)
    (closed,) = await held(world, state=None)
    assert closed.state is HeldState.SUPERSEDED
    await assert_equal_in_the_end(world)


async def test_a_confirmed_deletion_of_what_was_restored_meanwhile_is_not_applied(
    world: World, students: list[str]
) -> None:
    await told_deleted(world, students[: CAP + 1])
    (one,) = await held(world)
    world.clock.advance(60)
    world.crm.restore(STUDENTS, one.record_id)

    await desk(world).confirm([STUDENTS], 1)
    for _ in range(3):
        await world.work()
        world.clock.advance(60)

    assert world.stands(STUDENTS, one.record_id)
    (closed,) = await held(world, state=None)
    assert closed.state is HeldState.SUPERSEDED


async def test_the_word_for_a_withdrawal_is_none_for_a_deletion(
    world: World, students: list[str]
) -> None:
    await told_status(world, students[: CAP + 1], "Withdrawn")
    (one,) = await held(world)
    await desk(world).confirm([STUDENTS], 1)

    await told_deleted(world, [one.record_id])

    assert world.stands(STUDENTS, one.record_id)
    first, second = await held(world, state=None)
    assert (first.state, second.kind, second.state) == (
        HeldState.SUPERSEDED,
        DELETE,
        HeldState.OPEN,
    )


# A sync


async def test_a_sync_holds_what_is_over_the_cap_at_once(world: World, students: list[str]) -> None:
    set_status(world, students[: CAP + 5], "Suspended")
    world.clock.advance(1)

    progress = await sync_module(world.links, STUDENTS, Mode.DELTA)

    assert (progress.counts["updated"], progress.counts["held"]) == (CAP, 5)
    assert len(await held(world)) == 5
    assert await alarm(world) is not None
    await world.work()
    assert len(await held(world, state=None)) == 5
    world.clock.advance(2 * HOUR)
    progress = await sync_module(world.links, STUDENTS, Mode.FULL)
    assert progress.counts["held"] == 5 and "updated" not in progress.counts
    assert await world.dirty() == 0, "the worker has seen them before"


async def test_a_sync_applies_what_was_confirmed_and_the_worker_closes_it(
    world: World, students: list[str]
) -> None:
    set_status(world, students[: CAP + 5], "Suspended")
    await full(world)
    await desk(world).confirm([STUDENTS], 5)

    progress = await sync_module(world.links, STUDENTS, Mode.FULL)

    assert progress.counts["updated"] == 5
    await world.work()
    assert {one.state for one in await held(world, state=None)} == {HeldState.APPLIED}
    await assert_equal_in_the_end(world)


async def test_what_a_sync_finds_taken_back_clears_by_itself(
    world: World, students: list[str]
) -> None:
    set_status(world, students[: CAP + 5], "Suspended")
    await full(world)
    world.clock.advance(HOUR)
    set_status(world, students[: CAP + 5], "Active")
    await delta(world)
    assert {one.state for one in await held(world, state=None)} == {HeldState.SUPERSEDED}
    await assert_equal_in_the_end(world)


async def test_deletions_that_a_sync_finds_are_braked_too(
    world: World, students: list[str]
) -> None:
    world.clock.advance(HOUR)
    remove(world, students[: CAP + 5])
    await delta(world)
    assert len(gone(world, students)) == CAP
    assert len(await held(world)) == 5


@pytest.mark.parametrize("module", MODULES)
async def test_every_module_has_its_brake(world: World, module: str) -> None:
    world.site.brake_minimum = world.site.brake_percent = 0
    record_id = world.some(module)
    await world.carry(module, record_id)
    world.clock.advance(1)
    world.crm.delete(module, record_id)
    await world.notice(module, record_id, operation=Operation.DELETE)
    await world.work()
    assert world.stands(module, record_id)
    assert [one.module for one in await held(world)] == [module]


@pytest.mark.parametrize(
    ("module", "change"),
    [
        ("BTEC_Students", {"Status": "Withdrawn"}),
        ("BTEC_Registrations", {"Registration_Status": "Cancelled"}),
        ("BTEC_Payments", {"SRM_Decline_Reason": "Card refused"}),
    ],
)
async def test_each_closing_column_of_the_preset_is_braked(
    world: World, module: str, change: dict[str, str]
) -> None:
    world.site.brake_minimum = world.site.brake_percent = 0
    (field,) = change
    record_id = world.some(module)
    opened = None if field == "SRM_Decline_Reason" else "Active"
    world.crm.update(module, record_id, {field: opened})
    await world.carry(module, record_id)
    world.edit(module, record_id, **change)
    await world.carry(module, record_id)
    assert [one.kind for one in await held(world)] == [CLOSING]


# A mass suspension after an upstream fault


@pytest.mark.parametrize("way", ["notices", "delta poll"])
async def test_a_mass_suspension_is_stopped_and_taking_it_back_clears_it(
    world: World, way: str
) -> None:
    students = enrol(world, 6000)
    await full(world)
    wrong = students[:5160]
    world.clock.advance(HOUR)

    async def tell(ids: Sequence[str]) -> None:
        world.clock.advance(1)
        if way == "notices":
            await world.notice(STUDENTS, *ids)
        else:
            world.clock.advance(REST_SECONDS)
            await Poller(world.links, 900.0).poll_due()
        await world.work()

    set_status(world, wrong, "Suspended")
    await tell(wrong)

    living = len(world.crm.records(STUDENTS))
    suspended = with_status(world, students, "Suspended")
    assert 0 < len(suspended) <= max(CAP, living * 2 // 100)
    assert len(await held(world)) == len(wrong) - len(suspended)
    message = await alarm(world)
    assert message is not None and f"--confirm-deletes {len(wrong) - len(suspended)}" in message

    world.clock.advance(3 * HOUR)
    set_status(world, wrong, "Active")
    await tell(wrong)

    assert with_status(world, students, "Suspended") == []
    await assert_equal_in_the_end(world)


# Several at once, and crashes


async def test_two_workers_at_once_stay_within_one_cap(world: World, students: list[str]) -> None:
    links = world.links
    force_setattr(links, "batches", BatchSize(3))
    remove(world, students[:12])
    set_status(world, students[12:24], "Withdrawn")
    await world.notice(STUDENTS, *students[:12], operation=Operation.DELETE)
    await world.notice(STUDENTS, *students[12:24])

    async with anyio.create_task_group() as tasks:
        for _ in range(4):
            tasks.start_soon(drain, links)

    taken = gone(world, students[:12]) + with_status(world, students[12:24], "Withdrawn")
    assert len(taken) == CAP
    assert len(await held(world)) == 24 - CAP
    await desk(world).confirm([STUDENTS], 24 - CAP)
    async with anyio.create_task_group() as tasks:
        for _ in range(4):
            tasks.start_soon(drain, links)
    await assert_equal_in_the_end(world)


@pytest.mark.parametrize("confirmed", [False, True])
async def test_a_lost_answer_of_moodle_changes_nothing_of_the_outcome(
    world: World, students: list[str], confirmed: bool
) -> None:
    if confirmed:
        await told_deleted(world, students[: CAP + 3])
        await desk(world).confirm([STUDENTS], 3)
        await world.disturb("moodle", {"kind": "lost_reply"}, times=1)
    else:
        await world.disturb("moodle", {"kind": "lost_reply"}, times=1)
        await told_deleted(world, students[: CAP + 3])
    await world.work()
    world.clock.advance(60)
    await world.work()

    assert len(gone(world, students)) == CAP + 3 * confirmed
    every = await held(world, state=None)
    assert [one.state for one in every] == [HeldState.APPLIED if confirmed else HeldState.OPEN] * 3
    assert await world.dirty() == 0


async def test_a_crash_before_the_settle_is_made_good_by_the_next_claim(
    world: World, students: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    remove(world, students[: CAP + 3])
    await world.notice(STUDENTS, *students[: CAP + 3], operation=Operation.DELETE)

    async def killed(*_: object) -> None:
        raise unavailable("database_unreachable")

    with monkeypatch.context() as patch:
        patch.setattr(world.links.journal.inbox, "settle", killed)
        with pytest.raises(MziError):
            await world.work()
    assert len(gone(world, students)) == CAP
    assert await held(world) == []
    world.clock.advance(121)
    await world.work()

    assert len(gone(world, students)) == CAP
    assert len(await held(world)) == 3
    assert await world.dirty() == 0


async def test_a_crash_after_the_settle_leaves_the_alarm_to_the_next_reminder(
    world: World, students: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(*_: object) -> None:
        raise unavailable("database_unreachable")

    with monkeypatch.context() as patch:
        patch.setattr(world.links.journal.alarms, "raise_alarm", killed)
        with pytest.raises(MziError):
            await told_deleted(world, students[: CAP + 3])
    assert await alarm(world) is None

    await duties.tidy_once(world.links)

    message = await alarm(world)
    assert message is not None and "--confirm-deletes 3" in message


async def test_old_decisions_are_forgotten_and_open_ones_never(
    world: World, students: list[str]
) -> None:
    await told_deleted(world, students[: CAP + 2])
    await desk(world).confirm([STUDENTS], 2)
    await world.work()
    await told_deleted(world, students[CAP + 2 : CAP + 4])
    world.clock.advance(400 * duties.DAY)
    await duties.tidy_once(world.links)
    assert len(await held(world, state=None)) == len(await held(world)) == 2


# What the operator discards


async def test_a_discarded_deletion_stands_against_every_path(
    world: World, students: list[str]
) -> None:
    await told_deleted(world, students[: CAP + 5])
    kept = [change.record_id for change in await held(world)]
    assert await desk(world).discard(STUDENTS, None, "still enrolled") == 5

    for _ in range(2):
        world.clock.advance(HOUR + 100)
        result = await reconcile(
            world.links, [STUDENTS], repair=True, work=lambda: drain(world.links)
        )
        await sync(world.links, [STUDENTS], Mode.DELTA)
        await sync(world.links, [STUDENTS], Mode.FULL)
        await compare_bin(
            world.links,
            world.links.preset.modules[STUDENTS],
            await whole_manifest(world.links, "students"),
        )
        await drain(world.links)
        assert gone(world, kept) == []
    assert (await held(world), await alarm(world)) == ([], None)
    extra = [f for f in result.modules[STUDENTS].found if f.reason == "discarded"]
    assert sorted(f.record_id for f in extra) == sorted(kept)


async def test_a_proof_no_newer_than_the_discarded_one_is_settled_and_not_applied(
    world: World, students: list[str]
) -> None:
    await told_deleted(world, students[: CAP + 1])
    (one,) = await held(world)
    await desk(world).discard(STUDENTS, None)
    world.clock.advance(HOUR + 100)
    at = await proof(world, one)
    await mark_deleted(world.links, STUDENTS, [(one.record_id, at)])
    await world.work()
    assert world.stands(STUDENTS, one.record_id)
    assert (await world.dirty(), await held(world)) == (0, [])

    await mark_deleted(world.links, STUDENTS, [(one.record_id, at + 1)])
    await world.work()
    assert not world.stands(STUDENTS, one.record_id), "the CRM told something newer"


async def test_a_discarded_deletion_stands_though_moodle_calls_it_stale(
    world: World, students: list[str]
) -> None:
    """Then a later time than the proof's travels, by the word of the CRM's list."""
    await told_deleted(world, students[: CAP + 1])
    (one,) = await held(world)
    await desk(world).discard(STUDENTS, None)
    at = await proof(world, one)
    world.clock.advance(HOUR + 100)
    stored = world.site.tables["students"].get(one.record_id)
    assert stored is not None
    stored.row["synced_at"] = at + 60
    await world.notice(STUDENTS, one.record_id, operation=Operation.DELETE, at=at)
    await world.work()
    assert world.stands(STUDENTS, one.record_id)


async def test_a_discarded_closing_stands_until_the_record_has_a_newer_version(
    world: World, students: list[str]
) -> None:
    await told_status(world, students[: CAP + 2], "Withdrawn")
    kept = [change.record_id for change in await held(world)]
    assert len(kept) == 2
    await desk(world).discard(STUDENTS, None)
    world.clock.advance(HOUR + 100)

    await world.carry(STUDENTS, *kept)
    await sync(world.links, [STUDENTS], Mode.FULL)
    await reconcile(world.links, [STUDENTS], repair=True, work=lambda: drain(world.links))

    assert with_status(world, kept, "Active") == kept
    assert (await world.dirty(), await held(world), await alarm(world)) == (0, [], None)

    world.crm.update(STUDENTS, kept[0], {"Phone_Number": "+962 6 555 0101"})
    await world.carry(STUDENTS, *kept)
    assert with_status(world, kept, "Withdrawn") == kept[:1]


async def test_a_closing_read_after_its_notice_is_discarded_as_it_was_read(
    world: World, students: list[str]
) -> None:
    await told_status(world, students[:CAP], "Withdrawn")
    student = students[CAP]
    await world.notice(STUDENTS, student)
    world.clock.advance(30)
    set_status(world, [student], "Withdrawn")
    await world.work()
    assert await desk(world).discard(STUDENTS, None) == 1
    world.clock.advance(HOUR + 100)
    await world.carry(STUDENTS, student)
    assert with_status(world, [student], "Active") == [student]


async def test_a_discard_taken_back_can_be_confirmed(world: World, students: list[str]) -> None:
    await told_deleted(world, students[: CAP + 1])
    (one,) = await held(world)
    await desk(world).discard(STUDENTS, None)
    assert await desk(world).reopen(STUDENTS, [one.id]) == 1
    assert await alarm(world) is not None
    await desk(world).confirm([STUDENTS], 1)
    await world.work()
    assert not world.stands(STUDENTS, one.record_id)
    (closed,) = await held(world, state=None)
    assert closed.state is HeldState.APPLIED


async def proof(world: World, change: HeldChange) -> int:
    """The time of a discarded deletion, epoch s."""
    now = await world.links.journal.held.now(STUDENTS, [change.record_id])
    return now.discarded[change.record_id, DELETE] // 1000


# Tombstones


async def test_a_tombstone_is_lifted_only_by_a_read_after_it(
    world: World, students: list[str]
) -> None:
    """Restored from the recycle bin: the record's Modified_Time is what it was."""
    student = students[0]
    await told_deleted(world, [student])
    row = world.row(STUDENTS, student)
    assert row is not None
    deleted_at, version = row["deleted_at"], row["modified_time"]
    held_back = {**row, "read_time": deleted_at, "content_hash": "0" * 64}
    own = ("id", "deleted_at", "synced_at", "timecreated", "timemodified", "link_by_hand")
    for name in own:
        held_back.pop(name, None)
    (answer,) = await world.links.moodle.upsert("students", [held_back])
    assert answer.action == "stale"
    assert not world.stands(STUDENTS, student)

    world.clock.advance(60)
    world.crm.restore(STUDENTS, student)
    await world.notice(STUDENTS, student, operation=Operation.INSERT)
    await world.work()

    restored = world.row(STUDENTS, student)
    assert restored is not None and restored["deleted_at"] is None
    assert restored["modified_time"] == version
    await assert_equal_in_the_end(world)


async def test_of_two_merged_records_the_loser_goes_and_the_winner_has_what_it_brought(
    world: World, students: list[str]
) -> None:
    winner, loser = students[:2]
    world.clock.advance(HOUR)
    world.crm.update(STUDENTS, winner, {"City": "Irbid"})
    world.crm.delete(STUDENTS, loser)
    await world.notice(STUDENTS, winner)
    await world.notice(STUDENTS, loser, operation=Operation.DELETE)
    await world.work()
    row = world.row(STUDENTS, winner)
    assert row is not None and row["city"] == "Irbid"
    assert gone(world, students) == [loser]
    await world.notice(STUDENTS, loser, winner)
    # A record that is not shown is looked at again before that is believed.
    for _ in range(backoff.LOOKS + 1):
        await world.work()
        world.clock.advance(60)
    assert gone(world, students) == [loser]
    await assert_equal_in_the_end(world)
