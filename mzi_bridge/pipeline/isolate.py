"""One bad item must not fail its batch: halve a refused batch until the bad one stands alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from mzi_bridge.errors import MziError

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


async def isolate(
    items: Sequence[ItemT],
    call: Callable[[Sequence[ItemT]], Awaitable[Sequence[ResultT]]],
    refusals: tuple[type[MziError], ...],
) -> list[ResultT | MziError]:
    """The result, or the refusal, of each item, in order.

    `call` is tried on all of them; if it raises one of `refusals`, on each half, and so on.
    Any other error is raised at once: it says nothing about single items.
    """
    if not items:
        return []
    try:
        return list(await call(items))
    except refusals as refusal:
        if len(items) == 1:
            return [refusal]
    middle = len(items) // 2
    first = await isolate(items[:middle], call, refusals)
    return first + await isolate(items[middle:], call, refusals)
