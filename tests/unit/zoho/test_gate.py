from __future__ import annotations

from contextlib import AsyncExitStack

import anyio
import httpx2
import pytest

from mzi_bridge.errors import RetryLater
from mzi_bridge.zoho.errors import RateLimited
from mzi_bridge.zoho.gate import GOOD_RUN, LONGEST_PAUSE, Gate
from tests.support.clock import ManualClock
from tests.support.scripted_crm import ScriptedCrm


@pytest.fixture
def gate(clock: ManualClock) -> Gate:
    return Gate(8, clock)


async def refuse(gate: Gate, retry_after: float | None = None) -> None:
    async with gate.place() as place:
        place.refused(retry_after)


async def answer(gate: Gate, times: int) -> None:
    for _ in range(times):
        async with gate.place() as place:
            place.answered()


async def test_a_refusal_halves_the_number_down_to_one(gate: Gate, clock: ManualClock) -> None:
    seen = []
    for _ in range(5):
        await refuse(gate)
        seen.append(gate.allowed)
        clock.advance(60)
    assert seen == [4, 2, 1, 1, 1]


async def test_calls_of_one_wave_halve_it_once(gate: Gate, clock: ManualClock) -> None:
    async with AsyncExitStack() as stack:
        wave = [await stack.enter_async_context(gate.place()) for _ in range(6)]
        for place in wave:
            place.refused(None)
    assert gate.allowed == 4
    clock.advance(60)
    await refuse(gate)
    assert gate.allowed == 2


async def test_runs_of_good_answers_bring_it_back_one_by_one(
    gate: Gate, clock: ManualClock
) -> None:
    await refuse(gate)
    clock.advance(60)
    await answer(gate, GOOD_RUN - 1)
    assert gate.allowed == 4
    await answer(gate, 1)
    assert gate.allowed == 5
    await answer(gate, 10 * GOOD_RUN)
    assert gate.allowed == 8


async def test_a_refusal_breaks_the_run(gate: Gate, clock: ManualClock) -> None:
    await refuse(gate)
    clock.advance(60)
    await answer(gate, GOOD_RUN - 1)
    await refuse(gate)
    clock.advance(60)
    await answer(gate, GOOD_RUN - 1)
    assert gate.allowed == 2


async def test_nothing_is_sent_in_the_pause_and_the_pause_grows(
    gate: Gate, clock: ManualClock
) -> None:
    pauses = []
    for _ in range(5):
        await refuse(gate)
        with pytest.raises(RateLimited) as caught:
            await answer(gate, 1)
        pauses.append(caught.value.retry_after)
        clock.advance(caught.value.retry_after or 0)
    assert pauses == [1.0, 2.0, 4.0, 8.0, 8.0]
    await answer(gate, 1)
    await refuse(gate)
    with pytest.raises(RateLimited) as caught:
        await answer(gate, 1)
    assert caught.value.retry_after == 1.0


@pytest.mark.parametrize(("said", "kept"), [(17.0, 17.0), (86_400.0, LONGEST_PAUSE), (0.0, 0.0)])
async def test_retry_after_is_obeyed_within_reason(
    gate: Gate, clock: ManualClock, said: float, kept: float
) -> None:
    await refuse(gate, said)
    if kept:
        clock.advance(kept - 1)
        with pytest.raises(RateLimited):
            await answer(gate, 1)
        clock.advance(1)
    await answer(gate, 1)


async def test_a_later_answer_of_the_wave_can_lengthen_the_pause(
    gate: Gate, clock: ManualClock
) -> None:
    async with gate.place() as one, gate.place() as two:
        one.refused(None)
        two.refused(30.0)
    clock.advance(29)
    with pytest.raises(RateLimited):
        await answer(gate, 1)
    assert gate.allowed == 4


@pytest.mark.parametrize("jump", [3600.0, -3600.0])
async def test_a_clock_that_jumps_does_not_prolong_the_pause(
    gate: Gate, clock: ManualClock, jump: float
) -> None:
    await refuse(gate, 30.0)
    clock.set(clock.now() + jump)
    await answer(gate, 1)


