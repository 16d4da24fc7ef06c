"""A database in trouble is named, and the journal works again once the trouble is over."""

from __future__ import annotations

import sqlite3
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from os import PathLike
from pathlib import Path

import anyio
import pytest
from sqlalchemy import text

from mzi_bridge.errors import OperatorError, RetryLater
from mzi_bridge.journal import Journal, JournalUnavailable, engine
from mzi_bridge.journal.connection import JournalConnection
from tests.support.clock import ManualClock
from tests.support.databases import POSTGRES_URL, fresh_database
from tests.support.notices import changed, claim_one, done

needs_postgres = pytest.mark.skipif(not POSTGRES_URL, reason="MZI_TEST_POSTGRES_URL is not set")


@contextmanager
def _refused(reason: str) -> Iterator[None]:
    with pytest.raises(JournalUnavailable) as refused:
        yield
    assert isinstance(refused.value, RetryLater)
    assert refused.value.reason == reason
    assert refused.value.fix


async def test_a_full_disk_is_named_and_passes(sqlite_url: str, clock: ManualClock) -> None:
    async with Journal.open(sqlite_url, clock=clock) as journal:
        await _limit_pages(journal, "1")
        with _refused("database_full"):
            await journal.inbox.mark([changed(str(n)) for n in range(5000)])
        assert (await journal.inbox.counts()).dirty == 0

        await _limit_pages(journal, "1000000")
        await journal.inbox.mark([changed("1")])
        assert (await journal.inbox.counts()).dirty == 1


async def _limit_pages(journal: Journal, pages: str) -> None:
    # The connection that marks keeps the limit; one page means no more than there are.
    limit = f"PRAGMA max_page_count={pages}"
    await journal.database.write_whole(lambda connection: connection.exec_driver_sql(limit))


async def test_a_locked_file_is_named_and_passes(
    sqlite_url: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    async with Journal.open(sqlite_url, clock=clock) as journal:
        file = journal.database.address.file
        assert file is not None
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with _refused("database_locked"):
                await journal.inbox.mark([changed("1")])
            assert (await journal.inbox.counts()).dirty == 0, "reading goes on"

        await journal.inbox.mark([changed("1")])


async def test_another_process_that_writes_without_pause_leaves_room(
    sqlite_url: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 3.0)
    async with Journal.open(sqlite_url, clock=clock) as journal:
        file = journal.database.address.file
        assert file is not None
        with _greedy_writer(file):
            for n in range(5):
                await journal.inbox.mark([changed(str(n))])
        assert (await journal.inbox.counts()).dirty == 5


@contextmanager
def _greedy_writer(file: str | PathLike[str]) -> Iterator[None]:
    """Has the file's lock 60 ms of each 62."""
    over = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(file, isolation_level=None, timeout=30)) as other:
            while not over.is_set():
                other.execute("BEGIN IMMEDIATE")
                time.sleep(0.06)
                other.execute("COMMIT")
                time.sleep(0.002)

    greedy = threading.Thread(target=write)
    greedy.start()
    try:
        yield
    finally:
        over.set()
        greedy.join()


async def test_everyone_in_a_failed_commit_is_told(
    sqlite_url: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    told = 0

    async def mark(journal: Journal, record_id: str) -> None:
        nonlocal told
        with _refused("database_locked"):
            await journal.inbox.mark([changed(record_id)])
        told += 1

    async with Journal.open(sqlite_url, clock=clock) as journal:
        file = journal.database.address.file
        assert file is not None
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            async with anyio.create_task_group() as tasks:
                for n in range(50):
                    tasks.start_soon(mark, journal, str(n))

    assert told == 50


async def test_a_file_that_is_no_database_is_named(tmp_path: Path, clock: ManualClock) -> None:
    file = tmp_path / "journal.sqlite3"
    file.write_bytes(b"this is not a database, whatever its name says" * 100)

    with _refused("database_damaged"):
        async with Journal.open(f"sqlite:///{file}", clock=clock):
            pass


async def test_a_directory_in_the_file_s_place_is_refused(
    tmp_path: Path, clock: ManualClock
) -> None:
    with pytest.raises(OperatorError, match="DATABASE_URL") as refused:
        async with Journal.open(f"sqlite:///{tmp_path}", clock=clock):
            pass

    assert refused.value.reason == "database_file_denied"


def _modes(directory: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in directory.iterdir()}


async def test_the_journal_s_files_are_for_its_owner_only(
    sqlite_url: str, clock: ManualClock, tmp_path: Path
) -> None:
    async with Journal.open(sqlite_url, clock=clock) as journal:
        await journal.inbox.mark([changed("1")])
        modes = _modes(tmp_path)

    assert len(modes) >= 2
    assert set(modes.values()) == {0o600}


async def test_sqlite_is_set_up_to_survive_a_power_cut(sqlite_url: str, clock: ManualClock) -> None:
    async with (
        Journal.open(sqlite_url, clock=clock) as journal,
        journal.database.write() as connection,
    ):
        found = {
            name: (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 8,
    }


async def test_a_server_that_is_not_there_is_named(clock: ManualClock) -> None:
    with _refused("database_unreachable"):
        async with Journal.open("postgresql://u:hunter2@127.0.0.1:1/db", clock=clock):
            pass


@needs_postgres
async def test_a_server_that_refuses_the_database_or_the_user_is_a_setting_to_mend(
    clock: ManualClock,
) -> None:
    url = POSTGRES_URL.rsplit("/", 1)[0] + "/no_such_database"

    with pytest.raises(OperatorError, match="DATABASE_URL") as refused:
        async with Journal.open(url, clock=clock):
            pass

    assert refused.value.reason == "database_login_refused"


@needs_postgres
async def test_a_connection_killed_at_work_is_named_and_one_killed_at_rest_goes_unnoticed(
    tmp_path: Path, clock: ManualClock
) -> None:
    async with (
        fresh_database("postgres", tmp_path) as url,
        Journal.open(url, clock=clock) as journal,
        Journal.open(url, clock=clock) as other,
    ):
        await journal.inbox.mark([changed("1")])
        claim = await claim_one(journal)
        with _refused("database_unreachable"):
            async with journal.database.write() as connection:
                await _kill(other, await _backend(connection))
                await connection.execute(text("SELECT 1"))
        async with journal.database.write() as connection:
            backend = await _backend(connection)
        await _kill(other, backend)

        assert (await journal.inbox.settle(claim, [done("1")])).done == 1


async def _backend(connection: JournalConnection) -> int:
    return int((await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one())


async def _kill(journal: Journal, backend: int) -> None:
    """Ends one server process, and waits until it has ended."""
    async with journal.database.write() as connection:
        gone = await connection.execute(
            text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": backend}
        )
        assert gone.scalar_one()
