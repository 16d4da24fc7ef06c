"""One bad item must not fail its batch: split a refused batch until the bad one stands alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from mzi_bridge.errors import MziError

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")
HOPELESS_PARTS = 4


async def isolate(
    items: Sequence[ItemT],
    call: Callable[[Sequence[ItemT]], Awaitable[Sequence[ResultT]]],
    refusals: tuple[type[MziError], ...],
    *,
    certain: bool = False,
) -> list[ResultT | MziError]:
    """The result, or the refusal, of each item, in order.

    `call` is tried on all of them; if it raises one of `refusals`, on both halves, and so on.
    An item is blamed only when another part went through: a refusal that meets every part
    says nothing about single items and is raised, as is any error not in `refusals`.
    `certain`: these refusals do speak of single items, so an item alone may be blamed.
    """
    results: dict[int, ResultT | MziError] = {}
    parts = [(0, len(items))] if items else []
    went_through = certain
    while parts:
        refused: list[tuple[int, int, MziError]] = []
        for first, end in parts:
            try:
                results.update(enumerate(await call(items[first:end]), start=first))
                went_through = True
            except refusals as refusal:
                refused.append((first, end, refusal))
        smallest = all(end - first == 1 for first, end, _ in refused)
        if refused and not went_through and (smallest or len(parts) >= HOPELESS_PARTS):
            raise refused[0][2]
        results.update({first: error for first, end, error in refused if end - first == 1})
        parts = [
            half for first, end, _ in refused if end - first > 1 for half in _halves(first, end)
        ]
    return [results[place] for place in range(len(items))]


def _halves(first: int, end: int) -> tuple[tuple[int, int], tuple[int, int]]:
    middle = (first + end) // 2
    return (first, middle), (middle, end)
