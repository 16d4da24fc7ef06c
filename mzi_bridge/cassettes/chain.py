"""A bridge with an empty journal that takes one notification and carries it over."""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
from cryptography.fernet import Fernet
from pydantic import SecretStr

from mzi_bridge.app import Bridge, create_app
from mzi_bridge.cassettes.tape import BRIDGE_URL
from mzi_bridge.clock import Clock
from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.channels import ChannelRow, hash_token
from mzi_bridge.pipeline.worker import drain
from mzi_bridge.settings import Settings

WEBHOOK_PATH = "/api/v1/webhooks/zoho"
ALL_EVENTS = ("create", "edit", "delete")


@dataclass(frozen=True)
class Chain:
    """One bridge between accepting (`accept`) and carrying over (`carry`)."""

    bridge: Bridge
    http: httpx2.AsyncClient

    async def accept(self, notification: bytes) -> None:
        """Posts the notification to the bridge. Raises OperatorError if it is refused."""
        answer = await self.http.post(
            WEBHOOK_PATH, content=notification, headers={"content-type": "application/json"}
        )
        if answer.status_code != 202:
            raise OperatorError(
                f"The bridge refused the notification with HTTP {answer.status_code}.",
                reason="notification_refused",
                fix="Is its module in the mapping, and was it sent to a channel?",
            )

    async def carry(self) -> None:
        await drain(self.bridge.links)


@asynccontextmanager
async def open_chain(
    values: Mapping[str, str],
    notification: bytes,
    clock: Clock,
    transport: httpx2.AsyncBaseTransport,
) -> AsyncIterator[Chain]:
    """A bridge with the settings `values`, where the notification's channel is registered."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.model_validate(
            {
                "DATABASE_URL": SecretStr(f"sqlite:///{Path(folder) / 'journal.sqlite3'}"),
                "MZI_SECRET_KEY": Fernet.generate_key().decode(),
                **values,
                # A cassette holds the chain of a row. Pictures of people stay out of it.
                "MZI_PHOTOS": "false",
            }
        )
        app = create_app(settings, with_worker=False, clock=clock, transport=transport)
        async with app.router.lifespan_context(app):
            bridge: Bridge = app.state.engine.bridge
            await bridge.links.journal.channels.save(_channel(notification, clock.now()))
            asgi = httpx2.ASGITransport(app)
            async with httpx2.AsyncClient(transport=asgi, base_url=BRIDGE_URL) as http:
                yield Chain(bridge, http)


def _channel(notification: bytes, now: float) -> ChannelRow:
    notice = json.loads(notification)
    return ChannelRow(
        channel_id=str(notice["channel_id"]),
        module=str(notice["module"]),
        events=ALL_EVENTS,
        notify_url=BRIDGE_URL + WEBHOOK_PATH,
        token_hash=hash_token(str(notice["token"])),
        previous_token_hash=None,
        previous_valid_until=None,
        expires_at=now + 86400,
        granted_at=now,
    )
