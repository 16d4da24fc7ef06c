"""`mzi serve` and `mzi work`: the long-running processes."""

from __future__ import annotations

import signal
from typing import Annotated

import anyio
import typer
import uvicorn

from mzi_bridge.app import (
    Way,
    create_app,
    may_wait,
    open_journal,
    ready_to_start,
    running,
    sight_of,
)
from mzi_bridge.cli.console import DEFAULT_ENV_FILE, EnvFile
from mzi_bridge.clock import SystemClock
from mzi_bridge.pipeline.sync import moodle_disabled
from mzi_bridge.settings import Settings, load_settings
from mzi_bridge.sight.logs import secrets_of, start_logging

GRACE_SECONDS = 30


def serve(
    env_file: EnvFile = DEFAULT_ENV_FILE,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Accept only; another process works.")
    ] = False,
) -> None:
    """Accept notifications, carry changes to Moodle, keep the channels alive."""
    settings = load_settings(env_file)
    _start_logging(settings)
    anyio.run(ready_to_start, settings)
    uvicorn.run(
        create_app(settings, with_worker=not no_worker),
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        proxy_headers=False,
    )


def work(env_file: EnvFile = DEFAULT_ENV_FILE) -> None:
    """Carry changes to Moodle without accepting any; several such processes share the work."""
    settings = load_settings(env_file)
    _start_logging(settings)
    anyio.run(ready_to_start, settings)
    if not settings.moodle_enabled:
        raise moodle_disabled()
    clock = SystemClock()

    async def run() -> None:
        async with open_journal(settings, clock) as journal:
            with sight_of(settings, journal) as sight:
                way = Way(may_wait=may_wait(settings), observers=sight.observers)
                async with running(settings, clock, journal, way):
                    await _until_told_to_stop()

    anyio.run(run)


async def _until_told_to_stop() -> None:
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async for _ in signals:
            return


def _start_logging(settings: Settings) -> None:
    start_logging(settings.log_level, settings.log_format, secrets=secrets_of(settings))
