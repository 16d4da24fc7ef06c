"""The one place that sends to the CRM: token, timeouts, one new token after a 401, and
every answer judged before anybody sees it."""

from __future__ import annotations

import json
import math
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Any, Protocol

import httpx2
from msgspec import Struct, field
from msgspec.structs import replace

from mzi_bridge.clock import Clock
from mzi_bridge.tls import trusted
from mzi_bridge.zoho.answers import (
    RawAnswer,
    credits_left,
    is_spent,
    judge,
    refuses_token,
    retry_after,
)
from mzi_bridge.zoho.errors import BadAnswer, BadArgument, UnknownEffect, Unreachable
from mzi_bridge.zoho.gate import Gate, Place
from mzi_bridge.zoho.oauth import AccessTokens, StoredToken
from mzi_bridge.zoho.regions import choose_api_url
from mzi_bridge.zoho.request_log import cut_queries_from_request_log
from mzi_bridge.zoho.reserve import CreditReserve
from mzi_bridge.zoho.times import http_date

_NOT_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)


class Call(Struct, frozen=True):
    """One request. `path` begins after the host; `write` means it may change something;
    `cost` is its API credits by Zoho's table; `operation` its name in meters and errors.
    `background` marks work that can wait for live work; `follows` a call that completes work
    whose own call was let through and paid for."""

    operation: str
    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    files: Mapping[str, Any] | None = None
    if_modified_since: str | None = None
    write: bool = False
    cost: int = 1
    background: bool = False
    follows: bool = False


class Answer(Struct, frozen=True):
    """`body` is None for 204 and 304. `read_time` is in epoch seconds, by the CRM's clock
    where it sent a `Date`, and never later than the state of the CRM that the body shows:
    a change that the body does not show has a time of at least `read_time`."""

    body: Mapping[str, Any] | None
    read_time: int
    not_modified: bool = False


class Opened(Struct, frozen=True):
    """An answer whose body is still to be read; `read_time` as in Answer."""

    response: httpx2.Response
    read_time: int


class CallReport(Struct, frozen=True):
    """For metering: holds nothing that names a record. `status` is 0 if nothing came back;
    `credits_left` None until Zoho says it; `seconds` the time until the answer's head."""

    operation: str
    status: int
    cost: int
    seconds: float
    credits_left: int | None


class _Sent(Struct, frozen=True):
    """An answer's head; `begun_at` by the bridge's clock, `seconds` from then to the head."""

    response: httpx2.Response
    begun_at: float
    seconds: float


Observer = Callable[[CallReport], None]
Stopwatch = Callable[[], float]
"""Seconds since some moment; never set back."""


class Sender(Protocol):
    """What an API family sends with."""

    async def call(self, call: Call) -> Answer: ...

    def open(self, call: Call) -> AbstractAsyncContextManager[Opened]: ...


def ignore_report(report: CallReport) -> None:
    """The observer of a client nobody meters."""


