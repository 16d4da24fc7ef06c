"""The same work on several things, a few of them at any time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import anyio

from mzi_bridge.errors import MziError

ItemT = TypeVar("ItemT")


async def few_at_once(
    number: int, items: Iterable[ItemT], work: Callable[[ItemT], Awaitable[None]]
) -> None:
    """Raises the first MziError that `work` raises: what was begun is ended, the rest is not
    begun."""
    gate = anyio.CapacityLimiter(number)
    met: list[MziError] = []

    async def one(item: ItemT) -> None:
        async with gate:
            if met:
                return
            try:
                await work(item)
            except MziError as error:
                met.append(error)

    async with anyio.create_task_group() as tasks:
        for item in items:
            tasks.start_soon(one, item)
    if met:
        raise met[0]
