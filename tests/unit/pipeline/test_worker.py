from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest

from mzi_bridge.journal.errors import JournalUnavailable
from mzi_bridge.pipeline.pause import PAUSE_SECONDS
from mzi_bridge.pipeline.process import Processed
from mzi_bridge.pipeline.worker import FAULT_SECONDS, Worker, drain
from tests.support.held_up import held_up
from tests.support.world import NOW, Side, World

TEACHERS, STUDENTS = "BTEC_Teachers", "BTEC_Students"
TOKEN_REFUSED = {
    "kind": "status",
    "status": 200,
    "body": '{"exception":"moodle_exception","errorcode":"invalidtoken","message":"No."}',
}


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    with anyio.fail_after(60):
        while not await true():
            await anyio.lowlevel.checkpoint()


async def teachers(world: World, count: int = 3) -> list[str]:
    ids = [world.some(TEACHERS, n) for n in range(count)]
    await world.notice(TEACHERS, *ids)
    return ids


async def leases(world: World) -> int:
    return (await world.links.journal.inbox.counts()).leased


async def test_drain_works_until_nothing_is_due(world: World) -> None:
    for module in world.links.preset.modules:
        await world.notice(module, world.some(module))
    await drain(world.links)
    assert await world.dirty() == 0
    assert all(world.stands(m, world.some(m)) for m in world.links.preset.modules)


async def test_drain_ends_when_a_link_is_paused(world: World) -> None:
    await world.disturb("moodle", TOKEN_REFUSED)
    await teachers(world)
    await drain(world.links)
    assert await world.dirty() == 3


async def test_after_a_pause_one_record_goes_ahead(world: World) -> None:
    await world.disturb("moodle", TOKEN_REFUSED, times=1)
    ids = await teachers(world)
    seen: list[Processed] = []
    worker = Worker(world.links, on_processed=seen.append)
    assert await worker.run_once()
    assert not await worker.run_once()
    world.clock.advance(PAUSE_SECONDS)
    while await worker.run_once():
        pass
    assert [dict(processed.counts) for processed in seen] == [
        {"paused": 3},
        {"inserted": 1},
        {"inserted": 2},
    ]
    assert all(world.stands(TEACHERS, i) for i in ids)
    assert await world.links.journal.links.get("moodle") is None


async def test_a_probe_that_fails_pauses_again_and_costs_no_attempt(world: World) -> None:
    await world.disturb("moodle", TOKEN_REFUSED, times=2)
    await teachers(world)
    worker = Worker(world.links)
    await worker.run_once()
    world.clock.advance(PAUSE_SECONDS)
    await worker.run_once()
    state = await world.links.journal.links.get("moodle")
    assert state is not None and state.pauses == 2
    claim = await world.links.journal.inbox.claim(owner="t", limit=9, lease_seconds=60)
    assert claim is not None and {item.attempts for item in claim.items} == {0}


async def test_a_probe_that_meets_a_fault_of_the_whole_site_does_not_open_the_link(
    world: World,
) -> None:
    await world.disturb("moodle", TOKEN_REFUSED, times=1)
    await world.disturb("moodle", {"kind": "status", "status": 500})
    await teachers(world)
    worker = Worker(world.links)
    await worker.run_once()
    world.clock.advance(PAUSE_SECONDS)
    await worker.run_once()
    state = await world.links.journal.links.get("moodle")
    assert state is not None and state.until == world.clock.now() + PAUSE_SECONDS


async def test_a_probe_whose_record_fails_for_its_own_sake_keeps_the_link_paused_for_nobody(
    world: World,
) -> None:
    await world.disturb("moodle", TOKEN_REFUSED, times=1)
    ids = await teachers(world)
    worker = Worker(world.links)
    await worker.run_once()
    for teacher in ids:
        await world.disturb("moodle", {"kind": "status", "status": 500}, body_contains=teacher)
    world.clock.advance(PAUSE_SECONDS)
    await worker.run_once()
    assert await world.links.journal.links.get("moodle") is None


async def test_a_running_worker_carries_what_comes_in_and_stops_when_told(world: World) -> None:
    worker = Worker(world.links)

    async def clean() -> bool:
        return await world.dirty() == 0

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(worker.run)
        ids = await teachers(world)
        await until(clean)
        worker.stop()
    assert all(world.stands(TEACHERS, i) for i in ids)


