"""Tells the channels over real HTTP that records changed. Zoho promises nothing about these
notices: no order, no retry, no single delivery; the modes let a test have the worst of it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal
from urllib.parse import parse_qsl, urlsplit

import httpx2

from mzi_bridge.sandbox.zoho.channels import Channel, ChannelBook
from mzi_bridge.sandbox.zoho.record import Change, Operation
from mzi_bridge.sandbox.zoho.state import Crm

Mode = Literal["deliver", "drop", "duplicate", "hold"]
RESOURCE_ROOT: Final = "https://www.zohoapis.com/crm/v2"
TIMEOUT_SECONDS: Final = 10.0
KEPT: Final = 1000


class Notifier:
    """Sends callbacks in the background.

    `mode`: deliver; drop them silently; duplicate each; or hold them until `release`. `sent`
    keeps the last ones: channel, module, operation, number of ids and the HTTP status, None
    where no answer came.
    """

    def __init__(self, crm: Crm, channels: ChannelBook, *, retries: int = 0) -> None:
        self.mode: Mode = "deliver"
        self.sent: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._crm = crm
        self._channels = channels
        self._retries = retries
        self._client: httpx2.AsyncClient | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: list[tuple[str, dict[str, Any]]] = []

    @property
    def pending(self) -> int:
        """Callbacks on their way or held back."""
        return len(self._tasks) + len(self._held)

    def publish(self, changes: Sequence[Change]) -> None:
        """One callback per channel, module and operation, with all ids of one call."""
        if self.mode == "drop" or not changes:
            return
        for channel in self._channels.live(self._crm.clock.now()):
            for notice in self._notices(channel, changes):
                copies = 2 if self.mode == "duplicate" else 1
                for _ in range(copies):
                    self._dispatch(channel.notify_url, notice)

    def release(self) -> None:
        """Send what was held back, the latest first."""
        self.mode = "deliver"
        held, self._held = self._held, []
        for url, notice in reversed(held):
            self._dispatch(url, notice)

    async def settled(self) -> None:
        """Wait until nothing is on its way."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def close(self) -> None:
        """Give up what is on its way and close the connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _notices(self, channel: Channel, changes: Iterable[Change]) -> Iterable[dict[str, Any]]:
        groups: dict[tuple[str, Operation], list[Change]] = {}
        for change in changes:
            if channel.hears(change.module, change.operation):
                groups.setdefault((change.module, change.operation), []).append(change)
        for (module, operation), group in groups.items():
            yield {
                "server_time": int(self._crm.clock.now() * 1000),
                "query_params": dict(parse_qsl(urlsplit(channel.notify_url).query)),
                "module": module,
                "resource_uri": f"{RESOURCE_ROOT}/{module}",
                "ids": list(dict.fromkeys(change.id for change in group)),
                "affected_fields": _affected(operation, group),
                "operation": operation,
                "channel_id": channel.channel_id,
                "token": channel.token,
            }

    def _dispatch(self, url: str, notice: dict[str, Any]) -> None:
        if self.mode == "hold":
            self._held.append((url, notice))
            return
        task = asyncio.get_running_loop().create_task(self._send(url, notice))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, url: str, notice: dict[str, Any]) -> None:
        entry = {
            "channel_id": notice["channel_id"],
            "module": notice["module"],
            "operation": notice["operation"],
            "ids": len(notice["ids"]),
            "status": None,
        }
        self.sent.append(entry)
        for _ in range(1 + self._retries):
            try:
                response = await self._connected().post(url, json=notice)
            except httpx2.HTTPError:
                continue
            entry["status"] = response.status_code
            if response.is_success:
                return

    def _connected(self) -> httpx2.AsyncClient:
        if self._client is None:
            self._client = httpx2.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False)
        return self._client


def _affected(operation: Operation, changes: Sequence[Change]) -> list[dict[str, list[str]]]:
    """`[{id: [field, …]}]` of an update; nothing for the others (Zoho v7 docs)."""
    if operation != "update":
        return []
    fields: dict[str, dict[str, None]] = {}
    for change in changes:
        fields.setdefault(change.id, {}).update(dict.fromkeys(change.fields))
    return [{record_id: list(names)} for record_id, names in fields.items()]
