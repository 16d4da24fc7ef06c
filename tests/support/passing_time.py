"""Endless duties under a clock that a test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import anyio

from tests.support.world import World


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


def let_time_pass(world: World, seconds: float) -> None:
    """Only while a duty sleeps: its calls take no hours."""
    if world.clock.sleepers:
        world.clock.advance(seconds)


class waiting_passes:
    """While the block runs, whoever sleeps by the world's clock is woken at once."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def __aenter__(self) -> None:
        self._tasks = anyio.create_task_group()
        await self._tasks.__aenter__()
        self._tasks.start_soon(self._tick)

    async def __aexit__(self, *error: object) -> None:
        self._tasks.cancel_scope.cancel()
        await self._tasks.__aexit__(None, None, None)

    async def _tick(self) -> None:
        while True:
            await anyio.sleep(0.001)
            if self._world.clock.sleepers:
                self._world.clock.advance(60)
