"""Posts to the doors for events, over a real journal."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import func, select
from starlette.applications import Starlette

from mzi_bridge.journal import Journal
from mzi_bridge.journal.tables import moodle_events, pushes
from mzi_bridge.mapping import load_preset
from mzi_bridge.pipeline.intents import Terms
from mzi_bridge.pipeline.take_events import take_into
from mzi_bridge.sandbox.moodle.events import envelope, grade, signed_headers
from mzi_bridge.webhooks.moodle.ports import EventGuards, EventPorts
from mzi_bridge.webhooks.moodle.routes import moodle_routes
from tests.support.clock import ManualClock
from tests.support.databases import fresh_database

NOW = 1_795_253_500.0
KEY = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD_KEY = "whsec_" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"
STRANGE_KEY = "whsec_" + "Q0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0ND"
TOKEN = "event-token-of-the-tests"
EVENT_ID = "5f0c1111-1111-4111-8111-111111111111"
EVENTS = "/api/v1/events/moodle"
REQUESTS = "/api/v1/requests/submit"
GRADES = "/api/v1/webhooks/moodle/grade_submitted"
IMPORT = "/api/v1/moodle"


def graded(event_id: str = EVENT_ID, **changes: Any) -> dict[str, Any]:
    """An envelope of a graded attempt; changes are those of its data."""
    return envelope("user_graded", grade(**changes), at=NOW - 60, event_id=event_id)


@dataclass
class Bridge:
    """The doors, what stands behind them, and a sender who is proven unless said."""

    journal: Journal
    clock: ManualClock
    guards: EventGuards
    terms: Terms = field(default_factory=Terms)

    async def post(
        self,
        path: str,
        body: Any,
        *,
        keys: tuple[str, ...] = (KEY,),
        message_id: str | None = None,
        sent_at: float | None = None,
        headers: dict[str, str] | None = None,
        method: str = "POST",
    ) -> httpx2.Response:
        """`headers` instead of a signature; a body that is bytes goes as it is."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        if message_id is None:
            message_id = body.get("event_id", "batch-1") if isinstance(body, dict) else "batch-1"
        if headers is None:
            at = self.clock.now() if sent_at is None else sent_at
            headers = signed_headers(keys, message_id, at, raw)
        take = take_into(self.journal, load_preset("btec"), self.clock, self.terms)
        app = Starlette(routes=moodle_routes(EventPorts(take), self.guards))
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app), base_url="http://test"
        ) as client:
            return await client.request(method, path, content=raw, headers=headers)

    async def stored(self) -> tuple[int, int]:
        """How many events and how many owed writes the journal holds."""
        async with self.journal.database.read() as connection:
            counts = [
                (await connection.execute(select(func.count()).select_from(table))).scalar_one()
                for table in (moodle_events, pushes)
            ]
        return counts[0], counts[1]


@asynccontextmanager
async def bridge(directory: Path) -> AsyncIterator[Bridge]:
    clock = ManualClock(NOW)
    secret = SecretStr(Fernet.generate_key().decode())
    async with (
        fresh_database("sqlite", directory) as url,
        Journal.open(url, clock=clock, secret_keys=[secret]) as journal,
    ):
        guards = EventGuards(keys=(KEY, OLD_KEY), tokens=(TOKEN,), clock=clock)
        yield Bridge(journal, clock, guards)
