"""The bridge's own public address, asked from inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2

from mzi_bridge.admin.ports import AdminPorts
from mzi_bridge.errors import RetryLater

SECONDS = 10.0


class PublicAddress:
    """Every method raises RetryLater (unreachable)."""

    def __init__(self, ports: AdminPorts, url: str | None = None) -> None:
        self._url = url or ports.facts().public_url
        self._transport = ports.transport

    async def post(self, url: str, content: Mapping[str, Any]) -> int:
        """The status of the answer to this JSON."""
        return await self._status("POST", url, json=dict(content))

    async def health(self) -> int:
        """The status of the health page."""
        return await self._status("GET", f"{self._url}/health")

    async def _status(self, method: str, url: str, **given: Any) -> int:
        try:
            async with httpx2.AsyncClient(timeout=SECONDS, transport=self._transport) as http:
                return (await http.request(method, url, **given)).status_code
        except httpx2.HTTPError as error:
            raise RetryLater(
                f"The public address does not answer ({type(error).__name__}).",
                reason="unreachable",
                fix="Let WEBHOOK_BASE_URL lead to this bridge: check DNS, proxy and certificate.",
            ) from error
