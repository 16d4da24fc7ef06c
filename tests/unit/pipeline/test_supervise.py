from __future__ import annotations

import logging

import anyio
import pytest

from mzi_bridge.errors import RetryLater
from mzi_bridge.pipeline.supervise import every, supervised, survive
from tests.support.clock import ManualClock


class Duty:
    """Ends by each of its faults in turn, then lives."""

    def __init__(self, *faults: Exception | None) -> None:
        self.faults = list(faults)
        self.begun = 0
        self.lives = anyio.Event()

    async def __call__(self) -> None:
        self.begun += 1
        if not self.faults:
            self.lives.set()
            await anyio.sleep_forever()
        fault = self.faults.pop(0)
        if fault is not None:
            raise fault


async def pass_time(clock: ManualClock, seconds: float) -> None:
    await anyio.wait_all_tasks_blocked()
    clock.advance(seconds)
    await anyio.wait_all_tasks_blocked()


async def test_a_duty_that_dies_or_ends_is_begun_anew_and_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = ManualClock()
    duty = Duty(ZeroDivisionError(), RetryLater("away", reason="database_gone"), None)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(supervised, "polling", clock, duty)
        for rest in (1, 2, 4):
            await pass_time(clock, rest)
        assert duty.lives.is_set()
        tasks.cancel_scope.cancel()
    said = [r.message for r in caplog.records if r.levelno == logging.ERROR]
    assert [message.startswith("duty polling") for message in said] == [True] * 3


async def test_a_duty_that_dies_at_once_each_time_is_begun_once_a_minute() -> None:
    clock = ManualClock()
    duty = Duty(*[ZeroDivisionError()] * 100)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(supervised, "polling", clock, duty)
        for _ in range(600):
            await pass_time(clock, 1)
        assert 10 <= duty.begun <= 17
        tasks.cancel_scope.cancel()


async def test_a_supervised_duty_ends_when_it_is_to_stop() -> None:
    clock, stopping = ManualClock(), anyio.Event()

    async def until_stopped() -> None:
        await stopping.wait()

    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(supervised, "work", clock, until_stopped, stopping)
            tasks.start_soon(supervised, "dead", clock, Duty(ZeroDivisionError()), stopping)
            await anyio.wait_all_tasks_blocked()
            stopping.set()


async def test_a_round_that_breaks_does_not_end_the_rounds() -> None:
    clock = ManualClock()
    duty = Duty(ZeroDivisionError(), RetryLater("away", reason="x"), None)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(every, clock, 60.0, "looking", duty)
        for _ in range(3):
            await pass_time(clock, 60)
        assert duty.lives.is_set()
        tasks.cancel_scope.cancel()


async def test_surviving_tells_whether_it_went_well() -> None:
    assert await survive("looking", Duty(None))
    assert not await survive("looking", Duty(ZeroDivisionError()))
