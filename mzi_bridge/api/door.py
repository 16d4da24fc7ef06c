"""The door of the API: who asks, whether they may, and whether they ask too often."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

from mzi_bridge.api.answers import ADMIN_NOT_CONFIGURED, SCOPE_MISSING, error_answer
from mzi_bridge.client_address import Network, client_address
from mzi_bridge.errors import MziError
from mzi_bridge.journal.api_keys import ApiKey
from mzi_bridge.problems import (
    TOO_MANY_FAILURES,
    TOO_MANY_REQUESTS,
    UNAUTHORIZED,
    ProblemResponse,
)
from mzi_bridge.rate_limit import RateLimit

log = logging.getLogger(__name__)
ADMIN = "admin"
"""What only the administrator's token opens."""
_HANDED_ON = ("x-forwarded-for", "forwarded", "x-real-ip", "via")
_CHALLENGE = {"WWW-Authenticate": "Bearer"}


class Keys(Protocol):
    """`journal.api_keys.ApiKeys`, as far as the door needs it."""

    async def find(self, secret: str) -> ApiKey | None: ...

    async def any(self) -> bool: ...


class Caller(Struct, frozen=True):
    """Who asks: `actor` as the audit names them, `client` the address, `scopes` None for all."""

    actor: str
    client: str
    scopes: frozenset[str] | None = None

    def may(self, scope: str) -> bool:
        return self.scopes is None or scope in self.scopes


class Refused(Exception):
    def __init__(self, answer: ProblemResponse) -> None:
        super().__init__()
        self.answer = answer


class Door:
    """Takes the administrator's token in `Authorization: Bearer` or `X-Admin-Token`, an API key
    in the former. No cookie counts, so no other site's page can make a browser pass.

    Past `failures`, an address is refused unless it brings an API key that counts: a key holds
    256 random bits, which nobody guesses, so nobody shuts out the programs that share an address
    with a guesser. The administrator's token, which a person may have chosen, is then not even
    compared. `rate` counts by key, or by address.
    """

    def __init__(
        self,
        token: str | None,
        keys: Keys,
        *,
        rate: RateLimit,
        failures: RateLimit,
        trusted_proxies: Sequence[Network] = (),
    ) -> None:
        self._digest = token_digest(token) if token else None
        self._keys = keys
        self._rate = rate
        self._failures = failures
        self._trusted = trusted_proxies

    async def admit(self, request: HTTPConnection, scope: str | None) -> Caller:
        """The caller, who may use what needs `scope` (None: anyone may). Raises Refused."""
        if scope is None:
            caller = Caller("", self.client(request))
        else:
            caller = await self._proven(request)
        if wait := self._rate.take(caller.actor or caller.client):
            raise Refused(TOO_MANY_REQUESTS.come_again(wait))
        if scope is not None and not caller.may(scope):
            needed = "the administrator's token" if scope == ADMIN else f"the scope {scope}"
            raise Refused(SCOPE_MISSING.answer(f"This needs {needed}.", scope=scope))
        return caller

    async def is_admin(self, request: HTTPConnection) -> bool:
        """For what is open and tells the administrator more. A guess counts, unanswered."""
        given = given_by(request.headers)
        if not given or self._digest is None:
            return False
        client = self.client(request)
        if self._failures.take(client) or not self._is_token(given):
            return False
        self._failures.give_back(client)
        return True

    def client(self, request: HTTPConnection) -> str:
        """The address that counts, as text."""
        address = client_address(
            request.client.host if request.client else None,
            request.headers.getlist("x-forwarded-for"),
            self._trusted,
        )
        return str(address)

    def is_local(self, request: HTTPConnection) -> bool:
        """Whether a program of this machine asks by itself.

        What a proxy hands on is not, whatever address it names: a proxy that only appends to
        what came would let anyone write an address of this machine there.
        """
        if any(name in request.headers for name in _HANDED_ON):
            return False
        address = client_address(request.client.host if request.client else None, (), ())
        return address is not None and address.is_loopback

    async def _proven(self, request: HTTPConnection) -> Caller:
        given, client = given_by(request.headers), self.client(request)
        wait = self._failures.take(client)
        try:
            caller = await self._known(given, client, compare_token=not wait)
            if caller is None and not await self._is_set_up():
                raise Refused(ADMIN_NOT_CONFIGURED.answer())
        except MziError as error:
            self._give_back(client, wait)
            raise Refused(error_answer(error)) from None
        if caller is not None:
            self._give_back(client, wait)
            return caller
        if wait:
            raise Refused(TOO_MANY_FAILURES.come_again(wait))
        log.warning("API request refused", extra={"reason": "not_proven", "client": client})
        raise Refused(UNAUTHORIZED.answer(headers=_CHALLENGE))

    async def _known(self, given: str, client: str, *, compare_token: bool) -> Caller | None:
        if compare_token and self._is_token(given):
            return Caller("admin token", client)
        key = await self._keys.find(given)
        if key is None:
            return None
        return Caller(f"api key {key.name} #{key.id}", client, frozenset(key.scopes))

    def _is_token(self, given: str) -> bool:
        return self._digest is not None and hmac.compare_digest(token_digest(given), self._digest)

    async def _is_set_up(self) -> bool:
        return self._digest is not None or await self._keys.any()

    def _give_back(self, client: str, wait: float) -> None:
        """A take that had to wait was none."""
        if not wait:
            self._failures.give_back(client)


def given_by(headers: Headers) -> str:
    """The token or key that came, else an empty text."""
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    return headers.get("x-admin-token", "")


def token_digest(token: str) -> bytes:
    """What tokens are compared by, so that the time of it tells nothing."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
