"""A CRM that answers what a test tells it to, and what two clients of it share."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import httpx2
from pydantic import SecretStr

from mzi_bridge.zoho.client import ZohoClient
from mzi_bridge.zoho.oauth import StoredToken
from mzi_bridge.zoho.transport import CallReport
from tests.support.clock import ManualClock

NOW = 1_800_000_000.0
API_URL = "https://www.zohoapis.eu"


@dataclass
class SharedStore:
    """What several processes share: one token, one lock."""

    token: StoredToken | None = None
    saved: int = 0
    lock: anyio.Lock = field(default_factory=anyio.Lock)

    async def load(self) -> StoredToken | None:
        await anyio.lowlevel.checkpoint()
        return self.token

    async def save(self, token: StoredToken) -> None:
        await anyio.lowlevel.checkpoint()
        self.token, self.saved = token, self.saved + 1

    @asynccontextmanager
    async def refreshing(self) -> AsyncIterator[None]:
        async with self.lock:
            yield


Script = Callable[[httpx2.Request], httpx2.Response]


@dataclass
class ScriptedCrm:
    """Answers API calls by `answer`, gives tokens by `grant`, and keeps every request."""

    clock: ManualClock
    answer: Script = lambda request: httpx2.Response(204)
    grant: Script | None = None
    requests: list[httpx2.Request] = field(default_factory=list)
    grants: list[httpx2.Request] = field(default_factory=list)
    reports: list[CallReport] = field(default_factory=list)

    async def handle(self, request: httpx2.Request) -> httpx2.Response:
        await anyio.lowlevel.checkpoint()
        if request.url.host.startswith("accounts."):
            self.grants.append(request)
            return self.grant(request) if self.grant else self.new_token()
        self.requests.append(request)
        return self.answer(request)

    def new_token(self) -> httpx2.Response:
        number = len(self.grants)
        return httpx2.Response(
            200,
            json={
                "access_token": f"1000.token.{number}",
                "api_domain": API_URL,
                "token_type": "Bearer",
                "expires_in": 3600,
            },
        )

    def says(self, status: int, body: Any = None, **headers: str) -> None:
        """Every later call is answered so; a `bytes` body goes as it is."""
        content = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answer = lambda request: httpx2.Response(status, content=content, headers=named)

    def client(self, store: SharedStore | None = None, **settings: Any) -> ZohoClient:
        given: dict[str, Any] = {
            "api_url": API_URL,
            "accounts_url": "https://accounts.zoho.eu",
            "client_id": "1000.CLIENT",
            "client_secret": SecretStr("canary-client-secret"),
            "refresh_token": SecretStr("canary-refresh-token"),
            "store": store or SharedStore(),
            "clock": self.clock,
            "observer": self.reports.append,
            "stopwatch": self.clock.now,
            "http_transport": httpx2.MockTransport(self.handle),
        }
        return ZohoClient(**{**given, **settings})

    @property
    def last(self) -> httpx2.Request:
        return self.requests[-1]

    def sent(self) -> Any:
        """The last call's JSON body."""
        return json.loads(self.last.content)
