"""Starts the programs of the demonstration as a user would, and ends them."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
from cryptography.fernet import Fernet

from mzi_bridge.errors import OperatorError

READY_SECONDS = 60.0
STOP_SECONDS = 20.0


@asynccontextmanager
async def sandbox(students: int, seed: int) -> AsyncIterator[dict[str, Any]]:
    """`mzi sandbox --json` while the block runs; its one line of JSON."""
    arguments = ["sandbox", "--json", "--students", str(students), "--seed", str(seed)]
    async with _program(arguments, {}, capture=True) as program:
        assert program.stdout is not None
        with anyio.fail_after(READY_SECONDS):
            line = await program.stdout.readline()
        if not line:
            raise _not_ready("the sandbox")
        yield json.loads(line)


@asynccontextmanager
async def bridge(values: Mapping[str, str], unset: Collection[str] = ()) -> AsyncIterator[str]:
    """`mzi serve` while the block runs; its base URL. `unset` are left to its pages."""
    url = values["WEBHOOK_BASE_URL"]
    given = {name: value for name, value in values.items() if name not in unset}
    async with _program(["serve"], given) as program:
        await _wait_ready(url, program)
        yield url


def bridge_settings(addresses: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Settings for a bridge on a free port of the loopback, its journal in `folder`."""
    port = _free_port()
    return {
        **addresses,
        "DATABASE_URL": f"sqlite:///{folder / 'journal.sqlite3'}",
        "MZI_SECRET_KEY": Fernet.generate_key().decode(),
        "ADMIN_TOKEN": secrets.token_urlsafe(32),
        "MZI_HOST": "127.0.0.1",
        "MZI_PORT": str(port),
        "WEBHOOK_BASE_URL": f"http://127.0.0.1:{port}",
        "MZI_EVENT_SECRETS": "whsec_" + b64encode(secrets.token_bytes(32)).decode(),
        "MZI_LOG_LEVEL": "warning",
    }


@asynccontextmanager
async def _program(
    arguments: list[str], values: Mapping[str, str], capture: bool = False
) -> AsyncIterator[asyncio.subprocess.Process]:
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from mzi_bridge.cli import main; main()",
        *arguments,
        env={**os.environ, **values},
        stdout=asyncio.subprocess.PIPE if capture else None,
    )
    try:
        yield program
    finally:
        if program.returncode is None:
            program.terminate()
            try:
                await asyncio.wait_for(program.wait(), STOP_SECONDS)
            except TimeoutError:
                program.kill()
                await program.wait()


async def _wait_ready(url: str, program: asyncio.subprocess.Process) -> None:
    async with httpx2.AsyncClient(timeout=2.0) as http:
        with anyio.fail_after(READY_SECONDS):
            while program.returncode is None:
                try:
                    if (await http.get(f"{url}/health")).status_code == 200:
                        return
                except httpx2.HTTPError:
                    pass
                await anyio.sleep(0.05)
    raise _not_ready("the bridge")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _not_ready(what: str) -> OperatorError:
    return OperatorError(
        f"The demonstration could not start {what}.",
        reason="not_ready",
        fix="Its own message stands above.",
    )
