"""A pusher that dies anywhere leaves one record, each file once, and an id that Moodle knows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal

import pytest

from mzi_bridge.pipeline.hold import LEASE_SECONDS
from tests.support.asked import ask, known_as, records
from tests.support.told import dead, found, graded, pushed, tell
from tests.support.world import World

Moment = Literal["before", "after"]
FILES = [("one.pdf", b"%PDF one"), ("two.pdf", b"%PDF two")]
CALLS = 8
"""Insert, confirmation, list of files, twice a file's content and its upload; the token."""
STEPS = ("sending", "step", "settle")


class Killed(BaseException):
    """Nothing catches it: what was in hand stays where it was."""


def die_at_call(world: World, number: int, moment: Moment) -> None:
    """The bridge's wire to a side breaks with the process, at its `number`th call."""
    wires, left = world.wires, [number]
    real = wires.handle_async_request

    async def call(request: Any) -> Any:
        left[0] -= 1
        if left[0] == 0 and moment == "before":
            raise Killed
        answer = await real(request)
        if left[0] == 0:
            raise Killed
        return answer

    wires.handle_async_request = call  # type: ignore[method-assign]


def die_at_step(
    world: World, patch: pytest.MonkeyPatch, name: str, number: int, moment: Moment
) -> None:
    """The process dies at the `number`th commit of this kind."""
    real: Callable[..., Awaitable[Any]] = getattr(world.links.journal.pushes, name)
    left = [number]

    async def commit(*args: Any) -> Any:
        left[0] -= 1
        if left[0] == 0 and moment == "before":
            raise Killed
        done = await real(*args)
        if left[0] == 0:
            raise Killed
        return done

    patch.setattr(world.links.journal.pushes, name, commit)


async def live_on(world: World) -> None:
    """Dies if it must; then others go on, each when the lease of the one before has run out."""
    for _ in range(6):
        try:
            await pushed(world)
        except Killed:
            pass
        except BaseExceptionGroup as group:
            _, others = group.split(Killed)
            assert others is None
        world.clock.advance(LEASE_SECONDS + 1)


async def owe(world: World) -> str:
    """A request with two files, and a grade."""
    mark = await ask(world, files=FILES)
    await tell(world, "user_graded", graded(world))
    return mark


async def judge(world: World, mark: str) -> None:
    (record,) = records(world, mark)
    assert known_as(world, mark) == record.id
    contents = sorted(file.content for file in record.attachments.values())
    assert contents == [content for _, content in FILES]
    assert len(found(world)) == 1
    assert await dead(world) == []
    assert (await world.links.journal.pushes.counts()).due == 0


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("number", range(1, CALLS + 4))
async def test_dead_at_any_call(world: World, number: int, moment: Moment) -> None:
    mark = await owe(world)
    die_at_call(world, number, moment)
    await live_on(world)
    await judge(world, mark)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("name", STEPS)
async def test_dead_at_any_commit(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str, number: int, moment: Moment
) -> None:
    mark = await owe(world)
    die_at_step(world, monkeypatch, name, number, moment)
    await live_on(world)
    await judge(world, mark)
