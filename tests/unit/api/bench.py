"""What the tests of the API are built with: a door and an app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.testclient import TestClient

from mzi_bridge.api.door import Door
from mzi_bridge.clock import Clock
from mzi_bridge.errors import MziError
from mzi_bridge.journal.api_keys import ApiKey
from mzi_bridge.problems import PROBLEM_HANDLERS
from mzi_bridge.rate_limit import RateLimit
from tests.support.clock import ManualClock

PEER = "203.0.113.7"


@dataclass
class Keys:
    """API keys by their text."""

    known: dict[str, ApiKey] = field(default_factory=dict)
    fault: MziError | None = None

    def add(self, secret: str, *scopes: str, number: int = 1, name: str = "plugin") -> str:
        self.known[secret] = ApiKey(number, name, secret[:10], scopes, 1.0, "a", None, None, None)
        return secret

    async def find(self, secret: str) -> ApiKey | None:
        if self.fault:
            raise self.fault
        return self.known.get(secret)

    async def any(self) -> bool:
        if self.fault:
            raise self.fault
        return bool(self.known)


@dataclass
class Trail:
    """The audit's rows: who, from where, what, to what, what came of it, and the details."""

    rows: list[list[Any]] = field(default_factory=list)
    fault: MziError | None = None

    async def write(
        self,
        actor: str,
        client: str,
        action: str,
        *,
        target: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> int:
        if self.fault:
            raise self.fault
        self.rows.append([actor, client, action, target, "begun", dict(details or {})])
        return len(self.rows) - 1

    async def end(
        self,
        row_id: int,
        outcome: str,
        *,
        target: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> None:
        self.rows[row_id][3:] = [target, outcome, dict(details or {})]


def open_door(
    token: str | None,
    keys: Keys | None = None,
    *,
    rate: int = 10_000,
    failures: int = 10_000,
    clock: Clock | None = None,
    **more: Any,
) -> Door:
    clock = clock or ManualClock()
    return Door(
        token,
        keys or Keys(),
        rate=RateLimit(rate, 60.0, clock),
        failures=RateLimit(failures, 60.0, clock),
        **more,
    )


def client_of(routes: Sequence[BaseRoute]) -> TestClient:
    app = Starlette(routes=list(routes), exception_handlers=PROBLEM_HANDLERS)
    return TestClient(app, client=(PEER, 50_000))
