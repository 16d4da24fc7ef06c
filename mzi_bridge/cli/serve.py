"""`mzi serve` and `mzi work`: the long-running processes."""

from __future__ import annotations

import gc
import signal
from pathlib import Path
from typing import Annotated

import anyio
import typer
import uvicorn
from starlette.applications import Starlette

from mzi_bridge import tls
from mzi_bridge.app import create_app, create_work_app, ready_to_start
from mzi_bridge.cli.options import DEFAULT_ENV_FILE, EnvFile
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
    settings = _begun(env_file)
    anyio.run(ready_to_start, settings)
    _listen(create_app(settings, with_worker=not no_worker), settings.host, settings.port)


def work(env_file: EnvFile = DEFAULT_ENV_FILE) -> None:
    """Carry changes to Moodle without accepting any; several such processes share the work."""
    settings = _begun(env_file)
    anyio.run(ready_to_start, settings)
    if not settings.moodle_enabled:
        raise moodle_disabled()
    app = create_work_app(settings)
    if settings.work_port is not None:
        _listen(app, settings.host, settings.work_port)
    else:
        anyio.run(_run, app)


async def _run(app: Starlette) -> None:
    """Until a signal comes."""
    async with app.router.lifespan_context(app):
        with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
            async for _ in signals:
                return


def _listen(app: Starlette, host: str, port: int) -> None:
    """No line is written for a request: an address may hold a token."""
    # What is loaded by now stays: the collector need not walk through it each time.
    gc.freeze()
    uvicorn.run(
        app,
        host=host,
        port=port,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        proxy_headers=False,
        ws="none",
    )


def _begun(env_file: Path) -> Settings:
    settings = load_settings(env_file)
    start_logging(settings.log_level, settings.log_format, secrets=secrets_of(settings))
    tls.read_ahead()
    return settings
