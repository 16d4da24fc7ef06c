"""A bell for the workers of one process: rung by a mark, heard once."""

from __future__ import annotations

import anyio

from mzi_bridge.clock import Clock


class Wake:
    """A mark that falls between a fruitless claim and the wait after it is not missed."""

    def __init__(self) -> None:
        self.count = 0
        self._fruitless = 0
        self._bell = anyio.Event()

    def call(self) -> None:
        self.count += 1
        self._bell.set()
        self._bell = anyio.Event()

    def found_nothing_since(self, count: int) -> None:
        """A claim that began when the count stood at `count` found nothing due."""
        self._fruitless = max(self._fruitless, count)

    async def wait(self, clock: Clock, seconds: float) -> None:
        """Returns at a call not yet looked into, else at the next one, else after `seconds`."""
        if self.count > self._fruitless:
            return
        bell = self._bell
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._time_out, clock, seconds, tasks.cancel_scope)
            await bell.wait()
            tasks.cancel_scope.cancel()

    @staticmethod
    async def _time_out(clock: Clock, seconds: float, scope: anyio.CancelScope) -> None:
        await clock.sleep(seconds)
        scope.cancel()
