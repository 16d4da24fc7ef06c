from __future__ import annotations

from typing import Any

import httpx2

from mzi_bridge.pipeline.deleted_list import (
    CURSOR,
    OVERLAP_SECONDS,
    begin_deletions,
    deleted_since,
    follow_deletions,
)
from tests.support.world import World

TEACHERS = "BTEC_Teachers"


def fire(world: World, count: int) -> list[str]:
    hired = [world.crm.insert(TEACHERS, {"Name": f"Teacher {n}"}) for n in range(count)]
    for teacher in hired:
        world.crm.delete(TEACHERS, teacher)
    return hired


async def cursor(world: World) -> int:
    value = await world.links.journal.cursors.get(TEACHERS, CURSOR)
    return 0 if value is None else int(value)


async def test_the_first_look_is_someone_elses_to_begin(world: World) -> None:
    assert not await follow_deletions(world.links, TEACHERS)
    await begin_deletions(world.links, TEACHERS, int(world.clock.now()) - 60)
    assert await follow_deletions(world.links, TEACHERS)


async def test_the_cursor_moves_behind_what_was_marked(world: World) -> None:
    now = int(world.clock.now())
    gone = fire(world, 3)
    await begin_deletions(world.links, TEACHERS, now - 60)
    assert now - OVERLAP_SECONDS - 5 <= await cursor(world) <= now - OVERLAP_SECONDS
    claim = await world.links.journal.inbox.claim(owner="test", limit=10, lease_seconds=60)
    assert claim is not None
    assert {(item.record_id, item.deleted_at_ms) for item in claim.items} == {
        (record_id, now * 1000) for record_id in gone
    }


async def test_pages_are_all_read(world: World) -> None:
    gone = fire(world, 450)
    listed = await deleted_since(world.links, TEACHERS, None)
    assert listed.is_whole and set(listed.deleted_at) == set(gone)


async def test_records_restored_while_the_list_is_read_hide_no_other(world: World) -> None:
    gone = fire(world, 450)

    async def restore_some(request: httpx2.Request, response: httpx2.Response) -> httpx2.Response:
        if request.url.path.endswith("/deleted") and request.url.params.get("page") == "1":
            # Of the first page, the newest: all later ones move up.
            for record_id in gone[-5:]:
                if world.crm.get(TEACHERS, record_id) is None:
                    world.crm.restore(TEACHERS, record_id)
        return response

    world.wires.rewrite = restore_some
    listed = await deleted_since(world.links, TEACHERS, None)
    assert listed.is_whole
    assert set(listed.deleted_at) >= set(gone[:-5])


async def test_a_list_that_never_settles_does_not_move_the_cursor(world: World) -> None:
    gone = fire(world, 450)
    await world.links.journal.cursors.set(TEACHERS, CURSOR, "5")
    passes: list[int] = []

    async def another(request: httpx2.Request, response: httpx2.Response) -> Any:
        if request.url.path.endswith("/deleted") and request.url.params.get("page") == "1":
            passes.append(len(passes))
            fire(world, 1)
        return response

    world.wires.rewrite = another
    assert await follow_deletions(world.links, TEACHERS)
    assert await cursor(world) == 5
    assert await world.dirty() >= len(gone)
