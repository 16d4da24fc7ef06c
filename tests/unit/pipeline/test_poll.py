from __future__ import annotations

import anyio
import pytest
from msgspec.structs import force_setattr

from mzi_bridge.journal.errors import unavailable
from mzi_bridge.journal.polls import PollState
from mzi_bridge.journal.runs import RunState
from mzi_bridge.pipeline import poll
from mzi_bridge.pipeline.deleted_list import CURSOR as DELETED
from mzi_bridge.pipeline.deleted_list import OVERLAP_SECONDS
from mzi_bridge.pipeline.gaps import ask_polls
from mzi_bridge.pipeline.pause import pause_for
from mzi_bridge.pipeline.poll import FAILING, TICK_SECONDS, Poller
from mzi_bridge.pipeline.sync import CURSOR, Mode, Progress, sync, sync_module
from mzi_bridge.zoho.errors import CreditsUsedUp
from tests.support.passing_time import let_time_pass, running, until
from tests.support.world import MODULES, World

STUDENTS, TEACHERS, REQUESTS = MODULES[0], "BTEC_Teachers", MODULES[-1]
FEW = (STUDENTS, TEACHERS, REQUESTS)
HOUR = 3600.0
ROUND = 900.0


@pytest.fixture(autouse=True)
def few_modules(world: World) -> None:
    """Three modules make a round, too."""
    few = {name: world.links.preset.modules[name] for name in FEW}
    force_setattr(world.links.preset, "modules", few)


@pytest.fixture
async def synced(world: World) -> World:
    await sync(world.links, FEW, Mode.FULL)
    world.clock.advance(HOUR)
    return world


def poller(world: World, seconds: float = ROUND) -> Poller:
    return Poller(world.links, seconds, jitter=lambda: 0.5)


async def started(world: World) -> Poller:
    """A poller after its first look, with all its polls done."""
    one = poller(world)
    await one.poll_due()
    return one


async def polls(world: World, module: str = REQUESTS) -> int:
    """Delta runs of the module that ended well."""
    runs = await world.links.journal.runs.recent(1000, kind=Mode.DELTA.value)
    return len([r for r in runs if r.module == module and r.state is RunState.DONE])


async def state(world: World, module: str) -> PollState:
    [found] = [one for one in await world.links.journal.polls.list() if one.module == module]
    return found


async def cursors(world: World, module: str) -> tuple[str | None, str | None]:
    get = world.links.journal.cursors.get
    return await get(module, CURSOR), await get(module, DELETED)


async def alarms(world: World, kind: str = FAILING) -> list[str]:
    return [alarm.subject for alarm in await world.links.journal.alarms.list(kind)]


async def pass_ticks(world: World, one: Poller, seconds: float, step: float = 60.0) -> None:
    """Time as it goes by for a poller that looks often enough to see no jump in it."""
    for _ in range(int(seconds / step)):
        world.clock.advance(step)
        await one.poll_due()


def phone(world: World, teacher: str) -> str | None:
    row = world.row(TEACHERS, teacher)
    return None if row is None else row["phone"]


async def test_polls_find_from_time_to_time_what_was_not_told(synced: World) -> None:
    teacher = synced.some(TEACHERS)
    one = await started(synced)
    synced.edit(TEACHERS, teacher, Phone_Number="+962 6 555 0101")
    await pass_ticks(synced, one, ROUND * 1.1)
    assert phone(synced, teacher) == "+962 6 555 0101"


async def test_every_lost_notice_is_made_good_by_one_poll(synced: World) -> None:
    one = await started(synced)
    gone, changed = synced.some(TEACHERS, 0), synced.some(TEACHERS, 1)
    new = synced.crm.insert(TEACHERS, {"Name": "New Teacher"})
    synced.edit(TEACHERS, changed, Phone_Number="+962 6 555 0102")
    for module in (STUDENTS, REQUESTS):
        for record_id in list(synced.crm.records(module)):
            synced.edit(module, record_id)
    synced.crm.delete(TEACHERS, gone)
    await pass_ticks(synced, one, ROUND * 1.1)
    await synced.work()
    assert not synced.stands(TEACHERS, gone)
    assert synced.stands(TEACHERS, new)
    assert phone(synced, changed) == "+962 6 555 0102"
    assert all(synced.stands(m, i) for m in FEW for i in synced.crm.records(m))


