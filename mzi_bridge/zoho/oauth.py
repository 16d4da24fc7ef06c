"""One valid access token for all calls: cached, shared, refreshed once for everybody.

Zoho gives 10 access tokens in 10 minutes and drops old ones past a limit, so every task
and every process must use the same token. `TokenStore` shares it; `AccessTokens` refreshes
it before it ends, and at once when the CRM refuses it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

import anyio
from pydantic import SecretStr

from mzi_bridge.clock import Clock
from mzi_bridge.zoho.errors import TokenRefused, ZohoPauseLink, ZohoRetryLater
from mzi_bridge.zoho.token_answer import GrantedToken

EARLY_SECONDS = 300.0
"""How long before its end a token is replaced."""

_LAST_SECONDS = 30.0
_UNPROVED_SECONDS = 60.0
_QUIET_SECONDS = 5.0
_REFUSED_QUIET_SECONDS = 60.0


@dataclass(frozen=True)
class StoredToken:
    """An access token at rest. `expires_at` is in epoch seconds; `api_domain` is where
    Zoho said it may be used, unchecked."""

    access_token: str = field(repr=False)
    expires_at: float
    api_domain: str | None


class TokenStore(Protocol):
    """Where the token lives between calls, tasks and processes."""

    async def load(self) -> StoredToken | None: ...

    async def save(self, token: StoredToken) -> None: ...

    def refreshing(self) -> AbstractAsyncContextManager[None]:
        """Exclusive across tasks and processes; held while a token is fetched."""
        ...


class TokenGrants(Protocol):
    """What `AccessTokens` needs of the accounts server (`grants.ZohoGrants`)."""

    async def refresh(self, refresh_token: SecretStr) -> GrantedToken: ...


def _spread() -> float:
    return random.random() * 30.0  # noqa: S311


class AccessTokens:
    """Hands out the current token.

    `jitter` gives seconds added to the early refresh, so that processes sharing a store do
    not all wake at once; it is asked once for each token.
    """

    def __init__(
        self,
        *,
        grants: TokenGrants,
        refresh_token: SecretStr,
        store: TokenStore,
        clock: Clock,
        early: float = EARLY_SECONDS,
        jitter: Callable[[], float] = _spread,
    ) -> None:
        self._grants = grants
        self._refresh_token = refresh_token
        self._store = store
        self._clock = clock
        self._early = early
        self._jitter = jitter
        self._lock = anyio.Lock()
        self._lead = early + jitter()
        self._token: StoredToken | None = None
        self._due_at = 0.0
        self._unproved_since: float | None = None
        self._failure: ZohoPauseLink | ZohoRetryLater | None = None
        self._quiet = 0.0
        self._quiet_until = 0.0

    async def current(self) -> StoredToken:
        """A token that is not about to end.

        Raises TokenThrottled, TokenRefused, Unreachable, ServerFault or BadAnswer. After a
        failure the same error is answered for a while without asking Zoho again; while the
        old token still lives, a passing failure is not raised at all.
        """
        if self._token and self._clock.now() < self._due_at:
            return self._token
        async with self._lock:
            if self._token and self._clock.now() < self._due_at:
                return self._token
            return await self._renew(refused=None)

    async def replace(self, refused: StoredToken) -> StoredToken:
        """Another token than the one the CRM refused; many callers cause one refresh.

        Raises TokenRefused if that one was made just now and never worked: then a new one
        would not help, and Zoho counts them. Else as `current`.
        """
        async with self._lock:
            token = self._token
            if token and _differs(token, refused) and self._clock.now() < self._due_at:
                return token
            since = self._unproved_since
            if since is not None and 0 <= self._clock.now() - since < _UNPROVED_SECONDS:
                raise TokenRefused(
                    "The CRM refuses a token that was made just now.",
                    fix="Check that ZOHO_REGION and ZOHO_API_URL are the organisation's own.",
                )
            return await self._renew(refused)

    def worked(self, token: StoredToken) -> None:
        """The CRM accepted this token."""
        if self._token and not _differs(self._token, token):
            self._unproved_since = None

    async def _renew(self, refused: StoredToken | None) -> StoredToken:
        if shared := await self._shared(refused):
            return shared
        left = self._quiet_until - self._clock.now()
        # More than was set is a clock set back: the quiet is over.
        if self._failure and 0 < left <= self._quiet:
            return self._old_or_raise(refused, self._failure.again(left))
        async with self._store.refreshing():
            # Another process may have refreshed while this one waited.
            if shared := await self._shared(refused):
                return shared
            try:
                granted = await self._grants.refresh(self._refresh_token)
            except (ZohoPauseLink, ZohoRetryLater) as error:
                self._remember(error)
                return self._old_or_raise(refused, error)
            return await self._keep(granted)

    async def _shared(self, refused: StoredToken | None) -> StoredToken | None:
        stored = await self._store.load()
        if stored is None or (refused and not _differs(stored, refused)):
            return None
        if self._token is None or _differs(self._token, stored):
            self._token = stored
            self._due_at = stored.expires_at - self._lead
            self._unproved_since = None
        return stored if self._clock.now() < self._due_at else None

    async def _keep(self, granted: GrantedToken) -> StoredToken:
        now = self._clock.now()
        token = StoredToken(granted.access_token, now + granted.lifetime, granted.api_domain)
        self._lead = self._early + self._jitter()
        self._token = token
        self._due_at = token.expires_at - min(self._lead, granted.lifetime / 2)
        self._unproved_since = now
        self._failure = None
        await self._store.save(token)
        return token

    def _remember(self, error: ZohoPauseLink | ZohoRetryLater) -> None:
        quiet = _REFUSED_QUIET_SECONDS if isinstance(error, TokenRefused) else _QUIET_SECONDS
        self._failure = error
        self._quiet = max(error.retry_after or 0.0, quiet)
        self._quiet_until = self._clock.now() + self._quiet

    def _old_or_raise(
        self, refused: StoredToken | None, error: ZohoPauseLink | ZohoRetryLater
    ) -> StoredToken:
        old = self._token
        usable = old and self._clock.now() < old.expires_at - _LAST_SECONDS
        if old and usable and refused is None and not isinstance(error, TokenRefused):
            return old
        raise error


def _differs(one: StoredToken, other: StoredToken) -> bool:
    return one.access_token != other.access_token
