"""What becomes of a lock whose holder is killed, or whose database goes away."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import anyio
import pytest
from sqlalchemy import text

from mzi_bridge.journal import Journal, JournalUnavailable, engine
from mzi_bridge.journal.locks import lock_number
from tests.support.clock import ManualClock
from tests.support.databases import POSTGRES_URL, fresh_database


async def _is_free(journal: Journal) -> bool:
    async with journal.locks.attempt("poll") as got:
        return got


@pytest.mark.parametrize("moved", [31.0, -1800.0, -7200.0])
async def test_on_sqlite_a_killed_holder_frees_its_lock_when_the_lease_ends(
    sqlite_url: str, clock: ManualClock, moved: float
) -> None:
    """Or when the clock has been set back so far that the lease cannot be from now."""
    async with (
        Journal.open(sqlite_url, clock=clock) as one,
        Journal.open(sqlite_url, clock=clock) as other,
        one.locks.hold("poll", seconds=30),
    ):
        assert not await _is_free(other)
        clock.set(clock.now() + moved)

        assert await _is_free(other)


async def test_on_sqlite_a_late_holder_does_not_free_its_successor_s_lock(
    sqlite_url: str, clock: ManualClock
) -> None:
    async with (
        Journal.open(sqlite_url, clock=clock) as one,
        Journal.open(sqlite_url, clock=clock) as other,
    ):
        async with one.locks.hold("poll", seconds=30):
            clock.advance(31)
            successor = other.locks.hold("poll", seconds=30)
            await successor.__aenter__()

        assert not await _is_free(one)
        await successor.__aexit__(None, None, None)


async def test_on_sqlite_a_renewed_lock_outlasts_its_lease(
    sqlite_url: str, clock: ManualClock
) -> None:
    async with (
        Journal.open(sqlite_url, clock=clock) as one,
        Journal.open(sqlite_url, clock=clock) as other,
        one.locks.hold("poll", seconds=30),
    ):
        clock.advance(29)
        assert await one.locks.renew("poll")
        clock.advance(29)
        assert not await _is_free(other)
        clock.advance(1)
        assert await _is_free(other)


async def test_on_sqlite_a_lock_that_was_lost_is_not_renewed(
    sqlite_url: str, clock: ManualClock
) -> None:
    async with (
        Journal.open(sqlite_url, clock=clock) as one,
        Journal.open(sqlite_url, clock=clock) as other,
        one.locks.hold("poll", seconds=30),
    ):
        clock.advance(31)
        async with other.locks.attempt("poll", seconds=30) as taken:
            assert taken
            assert not await one.locks.renew("poll")


async def test_on_sqlite_a_lock_taken_over_lasts_its_new_holder_s_length(
    sqlite_url: str, clock: ManualClock
) -> None:
    async with (
        Journal.open(sqlite_url, clock=clock) as one,
        Journal.open(sqlite_url, clock=clock) as other,
        one.locks.hold("poll", seconds=5),
    ):
        clock.advance(6)
        async with other.locks.hold("poll", seconds=600):
            assert not await _is_free(one)
            clock.advance(599)
            assert await other.locks.renew("poll")
            clock.advance(599)
            assert not await _is_free(one)


@pytest.mark.parametrize("moved", [-1800.0, -7200.0])
@pytest.mark.parametrize("asked", [5.0, 3600.0])
async def test_on_sqlite_a_lease_left_ahead_by_a_clock_set_back_is_known_whoever_asks(
    sqlite_url: str, clock: ManualClock, moved: float, asked: float
) -> None:
    async with (
        Journal.open(sqlite_url, clock=clock) as one,
        Journal.open(sqlite_url, clock=clock) as other,
        one.locks.hold("poll", seconds=600),
    ):
        clock.set(clock.now() + moved)
        async with other.locks.attempt("poll", seconds=asked) as got:
            assert got


@pytest.mark.parametrize("jump", [3600.0, -3600.0])
async def test_patience_is_not_changed_by_a_clock_that_jumps(
    sqlite_url: str, clock: ManualClock, jump: float
) -> None:
    """It waits for as long as it was to wait, neither less nor an hour more."""
    async with (
        Journal.open(sqlite_url, clock=clock) as one,
        Journal.open(sqlite_url, clock=clock) as other,
        one.locks.hold("poll", seconds=3600),
        anyio.create_task_group() as tasks,
    ):
        ends: list[str] = []

        async def wait() -> None:
            try:
                async with other.locks.hold("poll", seconds=3600, patience=1.0):
                    ends.append("held")
            except JournalUnavailable as error:
                ends.append(error.reason)

        tasks.start_soon(wait)
        waits = 0
        while not ends:
            await anyio.wait_all_tasks_blocked()
            if clock.sleepers:
                waits += 1
                clock.set(clock.now() + (jump if waits == 3 else 0))
                await one.locks.renew("poll")
                clock.wake_all()
    assert (ends, waits) == (["lock_busy"], 10)


async def test_on_sqlite_work_done_under_a_lock_stands_though_it_cannot_be_freed(
    sqlite_url: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    async with Journal.open(sqlite_url, clock=clock) as journal:
        file = journal.database.address.file
        assert file is not None
        with closing(connect(file, isolation_level=None)) as blocker:
            async with journal.locks.hold("poll", seconds=30):
                blocker.execute("BEGIN IMMEDIATE")
        clock.advance(31)

        assert await _is_free(journal)


@pytest.mark.skipif(not POSTGRES_URL, reason="MZI_TEST_POSTGRES_URL is not set")
async def test_on_postgresql_a_killed_holder_frees_its_lock_at_once(
    tmp_path: Path, clock: ManualClock
) -> None:
    async with (
        fresh_database("postgres", tmp_path) as url,
        Journal.open(url, clock=clock) as one,
        Journal.open(url, clock=clock) as other,
        one.locks.hold("poll"),
    ):
        assert not await _is_free(other)
        assert await one.locks.renew("poll")
        async with other.database.write() as connection:
            # A 64-bit key is kept as two halves.
            killed = await connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks"
                    " WHERE locktype = 'advisory' AND granted"
                    " AND (classid::bigint << 32 | objid::bigint) = :key"
                ),
                {"key": lock_number("default", "poll")},
            )
            assert killed.scalar_one()

        assert await _is_free(other)
        assert not await one.locks.renew("poll")
        assert not await one.locks.renew("poll"), "nor in a second try"


def test_lock_numbers_tell_tenants_and_names_apart() -> None:
    numbers = {lock_number(tenant, name) for tenant in ("a", "b") for name in ("x", "y")}

    assert len(numbers) == 4
    assert all(-(2**63) <= number < 2**63 for number in numbers)
