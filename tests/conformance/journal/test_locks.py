"""Named locks: one holder, whoever asks; a dead holder frees its lock."""

from __future__ import annotations

import anyio
import pytest

from mzi_bridge.clock import SystemClock
from mzi_bridge.journal import Journal, JournalUnavailable
from tests.support.clock import ManualClock
from tests.support.notices import changed


async def test_a_held_lock_is_refused_to_another_process_and_free_after(
    journal: Journal, url: str, clock: ManualClock
) -> None:
    async with Journal.open(url, clock=clock) as other:
        async with journal.locks.hold("poll"):
            async with other.locks.attempt("poll") as got:
                assert not got
            async with journal.locks.attempt("poll") as got:
                assert not got
            async with other.locks.attempt("other name") as got:
                assert got
        async with other.locks.attempt("poll") as got:
            assert got


@pytest.mark.parametrize("asked", [1.0, 60.0, 3600.0])
async def test_a_living_lock_is_refused_whatever_length_the_other_asks_for(
    journal: Journal, url: str, clock: ManualClock, asked: float
) -> None:
    async with Journal.open(url, clock=clock) as other, journal.locks.hold("poll", seconds=600):
        for _ in range(3):
            async with other.locks.attempt("poll", seconds=asked) as got:
                assert not got
            clock.advance(599)
            assert await journal.locks.renew("poll")


async def test_waiting_for_a_lock_has_an_end(url: str) -> None:
    clock = SystemClock()
    async with (
        Journal.open(url, clock=clock) as one,
        Journal.open(url, clock=clock) as other,
        one.locks.hold("poll"),
    ):
        with pytest.raises(JournalUnavailable) as refused:
            async with other.locks.hold("poll", patience=0.2):
                pass

    assert refused.value.reason == "lock_busy"


async def test_work_under_a_lock_does_not_keep_the_journal_from_writing(
    journal: Journal,
) -> None:
    async with journal.locks.hold("poll"):
        await journal.inbox.mark([changed("1")])


async def test_a_failure_under_a_lock_frees_it(journal: Journal) -> None:
    with pytest.raises(RuntimeError, match="broken"):
        async with journal.locks.hold("poll"):
            raise RuntimeError("broken")

    async with journal.locks.attempt("poll") as got:
        assert got


async def test_a_cancelled_holder_frees_its_lock(
    journal: Journal, url: str, clock: ManualClock
) -> None:
    async with Journal.open(url, clock=clock) as other:
        with anyio.CancelScope() as scope:
            async with journal.locks.hold("poll"):
                scope.cancel()
                await anyio.lowlevel.checkpoint()

        async with other.locks.attempt("poll") as got:
            assert got
