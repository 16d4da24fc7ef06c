"""A call that waits on its way until a test lets it go on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
from starlette.types import Message, Receive, Scope, Send

from tests.support.world import Side, World


@dataclass
class HeldUp:
    """`reached` once the first call is there; it goes on when `go_on` is set."""

    reached: anyio.Event = field(default_factory=anyio.Event)
    go_on: anyio.Event = field(default_factory=anyio.Event)


@asynccontextmanager
async def held_up(
    world: World, side: Side, path_contains: str = "", *, answered: bool = False
) -> AsyncIterator[HeldUp]:
    """The first call of `side` under that path is held up: before it takes effect, or, with
    `answered`, its answer on the way back."""
    wire = HeldUp()
    host = f"{side}.test"
    app = world.wires.apps[host]

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        if wire.reached.is_set() or path_contains not in scope["path"]:
            await app(scope, receive, send)
            return
        wire.reached.set()
        if answered:
            messages: list[Message] = []

            async def keep(message: Message) -> None:
                messages.append(message)

            await app(scope, receive, keep)
            await wire.go_on.wait()
            for message in messages:
                await send(message)
        else:
            await wire.go_on.wait()
            await app(scope, receive, send)

    world.wires.apps[host] = slow
    try:
        yield wire
    finally:
        world.wires.apps[host] = app
