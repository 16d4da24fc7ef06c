from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest
from msgspec.structs import replace

from mzi_bridge.errors import PauseLink
from mzi_bridge.journal.journal import Journal
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.pause import (
    LONGEST_SECONDS,
    PAUSE_SECONDS,
    PROBE_SECONDS,
    LinkPaused,
    ModulePaused,
)
from mzi_bridge.pipeline.sync import Mode, sync, sync_module
from mzi_bridge.pipeline.worker import Worker
from tests.support.world import World

TEACHERS = "BTEC_Teachers"
PAYMENTS = "BTEC_Payments"
CLASSES = "BTEC_Classes"
HOUR = 3600.0


def crm_says(code: str, status: int = 403) -> dict[str, Any]:
    body = f'{{"code":"{code}","status":"error","message":"x","details":{{}}}}'
    return {"kind": "status", "status": status, "body": body}


def moodle_says(errorcode: str) -> dict[str, Any]:
    body = f'{{"exception":"x","errorcode":"{errorcode}","message":"No."}}'
    return {"kind": "status", "status": 200, "body": body}


async def some_dirty(world: World, *modules: str, count: int = 3) -> Mapping[str, list[str]]:
    ids = {module: [world.some(module, n) for n in range(count)] for module in modules}
    for module, its in ids.items():
        await world.notice(module, *its)
    return ids


async def attempts(world: World) -> set[int]:
    claims = []
    while claim := await world.links.journal.inbox.claim(owner="t", limit=9, lease_seconds=60):
        claims.append(claim)
    return {item.attempts for claim in claims for item in claim.items}


async def module_pause(world: World, module: str) -> Any:
    return await world.links.journal.links.get(f"module:{module}")


async def alarms(world: World) -> set[tuple[str, str]]:
    return {(alarm.kind, alarm.subject) for alarm in await world.links.journal.alarms.list()}


@asynccontextmanager
async def another_process(world: World) -> AsyncIterator[Links]:
    """The same bridge with a journal of its own on the same database."""
    url = world.settings.database_url.get_secret_value()
    async with Journal.open(url, clock=world.clock) as journal:
        yield replace(world.links, journal=journal)


# One module


@pytest.mark.parametrize("code", ["NO_PERMISSION", "INVALID_MODULE", "ODD_REFUSAL"])
async def test_a_module_that_the_crm_refuses_is_paused_alone_and_no_attempt_is_counted(
    world: World, code: str
) -> None:
    await world.disturb("crm", crm_says(code), path_contains=TEACHERS)
    ids = await some_dirty(world, TEACHERS, PAYMENTS)
    await world.work()
    assert all(world.stands(PAYMENTS, i) for i in ids[PAYMENTS])
    assert await world.dirty() == 3
    assert await world.links.journal.links.get("zoho") is None
    assert await alarms(world) == {("module_paused", TEACHERS)}
    world.clock.advance(PAUSE_SECONDS)
    assert await attempts(world) == {0}


async def test_a_paused_module_is_probed_with_one_record_then_resumed(world: World) -> None:
    await world.disturb("crm", crm_says("NO_PERMISSION"), path_contains=TEACHERS)
    ids = await some_dirty(world, TEACHERS)
    await world.work()
    await world.behave("crm")
    await world.forget_calls("moodle")
    await world.work()
    assert await world.dirty() == 3, "nothing is tried before its time"
    world.clock.advance(PAUSE_SECONDS)
    await world.work()
    assert all(world.stands(TEACHERS, i) for i in ids[TEACHERS])
    assert len(await world.calls("moodle")) == 2
    assert await module_pause(world, TEACHERS) is None
    assert await alarms(world) == set()


async def test_a_module_refused_for_days_buries_nothing_and_costs_few_calls(world: World) -> None:
    await world.disturb("crm", crm_says("NO_PERMISSION"), path_contains=TEACHERS)
    ids = await some_dirty(world, TEACHERS)
    for _ in range(4 * 24):
        await world.work()
        world.clock.advance(HOUR)
    assert await world.dead() == ()
    asked = [c for c in await world.calls("crm") if TEACHERS in c["path"]]
    assert len(asked) < 4 * 24 * 2 + 10, "the record and the module, once an hour"
    await world.behave("crm")
    await world.work()
    assert all(world.stands(TEACHERS, i) for i in ids[TEACHERS])


async def test_one_record_that_the_crm_refuses_pauses_nothing(world: World) -> None:
    ids = (await some_dirty(world, TEACHERS, count=5))[TEACHERS]
    await world.disturb("crm", crm_says("NO_PERMISSION"), query_contains=ids[2])
    await world.work()
    assert [world.stands(TEACHERS, i) for i in ids] == [True, True, False, True, True]
    (letter,) = await world.dead()
    assert (letter.record_id, letter.reason) == (ids[2], "no_permission")
    assert await module_pause(world, TEACHERS) is None