class ZohoTransport:
    """Sends calls with the current token. Close it with `aclose`.

    `concurrency` is how many calls may be under way at once, at most: Zoho allows 5 (Free) to
    25 (Ultimate) for an organisation. `credits` is told what every call costs, and asked before
    a call of background work is sent.
    """

    def __init__(
        self,
        *,
        api_url: str,
        tokens: AccessTokens,
        clock: Clock,
        observer: Observer = ignore_report,
        timeout: float = 30.0,
        concurrency: int = 5,
        credits: CreditReserve | None = None,
        stopwatch: Stopwatch = time.monotonic,
        http_transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        cut_queries_from_request_log()
        self._api_url = api_url
        self._tokens = tokens
        self._clock = clock
        self._observer = observer
        self._gate = Gate(concurrency, clock)
        self._credits = credits
        self._stopwatch = stopwatch
        self._client = httpx2.AsyncClient(
            timeout=httpx2.Timeout(timeout, connect=min(timeout, 10.0)),
            transport=http_transport,
            verify=trusted(),
            headers={"Accept": "application/json", "User-Agent": "mzi-bridge"},
        )

    async def call(self, call: Call) -> Answer:
        """Sends and judges. Raises every error of `zoho.errors` but UnexpectedAnswer; a
        background call also what the ledger of credits raises."""
        async with self._exchange(call) as sent:
            raw = await read(sent.response, call)
        conditional = call.if_modified_since is not None
        body = judge(raw, write=call.write, conditional=conditional, cost=call.cost)
        return Answer(body, _read_time(sent), raw.status == 304)

    @asynccontextmanager
    async def open(self, call: Call) -> AsyncIterator[Opened]:
        """The answer before its body is read, for downloads. A 401 has been met with one new
        token; the status and the body are for the caller to judge. Raises Unreachable,
        UnknownEffect, BadAnswer and the errors of the tokens."""
        async with self._exchange(call) as sent:
            yield Opened(sent.response, _read_time(sent))

    def in_background(self) -> Sender:
        """The same way to the CRM for work that can wait: its calls bear the mark."""
        return _Background(self)

    async def aclose(self) -> None:
        await self._client.aclose()

    @asynccontextmanager
    async def _exchange(self, call: Call) -> AsyncIterator[_Sent]:
        token = await self._tokens.current()
        sent = await self._send(call, token)
        try:
            if sent.response.status_code == 401 and refuses_token(await read(sent.response, call)):
                await sent.response.aclose()
                token = await self._tokens.replace(token)
                sent = await self._send(call, token)
            if sent.response.status_code != 401:
                self._tokens.worked(token)
            yield sent
        finally:
            await sent.response.aclose()

    async def _send(self, call: Call, token: StoredToken) -> _Sent:
        request = self._request(call, token)
        if self._credits and call.background and not call.follows:
            await self._credits.admit(call.cost)
        async with self._gate.place() as place:
            begun_at, begun = self._clock.now(), self._stopwatch()
            status, left = 0, None
            try:
                with named_faults(call):
                    response = await self._client.send(request, stream=True)
                status, left = response.status_code, credits_left(response.headers)
                _tell(place, call, response, left)
            finally:
                seconds = self._stopwatch() - begun
                self._metered(CallReport(call.operation, status, call.cost, seconds, left))
        return _Sent(response, begun_at, seconds)

    def _metered(self, report: CallReport) -> None:
        if self._credits:
            self._credits.note(report.cost, report.status, report.credits_left)
        self._observer(report)

    def _request(self, call: Call, token: StoredToken) -> httpx2.Request:
        headers = {"Authorization": f"Zoho-oauthtoken {token.access_token}"}
        if call.if_modified_since:
            headers["If-Modified-Since"] = call.if_modified_since
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        with named_faults(call):
            return self._client.build_request(
                call.method,
                choose_api_url(self._api_url, token.api_domain) + call.path,
                params=dict(call.params) or None,
                headers=headers,
                content=None if call.body is None else _json(call.body),
                files=call.files,
            )


class _Background:
    def __init__(self, transport: ZohoTransport) -> None:
        self._transport = transport

    async def call(self, call: Call) -> Answer:
        return await self._transport.call(replace(call, background=True))

    def open(self, call: Call) -> AbstractAsyncContextManager[Opened]:
        return self._transport.open(replace(call, background=True))


def _tell(place: Place, call: Call, response: httpx2.Response, left: int | None) -> None:
    """A fault of the server's says nothing of how many calls it takes at once."""
    if response.status_code == 429:
        if not is_spent(left, call.cost):
            place.refused(retry_after(response.headers))
    elif response.status_code < 500:
        place.answered()


def _read_time(sent: _Sent) -> int:
    """When the call began, in whole seconds rounded down.

    `Date` tells when the answer was made, which may be after a change that it does not show.
    So the time it took is taken off; one second at the least, for `Date` is cut to seconds.
    """
    answered_at = http_date(sent.response.headers.get("date"))
    if answered_at is None:
        return int(sent.begun_at)
    return answered_at - max(1, math.ceil(sent.seconds))


async def read(response: httpx2.Response, call: Call) -> RawAnswer:
    """The whole answer. Raises BadAnswer, Unreachable or UnknownEffect if it breaks off."""
    with named_faults(call):
        content = await response.aread()
    return RawAnswer(response.status_code, response.headers, content)


@contextmanager
def named_faults(call: Call) -> Iterator[None]:
    """Turns httpx2's errors into ours.

    Causes stay out of the traceback: their text can quote a header with the token in it.
    """
    try:
        yield
    except _NOT_SENT as error:
        raise Unreachable(f"{call.operation}: {type(error).__name__}, nothing sent.") from None
    except httpx2.DecodingError:
        raise BadAnswer(
            f"{call.operation}: the answer's encoding is broken.", effect_unknown=call.write
        ) from None
    except (httpx2.InvalidURL, httpx2.LocalProtocolError) as error:
        raise BadArgument(f"{call.operation}: {type(error).__name__}.") from None
    except (httpx2.TransportError, httpx2.StreamError) as error:
        lost = UnknownEffect if call.write else Unreachable
        raise lost(f"{call.operation}: the reply was lost ({type(error).__name__}).") from None


def _json(body: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError):
        raise BadArgument("What was to be sent is not JSON.") from None
