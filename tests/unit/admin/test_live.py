"""What renews itself: parts as server-sent events, over when the session is."""

from __future__ import annotations

import anyio
import pytest

from mzi_bridge.admin.live import EVERY_SECONDS, STREAM_SECONDS
from mzi_bridge.admin.streams import MOST, Streams
from mzi_bridge.journal.sessions import Role, session_name
from tests.support.console import Visitor
from tests.support.world import World

LIVE = ["/live", "/sync/live", "/drift/live"]


async def moved(world: World, sleepers: int, seconds: float) -> None:
    """Lets time pass once somebody waits for it."""
    await slept(world, sleepers)
    world.clock.advance(seconds)


async def slept(world: World, before: int) -> None:
    """Until one more waits for its time than before."""
    with anyio.fail_after(20):
        while world.clock.sleepers <= before:  # noqa: ASYNC110
            await anyio.sleep(0.005)


async def listened(visitor: Visitor, path: str, answers: list[str]) -> None:
    answers.append((await visitor.get(path)).text)


@pytest.mark.parametrize("path", LIVE)
async def test_a_part_comes_again_and_again_until_the_stream_ends(
    visitor: Visitor, world: World, path: str
) -> None:
    await visitor.as_role(Role.VIEWER)
    answers: list[str] = []
    before = world.clock.sleepers
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(listened, visitor, path, answers)
        for _ in range(round(STREAM_SECONDS / EVERY_SECONDS)):
            await moved(world, before, EVERY_SECONDS)
    assert answers[0].count("event: part") == STREAM_SECONDS / EVERY_SECONDS
    assert "event: end" not in answers[0]
    assert all(
        line.startswith(("data:", "event:", "retry:")) or not line
        for line in answers[0].split("\n")
    )


async def test_a_stream_ends_with_its_session(visitor: Visitor, world: World) -> None:
    await visitor.as_role(Role.VIEWER)
    answers: list[str] = []
    before = world.clock.sleepers
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(listened, visitor, "/live", answers)
        await slept(world, before)
        await visitor.sessions.revoke(session_name(visitor.session_token() or ""))
        world.clock.advance(EVERY_SECONDS)
    assert answers[0].count("event: part") == 1
    assert answers[0].rstrip().endswith("event: end\ndata:")


def test_streams_are_counted() -> None:
    streams = Streams()
    assert all(streams.enter() for _ in range(MOST))
    assert not streams.enter()
    streams.leave()
    assert streams.enter()
