"""A record that kills, hangs or breaks whatever it is in hand with never blocks the others."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from mzi_bridge.journal.records import Operation
from mzi_bridge.pipeline.process import MOST_CRASHES, STUBBORN_ATTEMPTS, process
from mzi_bridge.pipeline.worker import LONGEST_BATCH_SECONDS, Worker, drain
from tests.support.held_up import held_up
from tests.support.world import World

TEACHERS = "BTEC_Teachers"
REGISTRATIONS = "BTEC_Registrations"
LEASE = 120.0
BROKEN = {"kind": "status", "status": 500}
DROPPED = {"kind": "drop_before"}


async def hired(world: World, count: int) -> list[str]:
    ids = [world.crm.insert(TEACHERS, {"Name": f"Teacher {n}"}) for n in range(count)]
    await world.notice(TEACHERS, *ids)
    return ids


async def work_or_die(world: World, poison: str) -> bool:
    """One batch of a worker that dies with the poison in hand; False when nothing was due."""
    claim = await world.links.journal.inbox.claim(owner="w", limit=200, lease_seconds=LEASE)
    if claim is None:
        return False
    deadly = any(item.record_id == poison for item in claim.items)
    if not deadly or claim.items[0].crashes >= MOST_CRASHES:
        await process(world.links, claim)
    return True


async def test_a_record_that_kills_its_process_ends_as_a_dead_letter_and_all_others_arrive(
    world: World,
) -> None:
    ids = await hired(world, 200)
    poison, rounds, standing = ids[100], 0, []
    while await world.dirty():
        while await work_or_die(world, poison):
            pass
        standing.append(sum(world.stands(TEACHERS, i) for i in ids))
        rounds += 1
        world.clock.advance(LEASE)
        assert rounds <= MOST_CRASHES + 1
    assert standing[:4] == [0, 175, 197, 199], "it stands alone at the fourth claim"
    (letter,) = await world.dead()
    assert (letter.record_id, letter.reason, letter.attempts) == (poison, "poison", 6)


async def test_a_poison_that_is_noticed_again_and_again_still_ends(world: World) -> None:
    ids = await hired(world, 3)
    for _ in range(3 * MOST_CRASHES):
        await world.notice(TEACHERS, ids[0])
        while await work_or_die(world, ids[0]):
            pass
        world.clock.advance(LEASE)
    assert [letter.reason for letter in await world.dead()] == ["poison"]
    assert all(world.stands(TEACHERS, i) for i in ids[1:])


async def test_a_killed_process_alone_makes_nothing_a_poison(world: World) -> None:
    ids = await hired(world, 40)
    for _ in range(MOST_CRASHES - 1):
        await world.links.journal.inbox.claim(owner="killed", limit=200, lease_seconds=LEASE)
        world.clock.advance(LEASE)
    await world.work()
    assert all(world.stands(TEACHERS, i) for i in ids)
    assert await world.dead() == ()


async def test_a_retried_poison_starts_anew(world: World) -> None:
    ids = await hired(world, 1)
    while await world.dirty():
        while await work_or_die(world, ids[0]):
            pass
        world.clock.advance(LEASE)
    assert await world.links.journal.dead.retry() == 1
    await world.work()
    assert world.stands(TEACHERS, ids[0])


async def test_a_call_that_never_ends_is_given_up_and_its_batch_goes_in_smaller_pieces(
    world: World,
) -> None:
    ids = await hired(world, 20)
    async with held_up(world, "moodle") as wire, anyio.create_task_group() as tasks:
        worker = Worker(world.links, lease_seconds=LEASE)
        tasks.start_soon(worker.run_once)
        await wire.reached.wait()
        world.clock.advance(LONGEST_BATCH_SECONDS)
    assert not any(world.stands(TEACHERS, i) for i in ids)
    world.clock.advance(LEASE)
    claim = await world.links.journal.inbox.claim(owner="w", limit=16, lease_seconds=LEASE)
    assert claim is not None and len(claim.items) == 2
    await world.links.journal.inbox.release(claim)
    await world.work()
    assert all(world.stands(TEACHERS, i) for i in ids)


async def test_rows_that_break_moodle_in_every_quarter_keep_no_good_row_from_arriving(
    world: World,
) -> None:
    ids = await hired(world, 64)
    bad = ids[5::8]
    for record_id in bad:
        await world.disturb("moodle", BROKEN, body_contains=record_id)
    for _ in range(3):
        await world.work()
        world.clock.advance(60)
    assert [i for i in ids if not world.stands(TEACHERS, i)] == bad
    assert await world.dirty() == len(bad)


@pytest.mark.parametrize("fault", [DROPPED, {"kind": "html"}])
async def test_a_row_that_hangs_moodle_or_breaks_its_answer_blocks_its_batch_for_a_minute_only(
    world: World, fault: dict[str, Any]
) -> None:
    ids = await hired(world, 30)
    await world.disturb("moodle", fault, body_contains=ids[7])
    for _ in range(STUBBORN_ATTEMPTS + 2):
        await world.work()
        world.clock.advance(40)
    assert [i for i in ids if not world.stands(TEACHERS, i)] == [ids[7]]


@pytest.mark.parametrize("fault", [BROKEN, {"kind": "truncated"}])
async def test_a_record_that_the_crm_cannot_show_blocks_no_other(
    world: World, fault: dict[str, Any]
) -> None:
    teachers = await hired(world, 30)
    registrations = [world.some(REGISTRATIONS, n) for n in range(3)]
    await world.notice(REGISTRATIONS, *registrations)
    await world.disturb("crm", fault, query_contains=teachers[7])
    await world.disturb("crm", fault, path_contains=registrations[0])
    for _ in range(STUBBORN_ATTEMPTS + 2):
        await world.work()
        world.clock.advance(40)
    assert [i for i in teachers if not world.stands(TEACHERS, i)] == [teachers[7]]
    assert [world.stands(REGISTRATIONS, i) for i in registrations] == [False, True, True]


@pytest.mark.parametrize("side", ["crm", "moodle"])
async def test_an_outage_costs_few_calls_a_batch(world: World, side: Any) -> None:
    ids = await hired(world, 100)
    await world.disturb(side, BROKEN)
    tries = 6
    for _ in range(tries):
        await world.work()
        due = await world.links.journal.inbox.next_due()
        assert due is not None
        world.clock.set(max(due, world.clock.now()) + 14_400)
    broken = [c for c in await world.calls(side) if c["status"] == 500]
    assert len(broken) <= 7 * tries + 1
    await world.behave(side)
    await world.work()
    assert all(world.stands(TEACHERS, i) for i in ids)


# A process that stood still


async def test_a_process_that_stood_still_longer_than_its_lease_writes_nothing_of_others(
    world: World,
) -> None:
    """Stopped after it has read v1; meanwhile another reads and writes v2."""
    ids = await hired(world, 3)
    async with (
        held_up(world, "crm", TEACHERS, answered=True) as wire,
        anyio.create_task_group() as tasks,
    ):
        claim = await world.links.journal.inbox.claim(owner="a", limit=9, lease_seconds=LEASE)
        assert claim is not None
        tasks.start_soon(process, world.links, claim)
        await wire.reached.wait()
        world.clock.advance(LEASE)
        world.edit(TEACHERS, ids[0], Phone_Number="+962 6 555 0101")
        await drain(world.links)
        await world.forget_calls("moodle")
        wire.go_on.set()
    assert await world.calls("moodle") == []
    row = world.row(TEACHERS, ids[0])
    assert row is not None and row["phone"] == "+962 6 555 0101"
    assert await world.dirty() == 0


async def test_a_stale_write_of_a_stopped_process_is_refused_and_settles_nothing(
    world: World,
) -> None:
    """Stopped with the write on its way: only the plugin can tell then."""
    (teacher,) = await hired(world, 1)
    async with held_up(world, "moodle") as wire, anyio.create_task_group() as tasks:
        claim = await world.links.journal.inbox.claim(owner="a", limit=9, lease_seconds=LEASE)
        assert claim is not None
        tasks.start_soon(process, world.links, claim)
        await wire.reached.wait()
        world.clock.advance(LEASE)
        world.edit(TEACHERS, teacher, Phone_Number="+962 6 555 0101")
        await drain(world.links)
        await world.notice(TEACHERS, teacher)
        wire.go_on.set()
    row = world.row(TEACHERS, teacher)
    assert row is not None and row["phone"] == "+962 6 555 0101"
    assert await world.dirty() == 1, "the newer notice is not settled by the old batch"


# An effect without its answer


async def test_a_write_whose_answer_was_lost_is_settled_once_as_unchanged(world: World) -> None:
    ids = await hired(world, 3)
    await world.disturb("moodle", {"kind": "lost_reply"}, times=1)
    seen: list[dict[str, int]] = []
    worker = Worker(world.links, on_processed=lambda p: seen.append(dict(p.counts)))
    await worker.run_once()
    assert all(world.stands(TEACHERS, i) for i in ids)
    world.clock.advance(10)
    await worker.run_once()
    assert seen == [{"retry": 3}, {"unchanged": 3}]
    assert await world.dirty() == 0 and await world.dead() == ()


async def test_a_deletion_whose_answer_was_lost_is_settled_once(world: World) -> None:
    (teacher,) = await hired(world, 1)
    await world.work()
    world.clock.advance(5)
    world.crm.delete(TEACHERS, teacher)
    await world.notice(TEACHERS, teacher, operation=Operation.DELETE)
    await world.disturb("moodle", {"kind": "lost_reply"}, times=1)
    await world.work()
    tombstone = world.row(TEACHERS, teacher)
    world.clock.advance(10)
    await world.work()
    assert world.row(TEACHERS, teacher) == tombstone and not world.stands(TEACHERS, teacher)
    assert await world.dirty() == 0


async def test_a_read_whose_answer_was_lost_is_asked_again_and_written_once(world: World) -> None:
    (teacher,) = await hired(world, 1)
    await world.disturb("crm", {"kind": "lost_reply"}, times=1, path_contains=TEACHERS)
    await world.work()
    world.clock.advance(10)
    await world.work()
    assert world.stands(TEACHERS, teacher)
    assert len(await world.calls("moodle")) == 1
