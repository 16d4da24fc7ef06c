"""Bridge processes on one PostgreSQL, under a stream of notices, while things break."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import psycopg
import pytest

from mzi_bridge.clock import SystemClock
from mzi_bridge.journal import Journal
from scripts.disposable.postgres import FAST, IMMEDIATE, Postgres
from scripts.disposable.process import free_port
from tests.crash.office import Office
from tests.support.bridge_process import BridgeProcess
from tests.support.stream import (
    Stream,
    checked_logs,
    environment,
    new_secret_key,
    save_channels,
    seconds_to_rest,
)

pytestmark = pytest.mark.timeout(300)
WARM_UP = 60
KILLS = 12
Tell = Callable[[str], None]


@asynccontextmanager
async def streaming(
    server: Postgres, folder: Path, processes: int, tell: Tell, what: str, **settings: str
) -> AsyncIterator[tuple[Stream, list[BridgeProcess]]]:
    """The stream runs inside the block; afterwards everything noticed stands in Moodle, within
    thirty seconds of the last fault, and every process's log is decent."""
    office = Office(SystemClock(), "")
    key = new_secret_key()
    _empty(server)
    await save_channels(server.url)
    async with office.open() as office_url:
        names = environment(office_url, server.url, key) | settings
        bridges = [_bridge(names, folder / f"bridge-{n}.log") for n in range(processes)]
        stream = Stream(office, [bridge.url for bridge in bridges])
        words = lambda: "".join(bridge.words() for bridge in bridges)  # noqa: E731
        try:
            with checked_logs(words, server.password, key):
                for bridge in bridges:
                    bridge.start()
                for bridge in bridges:
                    await bridge.answers()
                enough = anyio.Event()
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(stream.run, enough)
                    await _sent(stream, WARM_UP)
                    yield stream, bridges
                    enough.set()
                seconds = await seconds_to_rest(server.url, key)
        finally:
            for bridge in bridges:
                bridge.kill()
    answers = dict(stream.answers)
    tell(f"{what}: {stream.sent} notices, answers {answers}, at rest after {seconds:.1f} s")
    assert set(answers) <= {0, 202, 503}
    assert stream.behind() == []


def _bridge(names: dict[str, str], log: Path) -> BridgeProcess:
    port = free_port()
    return BridgeProcess(names | {"MZI_PORT": str(port)}, port, log)


def _empty(server: Postgres) -> None:
    with psycopg.connect(_plain(server), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def _plain(server: Postgres) -> str:
    return server.url.replace("+psycopg", "")


async def _sent(stream: Stream, more: int) -> None:
    """Until so many more notices were taken."""
    goal = stream.sent + more
    with anyio.fail_after(60):
        while stream.sent < goal:  # noqa: ASYNC110
            await anyio.sleep(0.02)


async def test_a_restart_of_the_server_in_mid_work_loses_nothing(
    server: Postgres, tmp_path: Path, tell: Tell
) -> None:
    async with streaming(server, tmp_path, 1, tell, "PostgreSQL restarted") as (stream, _):
        for how in (FAST, IMMEDIATE, FAST, IMMEDIATE):
            await anyio.to_thread.run_sync(server.stop, how)
            await anyio.to_thread.run_sync(server.start)
            await _sent(stream, WARM_UP)
    assert stream.overlaps == []


async def test_a_server_away_for_some_seconds_loses_nothing(
    server: Postgres, tmp_path: Path, tell: Tell
) -> None:
    async with streaming(server, tmp_path, 2, tell, "PostgreSQL away for 6 s") as (stream, _):
        await anyio.to_thread.run_sync(server.stop, IMMEDIATE)
        await anyio.sleep(6)
        await anyio.to_thread.run_sync(server.start)
        await _sent(stream, WARM_UP)
    assert stream.overlaps == []


async def test_sessions_killed_again_and_again_lose_nothing(
    server: Postgres, tmp_path: Path, tell: Tell
) -> None:
    async with streaming(server, tmp_path, 2, tell, "sessions killed") as (stream, _):
        killed = 0
        with psycopg.connect(_plain(server), autocommit=True) as connection:
            for _ in range(30):
                gone = connection.execute(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    " WHERE application_name = 'mzi-bridge'"
                ).fetchone()
                killed += gone[0] if gone else 0
                await anyio.sleep(0.25)
        await _sent(stream, WARM_UP)
    tell(f"sessions killed: {killed}")
    assert killed > 30


async def test_four_processes_one_killed_at_random_again_and_again_lose_nothing(
    server: Postgres, tmp_path: Path, tell: Tell
) -> None:
    """And no record is ever delivered by two of them at once."""
    settings = {"MZI_POLL_SECONDS": "0"}
    async with streaming(
        server, tmp_path, 4, tell, f"one of four killed, {KILLS} times", **settings
    ) as (
        stream,
        bridges,
    ):
        await _kill_at_random(stream, bridges, KILLS)
    assert stream.overlaps == []


async def test_of_four_processes_one_at_a_time_polls_whoever_is_killed(
    server: Postgres, tmp_path: Path, tell: Tell
) -> None:
    settings = {"MZI_POLL_SECONDS": "2"}
    async with streaming(server, tmp_path, 4, tell, "four that poll", **settings) as (
        stream,
        bridges,
    ):
        await _kill_at_random(stream, bridges, KILLS)
    await _one_polls_at_a_time(server)


async def _kill_at_random(stream: Stream, bridges: list[BridgeProcess], kills: int) -> None:
    """Each comes up again by itself, while the next may already be the victim."""
    chance = random.Random(5)  # noqa: S311
    for _ in range(kills):
        victim = chance.choice(bridges)
        victim.kill()
        await _sent(stream, 3)
        victim.start()
        await _sent(stream, chance.randrange(5, 40))
    for bridge in bridges:
        await bridge.answers()


async def _one_polls_at_a_time(server: Postgres) -> None:
    async with Journal.open(server.url, clock=SystemClock()) as journal:
        polls = [r for r in await journal.runs.recent(1000, kind="delta") if r.finished_at]
    assert len(polls) > 5
    spans = sorted((run.started_at, run.finished_at or 0.0, run.module or "") for run in polls)
    by_module: dict[str, float] = {}
    for started, finished, module in spans:
        assert started >= by_module.get(module, 0.0), f"two polls of {module} at once"
        by_module[module] = finished
