"""The service over a SQLite file in trouble: a notice is refused, never half taken, and all goes
on by itself once the trouble is over."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest

from mzi_bridge.app import create_app
from mzi_bridge.journal import ChannelRow, Journal, engine, hash_token
from mzi_bridge.pipeline.channel_terms import EVENTS, WEBHOOK_PATH
from mzi_bridge.pipeline.links import Links
from tests.support.world import BRIDGE_URL, World, open_world

STUDENTS = "BTEC_Students"
CHANNEL = "1" * 18
TOKEN = "the-channel-s-token"
BUSY_SECONDS = 0.05
Trouble = Callable[[Journal], AbstractAsyncContextManager[None]]


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    monkeypatch.setattr(engine, "BUSY_SECONDS", BUSY_SECONDS)
    async with open_world(tmp_path) as world:
        now = world.clock.now()
        await world.links.journal.channels.save(
            ChannelRow(
                CHANNEL,
                STUDENTS,
                tuple(EVENTS),
                f"{BRIDGE_URL}{WEBHOOK_PATH}",
                hash_token(TOKEN),
                None,
                None,
                now + 86_400,
                now,
            )
        )
        yield world


@asynccontextmanager
async def locked(journal: Journal) -> AsyncIterator[None]:
    """Another process holds the file, longer than a writer waits."""
    file = journal.database.address.file
    assert file is not None
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


def pragma(trouble: str, relief: str) -> Trouble:
    @asynccontextmanager
    async def in_trouble(journal: Journal) -> AsyncIterator[None]:
        # A connection keeps what it was told.
        _tell_writers(journal, trouble)
        yield
        _tell_writers(journal, relief)

    return in_trouble


def _tell_writers(journal: Journal, pragma: str) -> None:
    """Past SQLAlchemy, which would begin a transaction first."""
    for connections in journal.database.engines:
        with contextlib.closing(connections.raw_connection()) as raw:
            raw.cursor().execute(f"PRAGMA {pragma}")


TROUBLES: dict[str, Trouble] = {
    "locked by another process": locked,
    "the disk is full": pragma("max_page_count=1", "max_page_count=1000000"),
    "the file cannot be written": pragma("query_only=ON", "query_only=OFF"),
}


def notice(world: World, *ids: str) -> dict[str, Any]:
    return {
        "module": STUDENTS,
        "ids": list(ids),
        "operation": "update",
        "channel_id": CHANNEL,
        "token": TOKEN,
        "server_time": int(world.clock.now() * 1000),
    }


def many_ids(world: World) -> list[str]:
    """More rows than the file's last pages have room for."""
    return [world.some(STUDENTS), *(str(10**18 + n) for n in range(80))]


async def until(true: Callable[[], Awaitable[bool]], world: World) -> None:
    with anyio.fail_after(60):
        while not await true():
            world.clock.advance(1)
            await anyio.sleep(0.05)


@asynccontextmanager
async def serving(
    world: World, *, with_worker: bool
) -> AsyncIterator[tuple[httpx2.AsyncClient, Links]]:
    app = create_app(
        world.settings, with_worker=with_worker, clock=world.clock, transport=world.wires
    )
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(base_url=BRIDGE_URL, transport=httpx2.ASGITransport(app)) as http,
    ):
        yield http, app.state.engine.bridge.links


@pytest.mark.parametrize("name", TROUBLES)
async def test_a_notice_that_cannot_be_stored_is_refused_and_may_come_again(
    world: World, name: str
) -> None:
    async with serving(world, with_worker=False) as (http, links):
        async with TROUBLES[name](links.journal):
            for _ in range(8):
                refused = await http.post(WEBHOOK_PATH, json=notice(world, *many_ids(world)))
                if refused.status_code != 202:
                    break
            assert (refused.status_code, refused.json()["error"]) == (503, "journal_unavailable")
            kept = (await links.journal.inbox.counts()).dirty
            audited = len(await links.journal.deliveries.list())
            assert kept == 0 or audited, "nothing stands without its audit"

        accepted = await http.post(WEBHOOK_PATH, json=notice(world, world.some(STUDENTS)))
        assert accepted.status_code == 202
        await world.work()
        assert world.stands(STUDENTS, world.some(STUDENTS))


@pytest.mark.parametrize("name", TROUBLES)
async def test_a_worker_met_by_trouble_goes_on_by_itself(world: World, name: str) -> None:
    student = world.some(STUDENTS)

    async def arrived() -> bool:
        return world.stands(STUDENTS, student) and await world.dirty() == 0

    async with serving(world, with_worker=True) as (http, links):
        async with TROUBLES[name](links.journal):
            with anyio.move_on_after(1):
                await until(arrived, world)
        accepted = await http.post(WEBHOOK_PATH, json=notice(world, student))
        assert accepted.status_code == 202
        await until(arrived, world)
