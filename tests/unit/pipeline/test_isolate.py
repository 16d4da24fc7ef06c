from __future__ import annotations

from collections.abc import Sequence

import pytest

from mzi_bridge.errors import ContractError, MziError, RetryLater
from mzi_bridge.pipeline.isolate import isolate


class Refusal(ContractError):
    pass


class Taker:
    """Takes a batch unless a bad item is in it; counts the calls."""

    def __init__(self, bad: set[int], error: MziError | None = None) -> None:
        self.bad = bad
        self.calls = 0
        self.error = error or Refusal("no", reason="no")

    async def __call__(self, items: Sequence[int]) -> list[int]:
        self.calls += 1
        if self.bad & set(items):
            raise self.error
        return [item * 10 for item in items]


async def test_a_good_batch_is_one_call() -> None:
    taker = Taker(bad=set())
    assert await isolate([1, 2, 3], taker, (Refusal,)) == [10, 20, 30]
    assert taker.calls == 1


async def test_no_items_no_call() -> None:
    taker = Taker(bad=set())
    assert await isolate([], taker, (Refusal,)) == []
    assert taker.calls == 0


@pytest.mark.parametrize("bad", [{0}, {7}, {99}, {3, 50}])
async def test_only_the_bad_items_are_refused(bad: set[int]) -> None:
    taker = Taker(bad)
    results = await isolate(list(range(100)), taker, (Refusal,))
    for item, result in enumerate(results):
        assert isinstance(result, Refusal) if item in bad else result == item * 10
    assert taker.calls <= 1 + 2 * 7 * len(bad)


async def test_another_error_stops_at_once() -> None:
    taker = Taker({5}, RetryLater("later", reason="later"))
    with pytest.raises(RetryLater):
        await isolate(list(range(100)), taker, (Refusal,))
    assert taker.calls == 1


async def test_a_refusal_that_meets_every_part_blames_no_item() -> None:
    taker = Taker(set(range(100)))
    with pytest.raises(Refusal):
        await isolate(list(range(100)), taker, (Refusal,))
    assert taker.calls == 7


async def test_an_item_alone_is_blamed_only_by_a_refusal_that_speaks_of_items() -> None:
    with pytest.raises(Refusal):
        await isolate([1], Taker({1}), (Refusal,))
    [refusal] = await isolate([1], Taker({1}), (Refusal,), certain=(Refusal,))
    assert isinstance(refusal, Refusal)