async def test_a_refused_record_alone_blocks_no_other_that_comes_later(world: World) -> None:
    ids = [world.some(TEACHERS, n) for n in range(3)]
    await world.disturb("crm", crm_says("NO_PERMISSION"), query_contains=ids[0])
    await world.notice(TEACHERS, ids[0])
    await world.work()
    assert await module_pause(world, TEACHERS) is None
    await world.notice(TEACHERS, *ids[1:])
    await world.work()
    assert all(world.stands(TEACHERS, i) for i in ids[1:])


@pytest.mark.parametrize("word", ["accessexception", "nopermissions", "invalidrecord"])
async def test_a_function_that_moodle_lacks_pauses_its_module_only(world: World, word: str) -> None:
    await world.disturb("moodle", moodle_says(word), body_contains="local_mzi_upsert_teachers")
    ids = await some_dirty(world, TEACHERS, PAYMENTS)
    await world.work()
    assert all(world.stands(PAYMENTS, i) for i in ids[PAYMENTS])
    assert await world.links.journal.links.get("moodle") is None
    assert await module_pause(world, TEACHERS) is not None
    await world.behave("moodle")
    world.clock.advance(PAUSE_SECONDS)
    await world.work()
    assert all(world.stands(TEACHERS, i) for i in ids[TEACHERS])


async def test_a_refusal_of_all_functions_pauses_the_link(world: World) -> None:
    await world.disturb("moodle", moodle_says("accessexception"))
    await some_dirty(world, TEACHERS, PAYMENTS)
    await world.work()
    assert await world.dirty() == 6
    assert await world.links.journal.links.get("moodle") is not None
    assert await module_pause(world, TEACHERS) is None
    assert await alarms(world) == {("link_paused", "moodle")}


# A side


@pytest.mark.parametrize(
    ("side", "fault"),
    [
        ("moodle", moodle_says("invalidtoken")),
        ("moodle", {"kind": "maintenance"}),
        ("crm", {"kind": "status", "status": 429, "headers": {"X-API-CREDITS-REMAINING": "0"}}),
    ],
)
async def test_an_outage_of_a_day_costs_a_call_an_hour_and_no_attempt(
    world: World, side: Any, fault: dict[str, Any]
) -> None:
    await world.disturb(side, fault)
    ids = await some_dirty(world, TEACHERS, PAYMENTS)
    for _ in range(24 * 12):
        await world.work()
        world.clock.advance(300)
    refused = [c for c in await world.calls(side) if "oauth" not in c["path"]]
    assert len(refused) <= 24 + 8
    await world.notice(CLASSES, world.some(CLASSES))
    assert await world.dirty() == 7, "notices are taken in all the while"
    await world.behave(side)
    world.clock.advance(LONGEST_SECONDS)
    assert await attempts(world) == {0}
    world.clock.advance(120)
    await world.work()
    assert all(world.stands(m, i) for m, its in ids.items() for i in its)
    assert await alarms(world) == set()


async def test_pauses_in_a_row_double_up_to_an_hour(world: World) -> None:
    await world.disturb("moodle", moodle_says("invalidtoken"))
    await some_dirty(world, TEACHERS)
    waits = []
    for _ in range(9):
        await world.work()
        state = await world.links.journal.links.get("moodle")
        assert state is not None
        waits.append(state.until - world.clock.now())
        world.clock.set(state.until)
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


async def test_two_processes_never_both_probe(world: World) -> None:
    await world.disturb("moodle", {"kind": "maintenance"}, times=1)
    await some_dirty(world, TEACHERS, PAYMENTS)
    await world.work()
    await world.forget_calls("moodle")
    await world.disturb("moodle", {"kind": "latency", "seconds": 0.2}, times=1)
    await world.disturb("moodle", {"kind": "maintenance"})
    world.clock.advance(PAUSE_SECONDS)
    async with another_process(world) as other, anyio.create_task_group() as tasks:
        for links in (world.links, world.links, other, other):
            tasks.start_soon(Worker(links).run_once)
    assert len(await world.calls("moodle")) == 1
    state = await world.links.journal.links.get("moodle")
    assert state is not None and (state.pauses, state.until - world.clock.now()) == (2, 120)


async def test_two_workers_never_both_probe_a_module(world: World) -> None:
    await world.disturb("crm", crm_says("NO_PERMISSION"), path_contains=TEACHERS)
    await some_dirty(world, TEACHERS)
    await world.work()
    await world.forget_calls("crm")
    world.clock.advance(PAUSE_SECONDS)
    async with another_process(world) as other, anyio.create_task_group() as tasks:
        for links in (world.links, world.links, other, other):
            tasks.start_soon(Worker(links).run_once)
    asked = [c for c in await world.calls("crm") if TEACHERS in c["path"]]
    assert len(asked) == 2, "the record and the module"
    assert (await module_pause(world, TEACHERS)).pauses == 2


