from __future__ import annotations

import anyio
import pytest
from msgspec.structs import force_setattr

from mzi_bridge.pipeline import duties
from mzi_bridge.pipeline.channels import setup
from mzi_bridge.pipeline.duties import Terms
from mzi_bridge.pipeline.sync import Mode, sync
from mzi_bridge.pipeline.worker import Worker
from tests.support.passing_time import let_time_pass, running, until
from tests.support.world import BRIDGE_URL, MODULES, World

TEACHERS = "BTEC_Teachers"
FEW = (MODULES[0], TEACHERS, MODULES[-1])
HOUR = 3600.0


@pytest.fixture(autouse=True)
def few_modules(world: World) -> None:
    few = {name: world.links.preset.modules[name] for name in FEW}
    force_setattr(world.links.preset, "modules", few)


def terms(poll_seconds: float = 900.0, *, moodle_enabled: bool = True) -> Terms:
    return Terms(24.0, poll_seconds, BRIDGE_URL, moodle_enabled)


async def test_polls_run_unless_they_are_turned_off_or_moodle_is(world: World) -> None:
    always = {"renewal of channels", "watch of channels", "silence of channels", "tidying"}
    assert set(duties.timed_duties(world.links, terms())) == always | {"delta polls"}
    assert set(duties.timed_duties(world.links, terms(0))) == always
    assert set(duties.timed_duties(world.links, terms(moodle_enabled=False))) == always


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


async def test_a_worker_that_dies_is_replaced_by_itself(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    run, deaths = Worker.run, [ZeroDivisionError(), ZeroDivisionError()]

    async def mortal(worker: Worker) -> None:
        if deaths:
            raise deaths.pop()
        await run(worker)

    monkeypatch.setattr(Worker, "run", mortal)
    stopping = anyio.Event()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(duties.run_workers, world.links, 60.0, stopping)
        await world.notice(TEACHERS, world.some(TEACHERS))

        async def clean() -> bool:
            let_time_pass(world, 1)
            return await world.dirty() == 0

        await until(clean)
        stopping.set()
    assert caplog.text.count("duty work died of a bug") == 2
