from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest
from msgspec.structs import force_setattr

from mzi_bridge.journal.journal import Journal
from mzi_bridge.journal.runs import Run, RunState
from mzi_bridge.pipeline.reconcile import duty, kept
from mzi_bridge.pipeline.reconcile.duty import (
    ALARM,
    HOUR,
    LOOK_SECONDS,
    OWNER,
    reconcile_due,
)
from mzi_bridge.pipeline.reconcile.kept import (
    HEARTBEAT_SECONDS,
    KIND,
    SILENT_SECONDS,
    TELL_SECONDS,
    reconcile_and_keep,
)
from tests.support.clock import ManualClock
from tests.support.drift import PAYMENTS, in_step, tamper
from tests.support.passing_time import until
from tests.support.world import MODULES, World

RENEWAL_SECONDS = 200.0
OF_A_RUN = (RENEWAL_SECONDS, TELL_SECONDS)


@asynccontextmanager
async def on_duty(world: World, hours: float, jitter: float = 0.5) -> AsyncIterator[None]:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(reconcile_due, world.links, hours, lambda: jitter)
        yield
        tasks.cancel_scope.cancel()


async def pass_by(world: World, seconds: float) -> None:
    """The clock moves on from look to look, each let to its end."""
    for _ in range(int(seconds / LOOK_SECONDS) + 1):
        await until_asleep(world)
        world.clock.advance(LOOK_SECONDS)
    await until_asleep(world)


async def until_asleep(world: World) -> None:
    """Not for the next renewal of the lock or word of a run, but for the next look."""
    with anyio.fail_after(60):
        while set(world.clock.wakings) <= {world.clock.now() + seconds for seconds in OF_A_RUN}:
            await anyio.lowlevel.checkpoint()


async def look_until(world: World, begun: anyio.Event) -> None:
    """Lets look after look pass until one begins a run."""
    with anyio.fail_after(60):
        while not begun.is_set():
            world.clock.advance(LOOK_SECONDS if world.clock.sleepers else 0)
            await anyio.lowlevel.checkpoint()


async def runs(world: World) -> tuple[Run, ...]:
    return await world.links.journal.runs.recent(kind=KIND)


async def test_a_function_that_moodle_lacks_pauses_not_all_of_moodle(world: World) -> None:
    await in_step(world)
    tamper(world, PAYMENTS, world.some(PAYMENTS), amount="0.01")
    body = '{"exception":"x","errorcode":"invalidrecord","message":"No."}'
    fault = {"kind": "status", "status": 200, "body": body}
    await world.disturb("moodle", fault, body_contains="local_mzi_upsert_payments")
    async with on_duty(world, hours=1):
        await pass_by(world, HOUR)
    assert [run.error_reason for run in await runs(world)] == ["invalidrecord"]
    assert await world.links.journal.links.get("moodle") is None


async def test_a_run_is_due_after_its_hours_mends_and_is_kept(world: World) -> None:
    await in_step(world)
    record_id = world.some(PAYMENTS)
    tamper(world, PAYMENTS, record_id, amount="0.01")
    async with on_duty(world, hours=1):
        await pass_by(world, HOUR / 2)
        assert await runs(world) == ()
        await pass_by(world, HOUR / 2)
    [run] = await runs(world)
    assert (run.state, run.module, run.dry_run) == (RunState.DONE, None, False)
    assert run.counts["repaired"] == 1 and run.counts["credits"] > 0
    assert run.position["modules"][PAYMENTS] == {"repaired": 1}
    row = world.row(PAYMENTS, record_id)
    assert row is not None and row["amount"] != "0.01"


async def test_the_next_run_waits_its_hours_though_the_process_is_new(world: World) -> None:
    await in_step(world)
    await reconcile_and_keep(world.links, MODULES, whole=True, repair=True)
    async with on_duty(world, hours=1):
        await pass_by(world, HOUR * 0.8)
    async with on_duty(world, hours=1):
        assert len(await runs(world)) == 1
        await pass_by(world, HOUR * 0.3)
    assert len(await runs(world)) == 2


