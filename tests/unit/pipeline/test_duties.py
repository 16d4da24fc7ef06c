from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest

from mzi_bridge.journal.runs import RunState
from mzi_bridge.pipeline import duties
from mzi_bridge.pipeline.channels import setup
from mzi_bridge.pipeline.sync import CURSOR, Mode, sync
from tests.support.world import BRIDGE_URL, MODULES, World

TEACHERS = "BTEC_Teachers"
FEW = (MODULES[0], TEACHERS, MODULES[-1])
HOUR = 3600.0
Duty = Callable[..., Coroutine[Any, Any, None]]


@asynccontextmanager
async def running(
    duty: Callable[..., Coroutine[Any, Any, None]], *given: Any
) -> AsyncIterator[None]:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(duty, *given)
        yield
        tasks.cancel_scope.cancel()


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    with anyio.fail_after(60):
        while not await true():
            await anyio.lowlevel.checkpoint()


@pytest.fixture(autouse=True)
def few_modules(world: World) -> None:
    """Three modules make a round, too."""
    few = {name: world.links.preset.modules[name] for name in FEW}
    object.__setattr__(world.links.preset, "modules", few)


async def polls(world: World) -> int:
    """Delta runs that ended well, of the last module of a round."""
    runs = await world.links.journal.runs.recent(100, kind=Mode.DELTA.value)
    return len([r for r in runs if r.module == MODULES[-1] and r.state is RunState.DONE])


def let_time_pass(world: World, seconds: float) -> None:
    """Only while the duty sleeps: its calls take no hours."""
    if world.clock.sleepers:
        world.clock.advance(seconds)


def at_least(world: World, count: int) -> Callable[[], Awaitable[bool]]:
    async def reached() -> bool:
        let_time_pass(world, 60)
        return await polls(world) >= count

    return reached


async def test_polls_find_from_time_to_time_what_was_not_told(world: World) -> None:
    await sync(world.links, FEW, Mode.FULL)
    teacher = world.some(TEACHERS)
    world.edit(TEACHERS, teacher, Phone_Number="+962 6 555 0101")
    async with running(duties.poll_changes, world.links, 300.0):
        await until(at_least(world, 2))
    row = world.row(TEACHERS, teacher)
    assert row is not None and row["phone"] == "+962 6 555 0101"


async def test_a_bridge_that_starts_asks_at_once_what_it_missed(world: World) -> None:
    await world.links.journal.cursors.set(TEACHERS, CURSOR, "1")

    async def polled() -> bool:
        return await polls(world) == 1

    async with running(duties.poll_changes, world.links, 300.0):
        await until(polled)


async def test_a_bridge_that_never_synced_waits_for_its_first_poll(world: World) -> None:
    async with running(duties.poll_changes, world.links, 300.0):
        for _ in range(50):
            await anyio.lowlevel.checkpoint()
        assert await polls(world) == 0
        await until(at_least(world, 1))


async def test_no_seconds_no_poll(world: World) -> None:
    await world.links.journal.cursors.set(TEACHERS, CURSOR, "1")
    with anyio.fail_after(5):
        await duties.poll_changes(world.links, 0)
    assert await polls(world) == 0


async def test_of_several_processes_one_polls(world: World) -> None:
    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(duties.poll_once, world.links, 300.0)
    assert await polls(world) == 1
    await duties.poll_once(world.links, 300.0)
    assert await polls(world) == 1
    world.clock.advance(151)
    await duties.poll_once(world.links, 300.0)
    assert await polls(world) == 2


async def test_nobody_polls_while_a_link_is_paused(world: World) -> None:
    await world.links.journal.links.pause("zoho", "token_refused", world.clock.now() + 60)
    await duties.poll_once(world.links)
    assert await polls(world) == 0


async def test_a_poll_that_meets_maintenance_pauses_the_link(world: World) -> None:
    await world.disturb("moodle", {"kind": "maintenance"})
    await duties.poll_once(world.links)
    state = await world.links.journal.links.get("moodle")
    assert state is not None and state.reason == "maintenance"


async def test_a_poll_outlives_a_bug(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    faults = [ZeroDivisionError()]

    async def unsteady(*given: Any, **more: Any) -> Any:
        if faults:
            raise faults.pop()
        return await sync(*given, **more)

    monkeypatch.setattr(duties, "sync", unsteady)
    async with running(duties.poll_changes, world.links, 300.0):
        await until(at_least(world, 1))
    assert "delta poll: a bug" in caplog.text


async def test_a_module_that_fails_is_logged_and_hinders_no_other(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.disturb("crm", {"kind": "status", "status": 500}, path_contains=MODULES[0])
    await duties.poll_once(world.links)
    assert await polls(world) == 1
    assert f"delta poll of {MODULES[0]}: server_fault" in caplog.text


async def test_channels_are_renewed_at_half_their_life(world: World) -> None:
    await setup(world.links, BRIDGE_URL)
    first = {row.channel_id: row.expires_at for row in await world.links.journal.channels.list()}

    async def renewed() -> bool:
        rows = await world.links.journal.channels.list()
        let_time_pass(world, duties.RENEWAL_CHECK_SECONDS)
        return all(row.expires_at > first[row.channel_id] + HOUR for row in rows)

    world.clock.advance(11.9 * HOUR)
    async with running(duties.renew_channels, world.links, 24.0):
        await until(renewed)
    assert world.clock.now() < min(first.values())


async def test_renewal_outlives_a_crm_that_is_down(world: World) -> None:
    await setup(world.links, BRIDGE_URL)
    world.clock.advance(13 * HOUR)
    await world.disturb("crm", {"kind": "status", "status": 500}, times=4)

    async def renewed() -> bool:
        rows = await world.links.journal.channels.list()
        let_time_pass(world, duties.RENEWAL_CHECK_SECONDS)
        return all(row.expires_at > world.clock.now() + 20 * HOUR for row in rows)

    async with running(duties.renew_channels, world.links, 24.0):
        await until(renewed)


async def test_old_history_is_forgotten_but_no_open_dead_letter(world: World) -> None:
    journal = world.links.journal
    await world.notice("Leads", "1")
    await world.work()
    await sync(world.links, [TEACHERS], Mode.DELTA)
    world.clock.advance(400 * duties.DAY)
    async with running(duties.tidy, world.links):

        async def forgotten() -> bool:
            let_time_pass(world, 60)
            return not await journal.runs.recent()

        await until(forgotten)
    assert len(await world.dead()) == 1


async def test_workers_stop_when_told(world: World) -> None:
    stopping = anyio.Event()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(duties.run_workers, world.links, 60.0, stopping)
        await world.notice(TEACHERS, world.some(TEACHERS))

        async def clean() -> bool:
            return await world.dirty() == 0

        await until(clean)
        stopping.set()
    assert world.stands(TEACHERS, world.some(TEACHERS))
