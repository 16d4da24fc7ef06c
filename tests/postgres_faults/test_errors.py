"""Errors that PostgreSQL answers with: named, met with another try, never taken for success."""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
import psycopg
import pytest

from mzi_bridge.clock import SystemClock
from mzi_bridge.journal import Journal, JournalUnavailable
from scripts.disposable.postgres import Postgres
from tests.support.notices import changed, claim_one, done

CLOCK = SystemClock()
TASKS = 100


def plain(server: Postgres) -> str:
    return server.url.replace("+psycopg", "")


@pytest.fixture
async def journal(server: Postgres) -> AsyncIterator[Journal]:
    with psycopg.connect(plain(server), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    async with Journal.open(server.url, clock=CLOCK, pool_size=1) as opened:
        yield opened


def logins(server: Postgres) -> int:
    """How often somebody has logged in to the journal's database; told some moments late."""
    with psycopg.connect(plain(server), autocommit=True) as connection:
        [found] = connection.execute("SELECT sessions FROM pg_stat_database WHERE datname = 'mzi'")
    return int(found[0])


def refuse(server: Postgres, state: str, times: int) -> None:
    """The next `times` marks end with the SQLSTATE; a sequence outlives each rollback."""
    trigger = f"""
        DROP SEQUENCE IF EXISTS refusals CASCADE;
        CREATE SEQUENCE refusals;
        CREATE OR REPLACE FUNCTION refuse() RETURNS trigger AS $$
        BEGIN
            IF nextval('refusals') <= {times} THEN
                RAISE EXCEPTION 'refused' USING ERRCODE = '{state}';
            END IF;
            RETURN NEW;
        END $$ LANGUAGE plpgsql;
        DROP TRIGGER IF EXISTS refuse ON inbox;
        CREATE TRIGGER refuse BEFORE INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION refuse();
    """
    with psycopg.connect(plain(server), autocommit=True) as connection:
        connection.execute(trigger.encode())


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("53100", "database_full"),
        ("25006", "database_read_only"),
        ("57014", "database_locked"),
        ("53200", "database_pool_exhausted"),
    ],
)
async def test_a_refusal_is_named_nothing_is_stored_and_the_next_try_goes_through(
    server: Postgres, journal: Journal, state: str, reason: str
) -> None:
    refuse(server, state, 1)

    with pytest.raises(JournalUnavailable) as refused:
        await journal.inbox.mark([changed("1")])

    assert refused.value.reason == reason
    assert (await journal.inbox.counts()).dirty == 0
    await journal.inbox.mark([changed("1")])
    assert (await journal.inbox.counts()).dirty == 1


@pytest.mark.parametrize("state", ["40001", "40P01"])
async def test_a_mark_that_met_another_writer_is_tried_again_at_once(
    server: Postgres, journal: Journal, state: str
) -> None:
    refuse(server, state, 2)

    await journal.inbox.mark([changed("1")])

    assert (await journal.inbox.counts()).dirty == 1


@pytest.mark.parametrize("state", ["40001", "40P01"])
async def test_writers_that_never_stop_meeting_are_named(
    server: Postgres, journal: Journal, state: str
) -> None:
    refuse(server, state, 1000)

    with pytest.raises(JournalUnavailable) as refused:
        await journal.inbox.mark([changed("1")])

    assert refused.value.reason == "database_conflict"


async def test_a_pool_of_two_serves_a_hundred_tasks(journal: Journal) -> None:
    async def one_of_each(number: int) -> None:
        await journal.inbox.mark([changed(str(number))])
        claim = await journal.inbox.claim(owner=str(number), limit=3, lease_seconds=60)
        if claim is not None:
            await journal.inbox.settle(claim, [done(item.record_id) for item in claim.items])
        await journal.inbox.counts()

    async with anyio.create_task_group() as tasks:
        for number in range(TASKS):
            tasks.start_soon(one_of_each, number)

    while (await journal.inbox.counts()).dirty:
        claim = await claim_one(journal)
        await journal.inbox.settle(claim, [done(item.record_id) for item in claim.items])


async def test_a_burst_logs_in_no_more_often_than_the_pool_has_places(
    server: Postgres, journal: Journal
) -> None:
    before = logins(server)

    for _ in range(20):
        async with anyio.create_task_group() as tasks:
            for _ in range(TASKS):
                tasks.start_soon(journal.inbox.counts)

    places, ours_and_late = 2, 4
    assert logins(server) - before <= places + ours_and_late


async def test_a_pool_with_no_connection_left_is_named_and_passes(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal.database.writer.engine.pool, "_timeout", 0.2)
    async with journal.database.write(), journal.database.write():
        with pytest.raises(JournalUnavailable) as refused:
            await journal.inbox.mark([changed("1")])
    assert refused.value.reason == "database_pool_exhausted"

    await journal.inbox.mark([changed("1")])
    assert (await journal.inbox.counts()).dirty == 1
