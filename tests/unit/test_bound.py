"""What is bound to the work in hand."""

from __future__ import annotations

import anyio

from mzi_bridge.bound import binding, bound


def test_it_holds_within_the_block_over_what_was_bound_before() -> None:
    with binding(event_ids=["a"], module="M"):
        with binding(event_ids=["b"]):
            assert bound() == {"event_ids": ["b"], "module": "M"}
        assert bound() == {"event_ids": ["a"], "module": "M"}
    assert bound() == {}


async def test_two_works_at_once_know_only_their_own() -> None:
    seen: dict[str, object] = {}
    both = [anyio.Event(), anyio.Event()]

    async def work(number: int) -> None:
        with binding(event_ids=[number]):
            both[number].set()
            await both[1 - number].wait()
            seen[str(number)] = bound()["event_ids"]

    async with anyio.create_task_group() as tasks:
        for number in (0, 1):
            tasks.start_soon(work, number)
    assert seen == {"0": [0], "1": [1]}


async def test_a_task_bears_what_was_bound_where_it_was_started() -> None:
    seen: list[object] = []

    async def task() -> None:
        seen.append(dict(bound()))

    async with anyio.create_task_group() as tasks:
        with binding(module="M"):
            tasks.start_soon(task)
    assert seen == [{"module": "M"}]
