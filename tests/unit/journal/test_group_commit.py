"""Everyone who waits is committed together, and each is told the truth."""

from __future__ import annotations

from collections.abc import Sequence

import anyio
import pytest

from mzi_bridge.journal import JournalUnavailable
from mzi_bridge.journal.errors import unavailable
from mzi_bridge.journal.group_commit import LARGEST_BATCH, GroupCommit


class Store:
    """Commits slowly; refuses what it is told to refuse."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.refused: dict[str, Exception] = {}
        self.gate = anyio.Event()
        self.gate.set()
        self.slow = 0.0

    async def commit(self, items: Sequence[str]) -> None:
        await self.gate.wait()
        await anyio.sleep(self.slow)
        for item in items:
            if item in self.refused:
                raise self.refused[item]
        self.batches.append(list(items))


async def _submit(group: GroupCommit[str], item: str, told: dict[str, object]) -> None:
    try:
        await group.submit(item)
    except Exception as error:
        told[item] = error
    else:
        told[item] = "committed"


async def test_what_comes_during_a_commit_goes_with_the_next() -> None:
    store, told = Store(), dict[str, object]()
    group = GroupCommit(store.commit)
    store.gate = anyio.Event()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_submit, group, "first", told)
        await anyio.wait_all_tasks_blocked()
        for n in range(10):
            tasks.start_soon(_submit, group, str(n), told)
        await anyio.wait_all_tasks_blocked()
        store.gate.set()

    assert store.batches == [["first"], [str(n) for n in range(10)]]
    assert set(told.values()) == {"committed"}


async def test_those_whom_one_commit_has_answered_share_the_next() -> None:
    store, told = Store(), dict[str, object]()
    group = GroupCommit(store.commit)

    async def again(name: str, steps_away: int) -> None:
        for n in range(4):
            await _submit(group, f"{name}{n}", told)
            for _ in range(steps_away):
                await anyio.lowlevel.checkpoint()

    store.gate = anyio.Event()
    async with anyio.create_task_group() as tasks:
        for name, steps in (("a", 0), ("b", 4), ("c", 8)):
            tasks.start_soon(again, name, steps)
        await anyio.wait_all_tasks_blocked()
        store.slow = 0.05
        store.gate.set()

    assert [sorted(batch) for batch in store.batches] == [
        ["a0", "b0", "c0"],
        ["a1", "b1", "c1"],
        ["a2", "b2", "c2"],
        ["a3", "b3", "c3"],
    ]


async def test_nobody_is_waited_for_longer_than_a_moment() -> None:
    store, told = Store(), dict[str, object]()
    store.slow = 0.05
    group = GroupCommit(store.commit)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_submit, group, "one", told)
        tasks.start_soon(_submit, group, "other", told)
    with anyio.fail_after(5):
        await _submit(group, "late and alone", told)
        await group.close()
    assert store.batches == [["one", "other"], ["late and alone"]]


async def test_a_huge_crowd_is_committed_in_bounded_batches() -> None:
    store, told = Store(), dict[str, object]()
    group = GroupCommit(store.commit)
    async with anyio.create_task_group() as tasks:
        for n in range(LARGEST_BATCH + 1):
            tasks.start_soon(_submit, group, str(n), told)

    assert [len(batch) for batch in store.batches] == [LARGEST_BATCH, 1]


async def test_one_bad_item_fails_alone() -> None:
    store, told = Store(), dict[str, object]()
    store.refused["bad"] = ValueError("cannot be stored")
    group = GroupCommit(store.commit)
    async with anyio.create_task_group() as tasks:
        for item in ("a", "bad", "b"):
            tasks.start_soon(_submit, group, item, told)

    assert told["a"] == told["b"] == "committed"
    assert isinstance(told["bad"], ValueError)


async def test_an_outage_fails_everyone_at_once_each_with_an_error_of_its_own() -> None:
    store, told = Store(), dict[str, object]()
    store.refused["a"] = unavailable("database_full")
    group = GroupCommit(store.commit)
    async with anyio.create_task_group() as tasks:
        for item in ("a", "b", "c"):
            tasks.start_soon(_submit, group, item, told)

    assert store.batches == []
    assert len(set(map(id, told.values()))) == 3
    for error in told.values():
        assert isinstance(error, JournalUnavailable)
        assert error.reason == "database_full"


async def test_a_caller_that_leaves_before_its_commit_is_left_out() -> None:
    store, told = Store(), dict[str, object]()
    group = GroupCommit(store.commit)
    store.gate = anyio.Event()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_submit, group, "first", told)
        await anyio.wait_all_tasks_blocked()
        with anyio.move_on_after(0.01):
            await group.submit("hasty")
        store.gate.set()

    assert store.batches == [["first"]]


async def test_a_caller_that_leaves_during_its_commit_harms_nobody() -> None:
    store, told = Store(), dict[str, object]()
    group = GroupCommit(store.commit)
    store.gate = anyio.Event()
    async with anyio.create_task_group() as tasks:
        with anyio.move_on_after(0.01):
            await group.submit("hasty")
        tasks.start_soon(_submit, group, "patient", told)
        store.gate.set()

    assert store.batches == [["hasty"], ["patient"]]


async def test_after_close_nothing_is_taken() -> None:
    store = Store()
    group = GroupCommit(store.commit)
    await group.submit("a")
    await group.close()

    with pytest.raises(JournalUnavailable) as refused:
        await group.submit("b")

    assert refused.value.reason == "journal_closed"
    assert store.batches == [["a"]]
