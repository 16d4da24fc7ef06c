"""An emulated organisation in this process, and clients of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2
from pydantic import SecretStr

from mzi_bridge.sandbox.sample import schema
from mzi_bridge.sandbox.zoho import Crm, Switches, create_zoho_app
from mzi_bridge.sandbox.zoho.app import ZohoApp
from mzi_bridge.zoho.client import ZohoClient
from tests.support.clock import ManualClock
from tests.support.scripted_crm import NOW, SharedStore

URL = "http://crm.test"
CLIENT = {"client_id": "1000.CLIENT", "client_secret": "canary-secret"}
REFRESH = "1000.refresh.canary"


@dataclass
class Office:
    """One emulated organisation and the clock it lives by."""

    crm: Crm
    clock: ManualClock
    app: ZohoApp

    @classmethod
    def open(cls, clock: ManualClock | None = None, **switches: Any) -> Office:
        clock = clock or ManualClock(NOW)
        crm = Crm(schema("btec"), clock)
        app = create_zoho_app(crm, refresh_token=REFRESH, switches=Switches(**switches), **CLIENT)
        return cls(crm, clock, app)

    def client(self, store: SharedStore | None = None, **settings: Any) -> ZohoClient:
        given: dict[str, Any] = {
            "api_url": URL,
            "accounts_url": URL,
            "client_id": CLIENT["client_id"],
            "client_secret": SecretStr(CLIENT["client_secret"]),
            "refresh_token": SecretStr(REFRESH),
            "store": store or SharedStore(),
            "clock": self.clock,
            "stopwatch": self.clock.now,
            "http_transport": httpx2.ASGITransport(self.app),
        }
        return ZohoClient(**{**given, **settings})

    def expire_tokens(self) -> None:
        self.app.state.emulator.oauth.expire_all()
