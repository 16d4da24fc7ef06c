from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from mzi_bridge.pipeline.gathering import Gathering
from mzi_bridge.pipeline.process import Processed
from mzi_bridge.pipeline.worker import Worker
from tests.support.world import World

TEACHERS, STUDENTS = "BTEC_Teachers", "BTEC_Students"


class Patient(Gathering):
    """One whose time is over when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: set[str] = set()
        self.asked = anyio.Event()
        self._over = anyio.Event()

    def begin(self, module: str) -> None:
        self.waiting.add(module)

    def modules(self) -> frozenset[str]:
        return frozenset(self.waiting)

    async def wait(self) -> None:
        self.asked.set()
        await self._over.wait()

    def end(self) -> None:
        self.waiting.clear()
        self._over.set()


@asynccontextmanager
async def working(world: World, gathering: Gathering, seen: list[Processed]) -> AsyncIterator[None]:
    worker = Worker(world.links, on_processed=seen.append, gathering=gathering)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(worker.run)
        with anyio.fail_after(60):
            yield
        worker.stop()


async def until_clean(world: World) -> None:
    while await world.dirty():
        await anyio.lowlevel.checkpoint()


async def test_what_follows_a_small_batch_travels_together(world: World) -> None:
    first, second, third = (world.some(TEACHERS, n) for n in range(3))
    seen: list[Processed] = []
    gathering = Patient()
    await world.notice(TEACHERS, first)
    async with working(world, gathering, seen):
        await gathering.asked.wait()
        await world.notice(TEACHERS, second)
        await world.notice(TEACHERS, third)
        gathering.end()
        await until_clean(world)
    assert [sum(one.counts.values()) for one in seen] == [1, 2]


async def test_other_modules_do_not_wait(world: World) -> None:
    seen: list[Processed] = []
    gathering = Patient()
    gathering.begin(TEACHERS)
    await world.notice(TEACHERS, world.some(TEACHERS))
    await world.notice(STUDENTS, world.some(STUDENTS))
    async with working(world, gathering, seen):
        await gathering.asked.wait()
        assert [one.module for one in seen] == [STUDENTS]
        assert await world.dirty() == 1
        gathering.end()
        await until_clean(world)


async def test_a_batch_that_was_full_is_followed_at_once(world: World) -> None:
    world.links.batches.most = 2
    gathering = Patient()
    await world.notice(TEACHERS, *(world.some(TEACHERS, n) for n in range(2)))
    worker = Worker(world.links, gathering=gathering)
    assert await worker.run_once()
    assert gathering.modules() == frozenset()


async def test_a_module_waits_for_moments_only() -> None:
    gathering = Gathering()
    gathering.begin(TEACHERS)
    assert gathering.modules() == {TEACHERS}
    while gathering.modules():
        await gathering.wait()
    await gathering.wait()
