from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import anyio.lowlevel
import pytest

from mzi_bridge.journal.runs import Run, RunState
from mzi_bridge.pipeline.reconcile.duty import HOUR, LOOK_SECONDS, reconcile_due
from mzi_bridge.pipeline.reconcile.kept import KIND, reconcile_and_keep
from tests.support.drift import PAYMENTS, in_step, tamper
from tests.support.world import MODULES, World


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
    with anyio.fail_after(60):
        while not world.clock.sleepers:
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
    assert run.position[PAYMENTS] == {"repaired": 1}
    row = world.row(PAYMENTS, record_id)
    assert row is not None and row["amount"] != "0.01"


async def test_the_next_run_waits_its_hours_though_the_process_is_new(world: World) -> None:
    await in_step(world)
    await reconcile_and_keep(world.links, MODULES, repair=True)
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
        await reconcile_and_keep(world.links, MODULES)
        await reconcile_and_keep(world.links, [PAYMENTS], repair=True)
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
    left = await world.links.journal.runs.start(KIND, None)
    async with on_duty(world, hours=1):
        await pass_by(world, HOUR * 1.2)
    kept = await world.links.journal.runs.get(left.id)
    assert kept is not None and kept.error_reason == "abandoned"
    assert len(await runs(world)) == 2


async def test_a_module_that_fails_makes_a_failed_run(world: World) -> None:
    await in_step(world)
    await world.disturb("crm", {"kind": "html"}, path_prefix=f"/crm/v2/{PAYMENTS}")
    result = await reconcile_and_keep(world.links, MODULES)
    assert not result.agrees
    [run] = await runs(world)
    assert run.state is RunState.FAILED and run.error_reason
    assert run.dry_run
