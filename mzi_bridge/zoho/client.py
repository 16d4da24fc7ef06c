"""The CRM as one object: every API family on one transport, with one token."""

from __future__ import annotations

import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx2
from pydantic import SecretStr

from mzi_bridge.clock import Clock, SystemClock
from mzi_bridge.zoho.attachments import Attachments
from mzi_bridge.zoho.channels import Channels
from mzi_bridge.zoho.coql import Coql
from mzi_bridge.zoho.deleted import Deleted
from mzi_bridge.zoho.grants import ZohoGrants
from mzi_bridge.zoho.metadata import Metadata
from mzi_bridge.zoho.oauth import AccessTokens, TokenStore
from mzi_bridge.zoho.records import Records
from mzi_bridge.zoho.search import Search
from mzi_bridge.zoho.transport import Observer, Stopwatch, ZohoTransport, ignore_report


@dataclass(frozen=True)
class ApiVersions:
    """The API version of each family; Zoho dates them differently."""

    records: str = "v2"
    deleted: str = "v2"
    search: str = "v2"
    coql: str = "v2"
    metadata: str = "v2"
    channels: str = "v2"
    attachments: str = "v2"


class ZohoClient:
    """One organisation's CRM. Used as `async with ZohoClient(…) as zoho:`.

    `api_url` and `accounts_url` come from `regions` or the settings; `timeout` is in seconds;
    `concurrency` the calls under way at once; `stopwatch` measures how long one takes;
    `http_transport` replaces the network.
    """

    def __init__(
        self,
        *,
        api_url: str,
        accounts_url: str,
        client_id: str,
        client_secret: SecretStr,
        refresh_token: SecretStr,
        store: TokenStore,
        clock: Clock | None = None,
        versions: ApiVersions | None = None,
        observer: Observer = ignore_report,
        timeout: float = 30.0,
        concurrency: int = 5,
        stopwatch: Stopwatch = time.monotonic,
        http_transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        clock = clock or SystemClock()
        versions = versions or ApiVersions()
        self.grants = ZohoGrants(
            accounts_url=accounts_url,
            client_id=client_id,
            client_secret=client_secret,
            timeout=timeout,
            http_transport=http_transport,
        )
        self.tokens = AccessTokens(
            grants=self.grants, refresh_token=refresh_token, store=store, clock=clock
        )
        self._transport = transport = ZohoTransport(
            api_url=api_url,
            tokens=self.tokens,
            clock=clock,
            observer=observer,
            timeout=timeout,
            concurrency=concurrency,
            stopwatch=stopwatch,
            http_transport=http_transport,
        )
        self.records = Records(transport, versions.records)
        self.deleted = Deleted(transport, versions.deleted)
        self.search = Search(transport, versions.search)
        self.coql = Coql(transport, versions.coql)
        self.metadata = Metadata(transport, versions.metadata)
        self.channels = Channels(transport, versions.channels)
        self.attachments = Attachments(transport, versions.attachments)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes the connections; the stored token stays valid for others."""
        await self._transport.aclose()
        await self.grants.aclose()
