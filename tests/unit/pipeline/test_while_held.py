"""A lock is kept while its work lasts; work whose lock is lost is stopped."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import anyio
import pytest

from mzi_bridge.errors import PauseLink
from mzi_bridge.journal import Journal
from mzi_bridge.journal.errors import unavailable
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.while_held import RENEWALS, LockLost, while_held
from tests.support.clock import ManualClock
from tests.support.databases import fresh_database

SECONDS = 60.0


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    async with fresh_database("sqlite", tmp_path) as fresh:
        yield fresh


@pytest.fixture
async def links(url: str) -> AsyncIterator[Links]:
    clock = ManualClock()
    async with Journal.open(url, clock=clock) as journal:
        yield cast(Links, SimpleNamespace(journal=journal, clock=clock))


class Work:
    """Goes on until it is let end; tells what became of it."""

    def __init__(self) -> None:
        self.end = anyio.Event()
        self.became = ""

    async def __call__(self) -> str:
        try:
            await self.end.wait()
        except anyio.get_cancelled_exc_class():
            self.became = "stopped"
            raise
        self.became = "done"
        return "result"


def clock_of(links: Links) -> ManualClock:
    return cast(ManualClock, links.clock)


async def a_third_later(links: Links, work: Work) -> None:
    """The lock is due for renewal; returns when that is over, or the work."""
    clock = clock_of(links)
    with anyio.fail_after(10):
        while not clock.sleepers:
            await anyio.lowlevel.checkpoint()
        clock.advance(SECONDS / RENEWALS)
        while not clock.sleepers and not work.became:
            await anyio.lowlevel.checkpoint()


async def test_a_lock_is_kept_for_as_long_as_its_work_takes(links: Links, url: str) -> None:
    work, results = Work(), []

    async def held() -> None:
        async with links.journal.locks.hold("poll", seconds=SECONDS):
            results.append(await while_held(links, "poll", SECONDS, work))

    async with (
        Journal.open(url, clock=links.clock) as other,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(held)
        for _ in range(4 * RENEWALS):
            await a_third_later(links, work)
            async with other.locks.attempt("poll", seconds=1) as taken:
                assert not taken
        work.end.set()
    assert (results, work.became) == (["result"], "done")


async def test_work_whose_lock_passed_to_another_is_stopped(links: Links, url: str) -> None:
    work, clock = Work(), clock_of(links)
    later = ManualClock(clock.now() + SECONDS + 1)

    async def held() -> None:
        async with links.journal.locks.hold("poll", seconds=SECONDS):
            with pytest.raises(LockLost) as lost:
                await while_held(links, "poll", SECONDS, work)
            assert lost.value.reason == "lock_lost"

    async with Journal.open(url, clock=later) as other, anyio.create_task_group() as tasks:
        tasks.start_soon(held)
        while not clock.sleepers:
            await anyio.lowlevel.checkpoint()
        async with other.locks.attempt("poll") as taken:
            assert taken
            await a_third_later(links, work)
    assert work.became == "stopped"


@pytest.mark.parametrize(("failures", "became"), [(RENEWALS - 1, "done"), (RENEWALS, "stopped")])
async def test_a_lock_not_renewed_for_all_its_length_counts_as_lost(
    links: Links, monkeypatch: pytest.MonkeyPatch, failures: int, became: str
) -> None:
    work, renew, left = Work(), links.journal.locks.renew, [failures]

    async def renew_in_trouble(name: str) -> bool:
        left[0] -= 1
        if left[0] >= 0:
            raise unavailable("database_locked")
        return await renew(name)

    monkeypatch.setattr(links.journal.locks, "renew", renew_in_trouble)

    async def held() -> None:
        async with links.journal.locks.hold("poll", seconds=SECONDS):
            try:
                await while_held(links, "poll", SECONDS, work)
            except LockLost:
                assert became == "stopped"

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(held)
        for _ in range(RENEWALS):
            await a_third_later(links, work)
        work.end.set()
    assert work.became == became


async def test_what_the_work_raises_is_raised_as_it_is(links: Links) -> None:
    async def paused() -> None:
        raise PauseLink("No.", reason="invalid_token")

    async with links.journal.locks.hold("poll", seconds=SECONDS):
        with pytest.raises(PauseLink):
            await while_held(links, "poll", SECONDS, paused)
