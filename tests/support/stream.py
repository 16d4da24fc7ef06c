"""Notices that go on and on, both emulators over loopback HTTP, and what must hold at the end."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import anyio
import httpx2
from cryptography.fernet import Fernet
from pydantic import SecretStr

from mzi_bridge.clock import SystemClock
from mzi_bridge.journal import ChannelRow, Journal, hash_token
from mzi_bridge.pipeline.channel_terms import EVENTS, WEBHOOK_PATH
from tests.crash.office import Arrival, Office
from tests.crash.wire import PlainWire
from tests.support.world import ADMIN_TOKEN, CLIENT, MOODLE_TOKEN, REFRESH_TOKEN

EDITED = ("BTEC_Teachers", "BTEC_Students", "BTEC_Classes", "BTEC_Payments", "BTEC_Registrations")
TOKEN = "a-channel-token-of-the-stream"
SECONDS_IN_MOODLE = 0.03
SECONDS_TO_RECOVER = 30.0
UNANSWERED = 0
UPSERT = "local_mzi_upsert_"


@dataclass
class Stream:
    """Edits of random records, each with its notice, posted to one of `urls` until taken.

    `answers` counts the statuses of all posts, 0 for none. `overlaps` names records that two
    calls had at Moodle at once.
    """

    office: Office
    urls: Sequence[str]
    answers: Counter[int] = field(default_factory=Counter)
    overlaps: list[str] = field(default_factory=list)
    noticed: set[tuple[str, str]] = field(default_factory=set)
    sent: int = 0
    _at_moodle: set[str] = field(default_factory=set)
    _chance: random.Random = field(default_factory=lambda: random.Random(11))  # noqa: S311

    def __post_init__(self) -> None:
        self.office.before, self.office.after = self._arrives, self._leaves

    async def run(self, until: anyio.Event) -> None:
        """Posts until the event; the last notice is then taken, too."""
        async with httpx2.AsyncClient(timeout=20, transport=PlainWire()) as http:
            while not until.is_set():
                body = self._edit()
                with anyio.fail_after(60):
                    while not await self._post(http, body):  # noqa: ASYNC110
                        await anyio.sleep(0.1)
                self.sent += 1
                await anyio.sleep(0.02)

    def _edit(self) -> dict[str, Any]:
        module = self._chance.choice(EDITED)
        record_id = self._chance.choice(sorted(self.office.crm.records(module)))
        self.office.crm.update(module, record_id, {})
        self.noticed.add((module, record_id))
        return {
            "module": module,
            "ids": [record_id],
            "operation": "update",
            "server_time": int(self.office.clock.now() * 1000),
            "channel_id": channel_id(module),
            "token": TOKEN,
        }

    async def _post(self, http: httpx2.AsyncClient, body: Mapping[str, Any]) -> bool:
        try:
            answer = await http.post(f"{self._chance.choice(self.urls)}{WEBHOOK_PATH}", json=body)
        except httpx2.TransportError:
            self.answers[UNANSWERED] += 1
            return False
        self.answers[answer.status_code] += 1
        return answer.status_code == 202

    async def _arrives(self, arrival: Arrival) -> None:
        ids = self._ids_of(arrival)
        self.overlaps += self._at_moodle.intersection(ids)
        self._at_moodle.update(ids)
        if ids:
            await anyio.sleep(SECONDS_IN_MOODLE)

    async def _leaves(self, arrival: Arrival) -> None:
        self._at_moodle.difference_update(self._ids_of(arrival))

    def _ids_of(self, arrival: Arrival) -> list[str]:
        """The records that a call to Moodle writes."""
        entity = arrival.label.removeprefix(UPSERT)
        if entity == arrival.label:
            return []
        key = self.office.site.tables[entity].entity.key
        rows = json.loads(parse_qs(arrival.body.decode())["records"][0])
        return [row[key] for row in rows]

    def behind(self) -> list[str]:
        """Noticed records of which Moodle does not have the CRM's version."""
        return list(self._behind())

    def _behind(self) -> Iterator[str]:
        rows = self.office.report()["rows"]
        versions = {key.split()[1]: row["modified_time"] for key, row in rows.items()}
        for module, record_id in sorted(self.noticed):
            known = self.office.crm.records(module)[record_id].modified
            if versions.get(record_id) != known:
                yield f"{module} {record_id}: {versions.get(record_id)}, not {known}"


def channel_id(module: str) -> str:
    return str(10**17 + EDITED.index(module))


def environment(office_url: str, database_url: str, secret_key: str) -> dict[str, str]:
    """The settings of a bridge process but its port."""
    return {
        "DATABASE_URL": database_url,
        "MZI_PHOTOS": "false",
        "MZI_SECRET_KEY": secret_key,
        "ZOHO_API_URL": office_url,
        "ZOHO_ACCOUNTS_URL": office_url,
        "ZOHO_CLIENT_ID": CLIENT["client_id"],
        "ZOHO_CLIENT_SECRET": CLIENT["client_secret"],
        "ZOHO_REFRESH_TOKEN": REFRESH_TOKEN,
        "MOODLE_BASE_URL": office_url,
        "MOODLE_TOKEN": MOODLE_TOKEN,
        "ADMIN_TOKEN": ADMIN_TOKEN,
        "MZI_LEASE_SECONDS": "15",
    }


def new_secret_key() -> str:
    return Fernet.generate_key().decode()


async def save_channels(database_url: str) -> None:
    """One channel for each module that the stream edits, good for a day."""
    clock = SystemClock()
    now = clock.now()
    async with Journal.open(database_url, clock=clock) as journal:
        for module in EDITED:
            await journal.channels.save(
                ChannelRow(
                    channel_id=channel_id(module),
                    module=module,
                    events=tuple(EVENTS),
                    notify_url="https://bridge.test",
                    token_hash=hash_token(TOKEN),
                    previous_token_hash=None,
                    previous_valid_until=None,
                    expires_at=now + 86_400,
                    granted_at=now,
                )
            )


async def seconds_to_rest(database_url: str, secret_key: str) -> float:
    """How long until no record is dirty. Fails after `SECONDS_TO_RECOVER`."""
    clock = SystemClock()
    began = clock.now()
    async with Journal.open(
        database_url, clock=clock, secret_keys=[SecretStr(secret_key)]
    ) as journal:
        while (counts := await journal.inbox.counts()).dirty:
            assert clock.now() - began < SECONDS_TO_RECOVER, counts
            await anyio.sleep(0.1)
        assert await journal.dead.list() == ()
    return clock.now() - began


@contextmanager
def checked_logs(words: Callable[[], str], *secrets: str) -> Iterator[None]:
    """Afterwards: no traceback, nothing but named errors, and no secret in what was logged."""
    yield
    logged = words()
    assert "Traceback" not in logged, logged[max(0, logged.index("Traceback") - 500) :][:4000]
    for secret in (*secrets, TOKEN, MOODLE_TOKEN, REFRESH_TOKEN, CLIENT["client_secret"]):
        assert secret not in logged