async def test_the_duty_goes_on_polling(synced: World) -> None:
    async def thrice() -> bool:
        let_time_pass(synced, TICK_SECONDS)
        return await polls(synced) >= 3

    async with running(poll.poll_changes, synced.links, 300.0):
        await until(thrice)


async def test_a_bridge_that_starts_asks_at_once_what_it_missed(synced: World) -> None:
    teacher = synced.some(TEACHERS)
    synced.edit(TEACHERS, teacher, Phone_Number="+962 6 555 0103")
    synced.clock.advance(3 * 24 * HOUR)
    await started(synced)
    assert phone(synced, teacher) == "+962 6 555 0103"


async def test_a_bridge_that_never_synced_waits_for_its_first_poll(world: World) -> None:
    one = await started(world)
    assert await polls(world) == 0
    await pass_ticks(world, one, ROUND * 1.1)
    assert await polls(world) == 1


async def test_due_times_outlive_a_restart(world: World) -> None:
    await pass_ticks(world, await started(world), ROUND / 2)
    await pass_ticks(world, poller(world), ROUND / 2 + 60)
    assert await polls(world) == 1


async def test_of_two_processes_one_polls(synced: World) -> None:
    one, other = poller(synced), poller(synced)
    async with anyio.create_task_group() as tasks:
        for process in (one, other, one, other):
            tasks.start_soon(process.poll_due)
    assert [await polls(synced, module) for module in FEW] == [1, 1, 1]
    await pass_ticks(synced, one, ROUND / 2, TICK_SECONDS)
    await pass_ticks(synced, other, ROUND / 2 - TICK_SECONDS, TICK_SECONDS)
    before = await polls(synced)
    synced.clock.advance(TICK_SECONDS)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(one.poll_due)
        tasks.start_soon(other.poll_due)
    assert await polls(synced) == before + 1


async def test_a_module_that_fails_hinders_no_other(
    synced: World, caplog: pytest.LogCaptureFixture
) -> None:
    await synced.disturb("crm", {"kind": "status", "status": 500}, path_contains=STUDENTS)
    await started(synced)
    assert [await polls(synced, module) for module in FEW] == [0, 1, 1]
    assert f"delta poll of {STUDENTS}: server_fault" in caplog.text


async def test_a_module_that_hangs_hinders_no_other(
    synced: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(links: object, module: str, mode: Mode) -> Progress:
        if module == STUDENTS:
            await anyio.sleep_forever()
        return await sync_module(synced.links, module, mode)

    monkeypatch.setattr(poll, "sync_module", slow)

    async def others_thrice() -> bool:
        let_time_pass(synced, TICK_SECONDS)
        return all([await polls(synced, module) >= 3 for module in (TEACHERS, REQUESTS)])

    async with running(poll.poll_changes, synced.links, 300.0):
        await until(others_thrice)
    assert (await state(synced, STUDENTS)).done_at is None


FAULTS = [
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 429, "body": '{"code":"TOO_MANY_REQUESTS","status":"error"}'},
    {"kind": "html"},
    {"kind": "truncated"},
    {"kind": "truncated", "full_length": False},
    {"kind": "status", "status": 200, "body": '{"data":{"not":"a list"}}'},
    {"kind": "status", "status": 200, "body": '{"code":"INTERNAL_ERROR","status":"error"}'},
    {"kind": "drop_before"},
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: str(fault)[9:60])
async def test_a_poll_that_fails_leaves_its_cursor_and_is_no_success(
    synced: World, fault: dict[str, object]
) -> None:
    before = await cursors(synced, TEACHERS)
    teacher = synced.some(TEACHERS)
    synced.crm.delete(TEACHERS, synced.some(TEACHERS, 1))
    synced.edit(TEACHERS, teacher, Phone_Number="+962 6 555 0104")
    await synced.disturb("crm", fault, path_contains=f"/v2/{TEACHERS}")
    one = await started(synced)
    assert await cursors(synced, TEACHERS) == before
    failed = await state(synced, TEACHERS)
    assert (failed.done_at, failed.failures) == (None, 1)
    assert await polls(synced, TEACHERS) == 0
    await synced.behave("crm")
    await pass_ticks(synced, one, 120)
    assert phone(synced, teacher) == "+962 6 555 0104"
    assert (await state(synced, TEACHERS)).failures == 0
    assert await cursors(synced, TEACHERS) > before


