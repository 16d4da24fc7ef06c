"""The CRM as one object: every API family on one transport, with one token."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

import httpx2
from pydantic import SecretStr

from mzi_bridge.clock import Clock, SystemClock
from mzi_bridge.zoho.apis import ApiVersions, ZohoApis
from mzi_bridge.zoho.bulk import DownloadPace
from mzi_bridge.zoho.grants import ZohoGrants
from mzi_bridge.zoho.oauth import AccessTokens, TokenStore
from mzi_bridge.zoho.reserve import CreditReserve
from mzi_bridge.zoho.transport import Observer, Stopwatch, ZohoTransport, ignore_report


class ZohoClient(ZohoApis):
    """One organisation's CRM. Used as `async with ZohoClient(…) as zoho:`.

    `api_url` and `accounts_url` come from `regions` or the settings; `timeout` is in seconds;
    `concurrency` the most calls under way at once; `credits` meters them and keeps a reserve
    for live work (without it nothing is refused); `stopwatch` measures how long one takes;
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
        credits: CreditReserve | None = None,
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
        tokens = AccessTokens(
            grants=self.grants, refresh_token=refresh_token, store=store, clock=clock
        )
        self._transport = transport = ZohoTransport(
            api_url=api_url,
            tokens=tokens,
            clock=clock,
            observer=observer,
            timeout=timeout,
            concurrency=concurrency,
            credits=credits,
            stopwatch=stopwatch,
            http_transport=http_transport,
        )
        pace = DownloadPace(clock)
        super().__init__(transport, versions, tokens, clock, pace, credits)
        self._in_background = ZohoApis(
            transport.in_background(), versions, tokens, clock, pace, credits
        )

    @property
    def background(self) -> ZohoApis:
        return self._in_background

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
