"""One bad item must not fail its batch: split a refused batch until the bad one stands alone."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from typing import Generic, TypeVar

from mzi_bridge.errors import MziError

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")
Refusals = tuple[type[MziError], ...]
Pick = Callable[[int], int]
SAMPLES = 4


async def isolate(
    items: Sequence[ItemT],
    call: Callable[[Sequence[ItemT]], Awaitable[Sequence[ResultT]]],
    refusals: Refusals,
    *,
    certain: Refusals = (),
    pick: Pick = random.randrange,
) -> list[ResultT | MziError]:
    """The result, or the refusal, of each item, in order.

    `call` is tried on all of them; if it raises one of `refusals`, on both halves, and so on.
    An item is blamed only when another one went through. When both halves are refused, a few
    single items are tried: if none passes, the refusal says nothing about items and is raised
    (seven calls at the most), as is any error not in `refusals`. Bad items in both halves are
    found all the same, at the latest by another sample at the next try: `pick(n)` draws from
    0 to n - 1. `certain`: those of `refusals` that do speak of items, so that an item alone
    may be blamed.
    """
    return await _Isolation(items, call, refusals, certain, pick).run()


class _Isolation(Generic[ItemT, ResultT]):
    def __init__(
        self,
        items: Sequence[ItemT],
        call: Callable[[Sequence[ItemT]], Awaitable[Sequence[ResultT]]],
        refusals: Refusals,
        certain: Refusals,
        pick: Pick,
    ) -> None:
        self._items = items
        self._call = call
        self._refusals = refusals
        self._certain = certain
        self._pick = pick
        self._went_through = False
        self._results: dict[int, ResultT | MziError] = {}

    async def run(self) -> list[ResultT | MziError]:
        parts = [list(range(len(self._items)))] if self._items else []
        while parts:
            parts = await self._round(parts)
        return [self._results[place] for place in range(len(self._items))]

    async def _round(self, parts: list[list[int]]) -> list[list[int]]:
        """Tries every part; what is left to be tried in halves."""
        refused = [(part, error) for part in parts if (error := await self._try(part))]
        if refused and not self._went_through and len(refused) == len(parts):
            await self._sample(refused, may_halve=len(parts) == 1)
        for part, error in refused:
            if len(part) == 1:
                self._results.setdefault(part[0], error)
        left = [[p for p in part if p not in self._results] for part, _ in refused]
        return [half for part in left for half in _halves(part)]

    async def _try(self, part: list[int]) -> MziError | None:
        try:
            answers = await self._call([self._items[place] for place in part])
        except self._refusals as refusal:
            self._went_through = self._went_through or isinstance(refusal, self._certain)
            return refusal
        self._results.update(zip(part, answers, strict=True))
        self._went_through = True
        return None

    async def _sample(self, refused: list[tuple[list[int], MziError]], *, may_halve: bool) -> None:
        """Looks for one item that goes through. Raises the refusal when there is none."""
        places = [place for part, _ in refused for place in part]
        if may_halve and len(places) > 1:
            return
        blamed: dict[int, MziError] = {}
        if len(refused[0][0]) > 1 or len(refused) < len(places):
            for place in self._drawn(places):
                error = await self._try([place])
                if error is not None:
                    blamed[place] = error
                if self._went_through:
                    self._results.update(blamed)
                    return
        raise refused[0][1]

    def _drawn(self, places: list[int]) -> list[int]:
        """One out of each quarter."""
        quarters = min(SAMPLES, len(places))
        edges = [len(places) * n // quarters for n in range(quarters + 1)]
        return [places[first + self._pick(end - first)] for first, end in pairwise(edges)]


def _halves(part: list[int]) -> list[list[int]]:
    middle = len(part) // 2
    return [half for half in (part[:middle], part[middle:]) if half]
