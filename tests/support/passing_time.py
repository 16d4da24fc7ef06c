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
