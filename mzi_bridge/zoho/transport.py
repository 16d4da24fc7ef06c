"""The one place that sends to the CRM: token, timeouts, one new token after a 401, and
every answer judged before anybody sees it."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import httpx2

from mzi_bridge.clock import Clock
from mzi_bridge.zoho.answers import RawAnswer, credits_left, judge, refuses_token
from mzi_bridge.zoho.errors import BadAnswer, BadArgument, UnknownEffect, Unreachable
from mzi_bridge.zoho.oauth import AccessTokens, StoredToken
from mzi_bridge.zoho.regions import choose_api_url
from mzi_bridge.zoho.request_log import cut_queries_from_request_log
from mzi_bridge.zoho.times import http_date

_NOT_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)


@dataclass(frozen=True)
class Call:
    """One request. `path` begins after the host; `write` means it may change something;
    `cost` is its API credits by Zoho's table; `operation` its name in meters and errors."""

    operation: str
    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    files: Mapping[str, Any] | None = None
    if_modified_since: str | None = None
    write: bool = False
    cost: int = 1


@dataclass(frozen=True)
class Answer:
    """`body` is None for 204 and 304. `read_time` is in epoch seconds, by the CRM's clock
    (its `Date` header) where it sent one."""

    body: Mapping[str, Any] | None
    read_time: int
    not_modified: bool = False


@dataclass(frozen=True)
class CallReport:
    """For metering: holds nothing that names a record. `status` is 0 if nothing came back;
    `credits_left` None until Zoho says it; `seconds` the time until the answer's head."""

    operation: str
    status: int
    cost: int
    seconds: float
    credits_left: int | None


Observer = Callable[[CallReport], None]


def ignore_report(report: CallReport) -> None:
    """The observer of a client nobody meters."""


class ZohoTransport:
    """Sends calls with the current token. Close it with `aclose`.

    `concurrency` is how many calls may be under way at once: Zoho allows 5 (Free) to 25
    (Ultimate) for an organisation.
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
        http_transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        cut_queries_from_request_log()
        self._api_url = api_url
        self._tokens = tokens
        self._clock = clock
        self._observer = observer
        self._places = anyio.Semaphore(concurrency)
        self._client = httpx2.AsyncClient(
            timeout=httpx2.Timeout(timeout, connect=min(timeout, 10.0)),
            transport=http_transport,
            headers={"Accept": "application/json", "User-Agent": "mzi-bridge"},
        )

    async def call(self, call: Call) -> Answer:
        """Sends and judges. Raises every error of `zoho.errors` but UnexpectedAnswer."""
        async with self.open(call) as response:
            raw = await read(response, call)
        conditional = call.if_modified_since is not None
        body = judge(raw, write=call.write, conditional=conditional, cost=call.cost)
        return Answer(body, self._read_time(raw), raw.status == 304)

    @asynccontextmanager
    async def open(self, call: Call) -> AsyncIterator[httpx2.Response]:
        """The answer before its body is read, for downloads. A 401 has been met with one new
        token; the status and the body are for the caller to judge. Raises Unreachable,
        UnknownEffect, BadAnswer and the errors of the tokens."""
        token = await self._tokens.current()
        response = await self._send(call, token)
        try:
            if response.status_code == 401 and refuses_token(await read(response, call)):
                await response.aclose()
                token = await self._tokens.replace(token)
                response = await self._send(call, token)
            if response.status_code != 401:
                self._tokens.worked(token)
            yield response
        finally:
            await response.aclose()

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _send(self, call: Call, token: StoredToken) -> httpx2.Response:
        request = self._request(call, token)
        async with self._places:
            begun = time.monotonic()
            status, left = 0, None
            try:
                with named_faults(call):
                    response = await self._client.send(request, stream=True)
                status, left = response.status_code, credits_left(response.headers)
                return response
            finally:
                seconds = time.monotonic() - begun
                self._observer(CallReport(call.operation, status, call.cost, seconds, left))

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

    def _read_time(self, raw: RawAnswer) -> int:
        sent = http_date(raw.headers.get("date"))
        return int(self._clock.now()) if sent is None else sent


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