async def test_a_bad_page_of_changes_does_not_hold_up_the_deletions(synced: World) -> None:
    gone, before = synced.some(TEACHERS), await cursors(synced, TEACHERS)
    synced.crm.delete(TEACHERS, gone)
    await synced.disturb("crm", {"kind": "html"}, path_contains=TEACHERS, query_contains="sort_by")
    await started(synced)
    await synced.work()
    assert not synced.stands(TEACHERS, gone)
    delta, deleted = await cursors(synced, TEACHERS)
    assert delta == before[0]
    assert deleted is not None and deleted > str(before[1])


async def test_a_bad_list_of_deletions_does_not_hold_up_the_changes(synced: World) -> None:
    teacher, before = synced.some(TEACHERS), await cursors(synced, TEACHERS)
    synced.edit(TEACHERS, teacher, Phone_Number="+962 6 555 0105")
    await synced.disturb("crm", {"kind": "html"}, path_contains=f"{TEACHERS}/deleted")
    await started(synced)
    assert phone(synced, teacher) == "+962 6 555 0105"
    delta, deleted = await cursors(synced, TEACHERS)
    assert deleted == before[1] and delta is not None and delta > str(before[0])
    assert (await state(synced, TEACHERS)).failures == 1


async def test_a_module_that_goes_on_failing_has_an_alarm_until_it_succeeds(synced: World) -> None:
    await synced.disturb("crm", {"kind": "html"}, path_contains=f"/v2/{TEACHERS}")
    one = await started(synced)
    await pass_ticks(synced, one, 60)
    assert await alarms(synced) == []
    await pass_ticks(synced, one, 180)
    assert await alarms(synced) == [TEACHERS]
    await synced.behave("crm")
    await pass_ticks(synced, one, HOUR)
    assert await alarms(synced) == []