async def test_batches_that_meet_the_same_outage_are_one_pause(world: World) -> None:
    await world.disturb("moodle", {"kind": "latency", "seconds": 0.1})
    await world.disturb("moodle", {"kind": "maintenance"})
    await some_dirty(world, TEACHERS, PAYMENTS, CLASSES)
    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(Worker(world.links).run_once)
    state = await world.links.journal.links.get("moodle")
    assert state is not None and state.pauses == 1
    assert state.until - world.clock.now() == PAUSE_SECONDS


async def test_a_prober_that_dies_hands_the_probe_on(world: World) -> None:
    await world.disturb("moodle", {"kind": "maintenance"}, times=1)
    ids = await some_dirty(world, TEACHERS)
    await world.work()
    world.clock.advance(PAUSE_SECONDS)
    assert await world.links.journal.links.take_probe("moodle", PROBE_SECONDS)
    await world.work()
    assert await world.dirty() == 3
    world.clock.advance(PROBE_SECONDS)
    await world.work()
    assert all(world.stands(TEACHERS, i) for i in ids[TEACHERS])


@pytest.mark.parametrize("side", ["zoho", "moodle"])
async def test_a_pause_ends_even_if_nothing_is_dirty(world: World, side: str) -> None:
    await world.links.journal.links.pause(side, "quota", world.clock.now() + 60)
    world.clock.advance(60)
    await world.work()
    assert await world.links.journal.links.get(side) is None


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
async def test_a_clock_that_jumps_an_hour_ends_no_pause_later_than_an_hour(
    world: World, jump: float
) -> None:
    await world.disturb("moodle", {"kind": "maintenance"}, times=1)
    await world.disturb("crm", crm_says("NO_PERMISSION"), path_contains=PAYMENTS)
    ids = await some_dirty(world, TEACHERS, PAYMENTS)
    await world.work()
    world.clock.set(world.clock.now() + jump)
    await world.behave("crm")
    for _ in range(60):
        await world.work()
        world.clock.advance(60)
    assert all(world.stands(m, i) for m, its in ids.items() for i in its)
    assert await world.dead() == ()


# Syncs


async def test_a_sync_asks_nothing_while_a_link_is_paused(world: World) -> None:
    await world.links.journal.links.pause("moodle", "maintenance", world.clock.now() + 60)
    with pytest.raises(LinkPaused) as paused:
        await sync_module(world.links, TEACHERS, Mode.FULL)
    assert (paused.value.link, paused.value.retry_after) == ("moodle", 60.0)
    assert await world.calls("crm") == await world.calls("moodle") == []
    world.clock.advance(60)
    assert (await sync_module(world.links, TEACHERS, Mode.FULL)).done
    assert await world.links.journal.links.get("moodle") is None


async def test_a_sync_that_meets_maintenance_pauses_the_link_for_all(world: World) -> None:
    await world.disturb("moodle", {"kind": "maintenance"})
    await some_dirty(world, PAYMENTS)
    with pytest.raises(PauseLink):
        await sync(world.links, [TEACHERS], Mode.FULL)
    await world.forget_calls("moodle")
    await world.work()
    assert await world.calls("moodle") == []
    state = await world.links.journal.links.get("moodle")
    assert state is not None and state.pauses == 1


async def test_a_sync_of_a_refused_module_pauses_it_and_others_go_on(world: World) -> None:
    await world.disturb("crm", crm_says("NO_PERMISSION"), path_contains=TEACHERS)
    results = await sync(world.links, [TEACHERS, PAYMENTS], Mode.FULL)
    assert results[PAYMENTS].done
    again = await sync(world.links, [TEACHERS], Mode.FULL)
    assert isinstance(again[TEACHERS].error, ModulePaused)
    await world.behave("crm")
    world.clock.advance(PAUSE_SECONDS)
    assert (await sync(world.links, [TEACHERS], Mode.FULL))[TEACHERS].done
    assert await module_pause(world, TEACHERS) is None


async def test_a_walk_stops_between_two_pages_when_a_side_was_found_out_of_reach(
    world: World,
) -> None:
    for n in range(1450):
        world.crm.insert(TEACHERS, {"Name": f"Teacher {n}"})
    told = []

    async def pause_at_once() -> None:
        await world.links.journal.links.pause("zoho", "token_refused", world.clock.now() + 60)

    async with anyio.create_task_group() as tasks:

        def report(progress: Any) -> None:
            told.append(progress)
            tasks.start_soon(pause_at_once)

        with pytest.raises(LinkPaused):
            await sync_module(world.links, TEACHERS, Mode.FULL, report=report)
    assert told[-1].pages < 6, "what was read ahead, and no more"
    world.clock.advance(60)
    progress = await sync_module(world.links, TEACHERS, Mode.FULL)
    assert progress.counts == {"inserted": len(world.crm.records(TEACHERS))}