@pytest.mark.parametrize(("jitter", "early"), [(0.0, True), (0.99, False)])
async def test_runs_are_jittered_by_a_tenth(world: World, jitter: float, early: bool) -> None:
    await in_step(world)
    async with on_duty(world, hours=1, jitter=jitter):
        await pass_by(world, HOUR * 0.95)
    assert bool(await runs(world)) is early


async def test_a_look_of_one_module_or_without_repair_delays_no_run(world: World) -> None:
    await in_step(world)
    async with on_duty(world, hours=1):
        await pass_by(world, HOUR * 0.7)
        await reconcile_and_keep(world.links, MODULES, whole=True)
        await reconcile_and_keep(world.links, [PAYMENTS], whole=False, repair=True)
        await pass_by(world, HOUR * 0.4)
    assert len(await runs(world)) == 3


async def test_before_anything_was_synced_no_run_is_due(world: World) -> None:
    async with on_duty(world, hours=1):
        await pass_by(world, HOUR * 1.5)
    assert await runs(world) == ()


async def test_nought_hours_turn_it_off(world: World) -> None:
    await reconcile_due(world.links, 0)


async def test_one_process_at_a_time(world: World) -> None:
    await in_step(world)
    async with world.links.journal.locks.hold("reconcile", seconds=3600.0), on_duty(world, 1):
        await pass_by(world, HOUR * 1.2)
    assert await runs(world) == ()


async def test_no_run_while_a_link_is_paused(world: World) -> None:
    await in_step(world)
    await world.links.journal.links.pause("zoho", "invalid_token", world.clock.now() + 2 * HOUR)
    async with on_duty(world, hours=1):
        await pass_by(world, HOUR * 1.2)
    assert await runs(world) == ()


async def test_a_run_that_a_pause_cuts_off_is_kept_as_failed_and_pauses_the_link(
    world: World,
) -> None:
    await in_step(world)
    body = '{"exception":"x","errorcode":"sitemaintenance","message":"m"}'
    await world.disturb("moodle", {"kind": "status", "status": 200, "body": body})
    async with on_duty(world, hours=1):
        await pass_by(world, HOUR * 1.05)
    [run] = await runs(world)
    assert (run.state, run.error_reason) == (RunState.FAILED, "maintenance")
    assert await world.links.journal.links.get("moodle") is not None


async def test_a_run_that_a_killed_process_left_is_closed(world: World) -> None:
    await in_step(world)
    left = await world.links.journal.runs.start(KIND, None, owner=OWNER)
    async with on_duty(world, hours=1):
        await pass_by(world, HOUR * 1.2)
    closed = await world.links.journal.runs.get(left.id)
    assert closed is not None and closed.error_reason == "abandoned"
    assert len(await runs(world)) == 2


async def test_a_run_that_a_person_s_killed_command_left_is_closed_within_minutes(
    world: World,
) -> None:
    await in_step(world)
    left = await world.links.journal.runs.start(KIND, None, owner="elsewhere:1")
    async with on_duty(world, hours=6):
        await pass_by(world, SILENT_SECONDS + LOOK_SECONDS)
    closed = await world.links.journal.runs.get(left.id)
    assert closed is not None and closed.error_reason == "abandoned"