async def test_a_poll_outlives_a_bug(
    synced: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    faults = [ZeroDivisionError()]

    async def unsteady(links: object, module: str, mode: Mode) -> Progress:
        if faults:
            raise faults.pop()
        return await sync_module(synced.links, module, mode)

    monkeypatch.setattr(poll, "sync_module", unsteady)
    one = await started(synced)
    assert "a bug" in caplog.text
    await pass_ticks(synced, one, 60)
    assert all([await polls(synced, module) for module in FEW])


async def test_nobody_polls_while_a_link_is_paused_and_all_is_polled_when_it_resumes(
    synced: World,
) -> None:
    one = await started(synced)
    await synced.links.journal.links.pause("zoho", "token_refused", synced.clock.now() + 600)
    await pass_ticks(synced, one, 585)
    assert await polls(synced) == 1
    await pass_ticks(synced, one, 120)
    assert await synced.links.journal.links.get("zoho") is None
    assert [await polls(synced, module) >= 2 for module in FEW] == [True] * 3
    assert {one.reason for one in await synced.links.journal.polls.list()} == {"schedule"}


async def test_a_poll_that_meets_maintenance_pauses_the_link_and_is_no_failure(
    synced: World,
) -> None:
    synced.edit(TEACHERS, synced.some(TEACHERS), Phone_Number="+962 6 555 0106")
    before = await cursors(synced, TEACHERS)
    await synced.disturb("moodle", {"kind": "maintenance"})
    await started(synced)
    paused = await synced.links.journal.links.get("moodle")
    assert paused is not None and paused.reason == "maintenance"
    assert (await state(synced, TEACHERS)).failures == 0
    assert (await cursors(synced, TEACHERS))[0] == before[0]


async def test_a_change_in_the_very_second_of_a_poll_is_found_by_the_next(synced: World) -> None:
    teacher = synced.some(TEACHERS)
    one = await started(synced)
    synced.crm.update(TEACHERS, teacher, {"Phone_Number": "+962 6 555 0107"})
    await pass_ticks(synced, one, ROUND * 1.1)
    assert phone(synced, teacher) == "+962 6 555 0107"


async def test_the_cursor_is_the_crms_hour_less_the_overlap_whatever_hour_is_ours(
    synced: World,
) -> None:
    await started(synced)
    delta, deleted = await cursors(synced, TEACHERS)
    assert delta is not None and deleted is not None
    now = synced.clock.now()
    for reached in (int(delta), int(deleted)):
        assert now - OVERLAP_SECONDS - 5 <= reached <= now - OVERLAP_SECONDS
    assert OVERLAP_SECONDS >= 120


@pytest.mark.parametrize("jump", [HOUR, -HOUR, -HOUR / 2])
async def test_a_clock_that_jumps_loses_nothing_and_delays_nothing(
    synced: World, jump: float
) -> None:
    one = await started(synced)
    teacher = synced.some(TEACHERS)
    synced.crm.update(TEACHERS, teacher, {"Phone_Number": "+962 6 555 0108"})
    synced.clock.set(synced.clock.now() + jump)
    synced.crm.update(TEACHERS, teacher, {"Phone_Number": "+962 6 555 0109"})
    await pass_ticks(synced, one, 60)
    assert await polls(synced, TEACHERS) == 2, "at once, not when the old due time comes"
    await pass_ticks(synced, one, ROUND * 1.1)
    assert phone(synced, teacher) == "+962 6 555 0109"


async def test_a_poll_asked_for_while_one_runs_is_not_forgotten(
    synced: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def asked(links: object, module: str, mode: Mode) -> Progress:
        progress = await sync_module(synced.links, module, mode)
        if await polls(synced, TEACHERS) == 1 and module == TEACHERS:
            synced.crm.update(TEACHERS, synced.some(TEACHERS), {"Phone_Number": "+962 6 555 01"})
            await ask_polls(synced.links, "channel_enabled", [TEACHERS])
        return progress

    monkeypatch.setattr(poll, "sync_module", asked)
    one = await started(synced)
    await pass_ticks(synced, one, 60)
    assert phone(synced, synced.some(TEACHERS)) == "+962 6 555 01"


async def test_a_poller_that_stops_in_the_middle_hands_its_poll_on(
    synced: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = anyio.Event()

    async def stuck(links: object, module: str, mode: Mode) -> Progress:
        began.set()
        await anyio.sleep_forever()
        raise AssertionError

    with monkeypatch.context() as patch:
        patch.setattr(poll, "sync_module", stuck)
        async with running(poll.poll_changes, synced.links, ROUND):
            await began.wait()
    await started(synced)
    assert [await polls(synced, module) for module in FEW] == [1, 1, 1]


async def test_a_function_that_moodle_lacks_pauses_its_module_and_no_other(synced: World) -> None:
    alone = {TEACHERS: synced.links.preset.modules[TEACHERS]}
    force_setattr(synced.links.preset, "modules", alone)
    synced.edit(TEACHERS, synced.some(TEACHERS), Phone_Number="+962 6 555 0110")
    body = '{"exception":"x","errorcode":"invalidrecord","message":"No."}'
    fault = {"kind": "status", "status": 200, "body": body}
    await synced.disturb("moodle", fault, body_contains="local_mzi_upsert_teachers")
    await started(synced)
    assert set(await synced.links.journal.links.all()) == {f"module:{TEACHERS}"}
    assert await alarms(synced, "link_paused") == []
    assert await alarms(synced, "module_paused") == [TEACHERS]
    assert (await state(synced, TEACHERS)).failures == 0


async def test_a_poll_that_ends_well_lifts_no_pause_that_came_meanwhile(
    synced: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    until_then = synced.clock.now() + 3000

    async def overtaken(links: object, module: str, mode: Mode) -> Progress:
        progress = await sync_module(synced.links, module, mode)
        spent = CreditsUsedUp("No credits are left.", retry_after=3000.0)
        await pause_for(synced.links, spent)
        return progress

    monkeypatch.setattr(poll, "sync_module", overtaken)
    await started(synced)
    paused = await synced.links.journal.links.get("zoho")
    assert paused is not None and paused.until >= until_then
    assert await alarms(synced, "link_paused") == ["zoho"]


async def test_an_alarm_that_could_not_be_ended_ends_with_the_next_good_poll(
    synced: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await synced.disturb("crm", {"kind": "html"}, path_contains=f"/v2/{TEACHERS}")
    one = await started(synced)
    await pass_ticks(synced, one, 240)
    assert await alarms(synced) == [TEACHERS]
    await synced.behave("crm")
    clear, refused = synced.links.journal.alarms.clear, [TEACHERS]

    async def locked(kind: str, subject: str) -> bool:
        if kind == FAILING and subject in refused:
            refused.remove(subject)
            raise unavailable("database_locked")
        return await clear(kind, subject)

    monkeypatch.setattr(synced.links.journal.alarms, "clear", locked)
    await pass_ticks(synced, one, HOUR)
    assert not refused
    assert await alarms(synced) == []