async def test_a_graceful_stop_finishes_the_batch_in_hand(world: World) -> None:
    await world.disturb("moodle", {"kind": "latency", "seconds": 0.2})
    ids = await teachers(world)
    worker = Worker(world.links)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(worker.run)

        async def claimed() -> bool:
            return await leases(world) == 3

        await until(claimed)
        worker.stop()
    assert all(world.stands(TEACHERS, i) for i in ids)
    assert await world.dirty() == 0


async def test_a_cancelled_worker_leaves_no_lease_and_costs_no_attempt(world: World) -> None:
    await world.disturb("moodle", {"kind": "latency", "seconds": 60})
    await teachers(world)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(Worker(world.links).run)

        async def claimed() -> bool:
            return await leases(world) == 3

        await until(claimed)
        tasks.cancel_scope.cancel()
    assert await leases(world) == 0
    claim = await world.links.journal.inbox.claim(owner="t", limit=9, lease_seconds=60)
    assert claim is not None and {item.attempts for item in claim.items} == {0}


async def test_a_lease_is_kept_alive_while_its_batch_is_long(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await teachers(world)
    ends: list[float] = []
    extend = world.links.journal.inbox.extend

    async def noted(claim: Any, seconds: float) -> Any:
        claim = await extend(claim, seconds)
        ends.append(claim.lease_until)
        return claim

    monkeypatch.setattr(world.links.journal.inbox, "extend", noted)
    async with held_up(world, "moodle") as wire, anyio.create_task_group() as tasks:
        tasks.start_soon(Worker(world.links, lease_seconds=30).run_once)
        await wire.reached.wait()
        for number in range(1, 11):
            world.clock.advance(10)
            while len(ends) < number:
                await anyio.lowlevel.checkpoint()
            assert await leases(world) == 3
        wire.go_on.set()
    assert ends == [NOW + 30 + 10 * n for n in range(1, 11)]
    assert await world.dirty() == 0


async def test_two_workers_never_have_the_same_record(world: World) -> None:
    for module in world.links.preset.modules:
        await world.notice(module, *sorted(world.crm.records(module))[:10])
    workers = [Worker(world.links) for _ in range(2)]

    async def clean() -> bool:
        return await world.dirty() == 0

    async with anyio.create_task_group() as tasks:
        for worker in workers:
            tasks.start_soon(worker.run)
        await until(clean)
        for worker in workers:
            worker.stop()
    assert await world.dead() == ()
    written = [c["label"] for c in await world.calls("moodle")]
    assert len(written) == len(set(written)) == len(world.links.preset.modules)


@pytest.mark.parametrize("side", ["crm", "moodle"])
async def test_a_worker_that_met_nobody_rests_whatever_comes_in(world: World, side: Side) -> None:
    await world.disturb(side, {"kind": "drop_before"}, times=1)
    ids = await teachers(world)
    seen: list[Processed] = []
    worker = Worker(world.links, on_processed=seen.append)

    async def resting() -> bool:
        return NOW + FAULT_SECONDS in world.clock.wakings

    async def clean() -> bool:
        return await world.dirty() == 0

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(worker.run)
        await until(resting)
        for student in sorted(world.crm.records(STUDENTS))[:3]:
            await world.notice(STUDENTS, student)
        assert await resting() and len(seen) == 1 and await leases(world) == 0
        world.clock.advance(FAULT_SECONDS)
        await until(clean)
        worker.stop()
    assert all(world.stands(TEACHERS, i) for i in ids)
    assert sum(seen[1].counts.values()) == 1, "one record goes ahead"


@pytest.mark.parametrize("fault", [JournalUnavailable("down", reason="x"), ZeroDivisionError()])
async def test_a_worker_outlives_its_journal_and_its_own_bugs(
    world: World, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    ids = await teachers(world)
    claim, faults = world.links.journal.inbox.claim, [fault, fault]

    async def unsteady(**wanted: Any) -> Any:
        if faults:
            raise faults.pop()
        return await claim(**wanted)

    monkeypatch.setattr(world.links.journal.inbox, "claim", unsteady)
    worker = Worker(world.links)

    async def clean() -> bool:
        if faults or world.clock.sleepers == 1:
            world.clock.advance(FAULT_SECONDS)
        return await world.dirty() == 0

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(worker.run)
        await until(clean)
        worker.stop()
    assert all(world.stands(TEACHERS, i) for i in ids)