async def test_a_long_run_of_a_person_shows_that_it_lives(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await in_step(world)

    async def endless(*given: object, **more: object) -> None:
        await anyio.sleep_forever()

    monkeypatch.setattr(kept, "reconcile", endless)
    async with anyio.create_task_group() as tasks, on_duty(world, hours=6):
        tasks.start_soon(partial(reconcile_and_keep, world.links, MODULES, whole=True, repair=True))
        for _ in range(int(4 * SILENT_SECONDS / HEARTBEAT_SECONDS)):
            await until(lambda: both_asleep(world))
            world.clock.advance(HEARTBEAT_SECONDS)
        await until(lambda: both_asleep(world))
        [run] = await runs(world)
        assert (run.state, run.updated_at) == (RunState.RUNNING, world.clock.now())
        tasks.cancel_scope.cancel()


async def both_asleep(world: World) -> bool:
    """The duty and the heartbeat of a run beside it."""
    return world.clock.sleepers == 2


async def test_a_run_whose_lock_passed_to_another_process_is_stopped(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await in_step(world)
    begun = anyio.Event()

    async def endless(*given: object, **more: object) -> None:
        begun.set()
        await anyio.sleep_forever()

    monkeypatch.setattr(kept, "reconcile", endless)
    url = f"sqlite:///{tmp_path / 'world.sqlite3'}"
    async with on_duty(world, hours=0.1):
        await look_until(world, begun)
        later = ManualClock(world.clock.now() + HOUR)
        async with (
            Journal.open(url, clock=later) as other,
            other.locks.attempt("reconcile") as taken,
        ):
            assert taken
            await until(lambda: both_asleep(world))
            world.clock.advance(RENEWAL_SECONDS)
            await until(lambda: stopped(world))


async def stopped(world: World) -> bool:
    return [run.error_reason for run in await runs(world)] == ["stopped"]


async def test_a_module_that_fails_makes_a_failed_run(world: World) -> None:
    await in_step(world)
    await world.disturb("crm", {"kind": "html"}, path_prefix=f"/crm/v2/{PAYMENTS}")
    result = await reconcile_and_keep(world.links, MODULES, whole=True)
    assert not result.agrees
    [run] = await runs(world)
    assert run.state is RunState.FAILED and run.error_reason
    assert run.dry_run


async def test_a_failed_run_is_soon_tried_again_with_growing_waits_and_an_alarm(
    world: World,
) -> None:
    await in_step(world)
    await world.disturb("crm", {"kind": "html"}, path_prefix=f"/crm/v2/{PAYMENTS}")
    async with on_duty(world, hours=6):
        await pass_by(world, 6 * HOUR)
        assert [run.state for run in await runs(world)] == [RunState.FAILED]
        await pass_by(world, 0.4 * HOUR)
        assert len(await runs(world)) == 2
        assert await world.links.journal.alarms.list(ALARM) == ()
        await pass_by(world, 0.8 * HOUR)
        assert len(await runs(world)) == 3
        [alarm] = await world.links.journal.alarms.list(ALARM)
        assert "The last 3 reconciliations failed" in alarm.message
        await world.behave("crm")
        await pass_by(world, 1.3 * HOUR)
        assert (await runs(world))[0].state is RunState.DONE
        assert await world.links.journal.alarms.list(ALARM) == ()
        assert len(await runs(world)) == 4
        await pass_by(world, 4.5 * HOUR)
        assert len(await runs(world)) == 4, "after success the period counts again"


async def test_a_preset_of_one_module_is_reconciled_once_a_period(world: World) -> None:
    await in_step(world)
    mapping = world.links.preset.modules[PAYMENTS]
    force_setattr(world.links.preset, "modules", {PAYMENTS: mapping})
    async with on_duty(world, hours=1):
        await pass_by(world, 1.5 * HOUR)
    [run] = await runs(world)
    assert run.module is None


async def test_the_lock_is_kept_for_as_long_as_a_run_takes(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await in_step(world)
    begun = anyio.Event()

    async def endless(*given: object, **more: object) -> None:
        begun.set()
        await anyio.sleep_forever()

    monkeypatch.setattr(duty, "reconcile_and_keep", endless)
    url = f"sqlite:///{tmp_path / 'world.sqlite3'}"
    async with on_duty(world, hours=1), Journal.open(url, clock=world.clock) as other:
        await look_until(world, begun)
        for _ in range(12):
            with anyio.fail_after(10):
                while not world.clock.sleepers:
                    await anyio.lowlevel.checkpoint()
            world.clock.advance(200)
        async with other.locks.attempt("reconcile") as free:
            assert not free
