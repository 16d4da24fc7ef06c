"""The next thing is got ready while the present one is worked on, and nothing else changes."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import anyio
import anyio.lowlevel
import pytest

from mzi_bridge.errors import RetryLater
from mzi_bridge.pipeline.one_ahead import one_ahead


class Pages:
    """Numbers from 0; `got` are those asked for."""

    def __init__(self, count: int, *, broken_at: int | None = None) -> None:
        self.got: list[int] = []
        self.closed = False
        self._count = count
        self._broken_at = broken_at

    async def read(self) -> AsyncGenerator[int, None]:
        try:
            for number in range(self._count):
                if number == self._broken_at:
                    raise RetryLater("no page", reason="away")
                self.got.append(number)
                yield number
                await anyio.lowlevel.checkpoint()
        finally:
            self.closed = True


async def test_one_more_is_read_while_one_is_used_and_no_second() -> None:
    pages, seen = Pages(5), []

    async def use(number: int) -> None:
        await anyio.wait_all_tasks_blocked()
        seen.append((number, list(pages.got)))

    await one_ahead(pages.read(), use)
    assert seen[:3] == [(0, [0, 1]), (1, [0, 1, 2]), (2, [0, 1, 2, 3])]
    assert [number for number, _ in seen] == [0, 1, 2, 3, 4]


async def test_what_was_read_before_a_fault_is_used_before_it_is_raised() -> None:
    pages, used = Pages(5, broken_at=3), []

    async def use(number: int) -> None:
        await anyio.wait_all_tasks_blocked()
        used.append(number)

    with pytest.raises(RetryLater):
        await one_ahead(pages.read(), use)
    assert used == [0, 1, 2]


async def test_a_fault_in_use_ends_the_reading() -> None:
    pages = Pages(50)

    async def use(number: int) -> None:
        await anyio.wait_all_tasks_blocked()
        if number == 1:
            raise RetryLater("no room", reason="away")

    with pytest.raises(RetryLater):
        await one_ahead(pages.read(), use)
    assert pages.got == [0, 1, 2] and pages.closed


async def test_cancelled_it_ends_at_once() -> None:
    pages = Pages(50)

    async def use(number: int) -> None:
        await anyio.sleep_forever()

    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(one_ahead, pages.read(), use)
            await anyio.wait_all_tasks_blocked()
            scope.cancel()
    assert pages.closed
