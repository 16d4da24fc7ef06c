"""Both emulators over HTTP on the loopback, filled with one sample school."""

from __future__ import annotations

import errno
import secrets
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
from starlette.types import ASGIApp

from mzi_bridge.clock import Clock, SystemClock
from mzi_bridge.errors import OperatorError
from mzi_bridge.sandbox.listener import listening
from mzi_bridge.sandbox.moodle import create_moodle_app, load_contract, users_from_csv
from mzi_bridge.sandbox.photographs import photograph
from mzi_bridge.sandbox.sample import moodle_users, schema, stream
from mzi_bridge.sandbox.sample.identity import Record
from mzi_bridge.sandbox.zoho import Crm, create_zoho_app


@dataclass(frozen=True)
class SandboxOptions:
    """Port 0 takes a free one. `schema` is `btec` or `guide`; `seed` decides every record."""

    zoho_port: int = 0
    moodle_port: int = 0
    students: int = 50
    seed: int = 1
    schema: str = "btec"
    clock: Clock = field(default_factory=SystemClock)


@dataclass(frozen=True)
class Credentials:
    """Made anew at each start; they open nothing but this sandbox."""

    client_id: str
    client_secret: str
    refresh_token: str
    moodle_token: str


@dataclass(frozen=True)
class SandboxAddresses:
    """Where the emulators listen, and what opens them."""

    zoho_url: str
    moodle_url: str
    credentials: Credentials

    def as_json(self) -> dict[str, Any]:
        """{"zoho": …, "moodle": …, "env": settings of a bridge that uses both}."""
        keys = self.credentials
        return {
            "zoho": {
                "api_url": self.zoho_url,
                "accounts_url": self.zoho_url,
                "client_id": keys.client_id,
                "client_secret": keys.client_secret,
                "refresh_token": keys.refresh_token,
            },
            "moodle": {"base_url": self.moodle_url, "token": keys.moodle_token},
            "env": {
                "ZOHO_API_URL": self.zoho_url,
                "ZOHO_ACCOUNTS_URL": self.zoho_url,
                "ZOHO_CLIENT_ID": keys.client_id,
                "ZOHO_CLIENT_SECRET": keys.client_secret,
                "ZOHO_REFRESH_TOKEN": keys.refresh_token,
                "MOODLE_BASE_URL": self.moodle_url,
                "MOODLE_TOKEN": keys.moodle_token,
            },
        }


async def serve_sandbox(options: SandboxOptions, ready: Callable[[SandboxAddresses], None]) -> None:
    """Serves until SIGINT or SIGTERM, or until cancelled; `ready` is called once both listen.

    Must run in the main thread. Raises OperatorError for a port that is taken, an unknown
    schema or a negative number of students.
    """
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async with running_sandbox(options) as addresses:
            ready(addresses)
            async for _ in signals:
                return


@asynccontextmanager
async def running_sandbox(options: SandboxOptions) -> AsyncIterator[SandboxAddresses]:
    """Both emulators while the block runs; raises as `serve_sandbox`."""
    keys = _credentials()
    school = Crm(schema(options.schema), options.clock)
    students: list[Record] = []
    school.insert_all(_noting(stream(options.schema, options.students, options.seed), students))
    photograph(school, options.schema, (str(record["id"]) for record in students))
    zoho = create_zoho_app(
        school,
        client_id=keys.client_id,
        client_secret=keys.client_secret,
        refresh_token=keys.refresh_token,
    )
    users = users_from_csv(moodle_users({"BTEC_Students": students}))
    moodle = create_moodle_app(load_contract(), users, options.clock, keys.moodle_token)
    del students
    async with (
        _listening(zoho, options.zoho_port) as zoho_url,
        _listening(moodle, options.moodle_port) as moodle_url,
    ):
        moodle.state.site.base_url = moodle_url
        yield SandboxAddresses(zoho_url, moodle_url, keys)


def _credentials() -> Credentials:
    return Credentials(
        client_id=f"1000.{secrets.token_hex(15).upper()}",
        client_secret=secrets.token_hex(21),
        refresh_token=f"1000.{secrets.token_hex(16)}.{secrets.token_hex(16)}",
        moodle_token=secrets.token_hex(16),
    )


def _noting(
    named: Iterator[tuple[str, Record]], students: list[Record]
) -> Iterator[tuple[str, Record]]:
    """The same pairs; students are kept aside on their way, for their Moodle accounts."""
    for module, record in named:
        if module == "BTEC_Students":
            students.append(record)
        yield module, record


@asynccontextmanager
async def _listening(app: ASGIApp, port: int) -> AsyncIterator[str]:
    try:
        async with listening(app, port=port) as url:
            yield url
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise OperatorError(
            f"Port {port} of the loopback cannot be used.",
            reason="port_taken",
            fix="Choose another, or 0 for any free one.",
        ) from error