async def test_places_are_given_in_the_order_of_asking(clock: ManualClock) -> None:
    gate = Gate(2, clock)
    order: list[int] = []

    async def call(number: int) -> None:
        async with gate.place():
            order.append(number)
            await anyio.lowlevel.checkpoint()

    async with anyio.create_task_group() as tasks:
        for number in range(20):
            tasks.start_soon(call, number)
    assert order == list(range(20))


async def test_no_more_than_allowed_are_under_way_even_while_the_number_falls(
    clock: ManualClock,
) -> None:
    gate = Gate(8, clock)
    active, seen = 0, []

    async def call(number: int) -> None:
        nonlocal active
        async with gate.place() as place:
            active += 1
            seen.append((active, gate.allowed))
            await anyio.lowlevel.checkpoint()
            if number == 3:
                place.refused(0.0)
            active -= 1

    async with anyio.create_task_group() as tasks:
        for number in range(40):
            tasks.start_soon(call, number)
    assert max(active for active, _ in seen) == 8
    assert all(active <= allowed for active, allowed in seen[8:])
    assert seen[-1][1] == 4


async def test_a_cancelled_caller_leaves_no_place_taken(clock: ManualClock) -> None:
    gate = Gate(1, clock)
    done: list[str] = []

    async def call(name: str) -> None:
        async with gate.place():
            done.append(name)

    async with anyio.create_task_group() as tasks, gate.place():
        with anyio.CancelScope() as waiting:
            tasks.start_soon(call, "before")
            await anyio.wait_all_tasks_blocked()
            waiting.cancel()
            await call("cancelled while waiting")
        tasks.start_soon(call, "after")
        await anyio.wait_all_tasks_blocked()
    assert done == ["before", "after"]
    await call("later")


async def test_a_caller_cancelled_in_the_moment_of_its_turn_hands_it_on(
    clock: ManualClock,
) -> None:
    gate = Gate(1, clock)
    done: list[str] = []
    scope = anyio.CancelScope()

    async def cancelled() -> None:
        with scope:
            async with gate.place():
                done.append("cancelled")

    async def after() -> None:
        async with gate.place():
            done.append("after")

    async with anyio.create_task_group() as tasks, gate.place():
        tasks.start_soon(cancelled)
        await anyio.wait_all_tasks_blocked()
        tasks.start_soon(after)
        await anyio.wait_all_tasks_blocked()
        # Leaving the block gives the turn to a task that is already being cancelled.
        scope.cancel()
    assert done == ["after"]


async def test_a_storm_of_429_slows_a_client_down_and_passes(
    crm: ScriptedCrm, clock: ManualClock
) -> None:
    """A CRM that takes two calls at once, and a client that believes it takes sixteen."""
    active, most, refused = 0, 0, 0

    async def handle(request: httpx2.Request) -> httpx2.Response:
        nonlocal active, most, refused
        if request.url.host.startswith("accounts."):
            return crm.new_token()
        active += 1
        most = max(most, active)
        try:
            if active > 2:
                refused += 1
                return httpx2.Response(429, json={"code": "TOO_MANY_REQUESTS"})
            for _ in range(3):
                await anyio.lowlevel.checkpoint()
            return httpx2.Response(204)
        finally:
            active -= 1

    client = crm.client(concurrency=16, http_transport=httpx2.MockTransport(handle))
    served = 0

    async def read_until_served() -> None:
        nonlocal served
        while True:
            try:
                await client.records.page("Leads")
            except RetryLater:
                clock.advance(1)
                await anyio.lowlevel.checkpoint()
            else:
                served += 1
                return

    async with client:
        await client.records.page("Leads")
        async with anyio.create_task_group() as tasks:
            for _ in range(300):
                tasks.start_soon(read_until_served)
        assert served == 300
        assert most > 2
        assert refused < 100
        gate = client._transport._gate
        for _ in range(20 * GOOD_RUN):
            await client.records.page("Leads")
        assert gate.allowed == 16


async def test_a_spent_quota_is_no_reason_to_slow_down(
    crm: ScriptedCrm, clock: ManualClock
) -> None:
    crm.says(429, {"code": "TOO_MANY_REQUESTS"}, x_api_credits_remaining="0")
    async with crm.client(concurrency=4) as zoho:
        for _ in range(3):
            with pytest.raises(Exception, match="credits"):
                await zoho.records.page("Leads")
        assert zoho._transport._gate.allowed == 4
    assert len(crm.requests) == 3
