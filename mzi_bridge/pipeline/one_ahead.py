"""Getting the next thing ready while the present one is worked on."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import TypeVar

import anyio

ItemT = TypeVar("ItemT")


async def one_ahead(
    items: AsyncGenerator[ItemT, None], use: Callable[[ItemT], Awaitable[None]]
) -> None:
    """Uses all items in their order; meanwhile the next one, and no more, is got ready.

    What `use` raises is raised at once. What getting an item raises is raised after those before
    it have been used, as if nothing had been done ahead.
    """
    failures: list[Exception] = []
    ready, wanted = anyio.create_memory_object_stream[ItemT](0)

    async def get() -> None:
        async with ready, aclosing(items):
            try:
                async for item in items:
                    await ready.send(item)
            except Exception as error:
                failures.append(error)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(get)
        try:
            async with wanted:
                async for item in wanted:
                    await use(item)
        except Exception as error:
            failures.insert(0, error)
        tasks.cancel_scope.cancel()
    if failures:
        raise failures[0]
