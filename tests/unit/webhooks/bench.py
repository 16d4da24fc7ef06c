"""What the webhook tests send with, and look at afterwards."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace
from starlette.applications import Starlette
from starlette.testclient import TestClient

from mzi_bridge.pipeline.accept import ChannelRow, Delivery, Notice, hash_token
from mzi_bridge.webhooks.ports import Guards, Ports
from mzi_bridge.webhooks.routes import webhook_routes

NOW = 1_790_000_000.0
ZOHO = "/api/v1/webhooks/zoho"
WORKFLOW = "/api/v1/webhooks/student-dashboard"
CHANNEL_TOKEN = "channel-token-current"
WORKFLOW_TOKEN = "workflow-secret-current"
SIGNATURE_KEY = "signature-key-current"
RECORD = "5725767000000568001"


class StoppedClock:
    def __init__(self, now: float = NOW) -> None:
        self.time = now

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += seconds


def channel_row(**changes: Any) -> ChannelRow:
    row = ChannelRow(
        channel_id="1001",
        module="BTEC_Students",
        events=("create", "edit", "delete"),
        notify_url="https://bridge.example.org" + ZOHO,
        token_hash=hash_token(CHANNEL_TOKEN),
        previous_token_hash=None,
        previous_valid_until=None,
        expires_at=NOW + 3600,
        granted_at=NOW - 3600,
    )
    return replace(row, **changes)


def callback(**changes: Any) -> dict[str, Any]:
    """A channel's callback, as Zoho sends it; a change to ... takes the key away."""
    body: dict[str, Any] = {
        "server_time": int(NOW * 1000) - 1500,
        "query_params": {},
        "module": "BTEC_Students",
        "resource_uri": "https://www.zohoapis.com/crm/v2/BTEC_Students",
        "ids": [RECORD],
        "affected_fields": [{RECORD: ["First_Name"]}],
        "operation": "update",
        "channel_id": "1001",
        "token": CHANNEL_TOKEN,
    }
    return {key: value for key, value in (body | changes).items() if value is not ...}


def signed(body: bytes, key: str = SIGNATURE_KEY) -> str:
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


@dataclass
class Bench:
    """An app with the webhook routes only, over ports that remember."""

    channels: dict[str, ChannelRow] = field(default_factory=lambda: {"1001": channel_row()})
    guards: Guards = field(default_factory=lambda: guards())
    modules: dict[str, str] = field(default_factory=lambda: {"students": "BTEC_Students"})
    notices: list[Notice] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    fault: Exception | None = None
    lookup_fault: Exception | None = None

    async def accept(self, notices: Sequence[Notice], deliveries: Sequence[Delivery]) -> int:
        if self.fault:
            raise self.fault
        self.notices.extend(notices)
        self.deliveries.extend(deliveries)
        return len({(notice.module, notice.record_id) for notice in notices})

    async def lookup(self, channel_id: str) -> ChannelRow | None:
        if self.lookup_fault:
            raise self.lookup_fault
        return self.channels.get(channel_id)

    @property
    def app(self) -> Starlette:
        ports = Ports(self.accept, self.lookup, self.modules.get)
        return Starlette(routes=webhook_routes(ports, self.guards))

    def client(self, address: str = "192.0.2.7") -> TestClient:
        return TestClient(self.app, client=(address, 40_000))

    @property
    def stored_nothing(self) -> bool:
        return not self.notices and not self.deliveries


def guards(**changes: Any) -> Guards:
    usual = Guards(tokens=(WORKFLOW_TOKEN,), signature_keys=(SIGNATURE_KEY,), clock=StoppedClock())
    return replace(usual, **changes)
