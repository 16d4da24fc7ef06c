"""The tape itself: vcrpy set up so that only scrubbed bytes reach a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx2
from vcr import VCR
from vcr.cassette import Cassette
from vcr.request import Request

from mzi_bridge.cassettes.scrub import KEPT_HEADERS, SCRUBBED, scrub_form, scrub_json

ZOHO_URL = "https://zoho.cassette.example"
ACCOUNTS_URL = "https://accounts.cassette.example"
MOODLE_URL = "https://moodle.cassette.example"
BRIDGE_URL = "https://bridge.cassette.example"
REST_PATH = "/webservice/rest/server.php"


class ScrubbingTransport(httpx2.AsyncBaseTransport):
    """The network, except that the bridge sees the CRM's records as the cassette keeps them."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        if not request.url.path.startswith("/crm/"):
            return response
        body = scrub_json(await response.aread())
        headers = {
            name: value
            for name, value in response.headers.items()
            if name.lower() not in ("content-length", "content-encoding", "transfer-encoding")
        }
        await response.aclose()
        return httpx2.Response(response.status_code, headers=headers, content=body)

    async def aclose(self) -> None:
        await self._inner.aclose()


def recorder(hosts: dict[str, str]) -> VCR:
    """A VCR that writes each of `hosts` (real base URL → name in the cassette)."""
    return VCR(
        before_record_request=lambda request: _request(request, hosts),
        before_record_response=_response,
        match_on=["method", "scheme", "host", "path", "query", "body"],
        decode_compressed_response=True,
    )


def load(path: Path) -> Cassette:
    """The cassette in a file, its interactions in order."""
    return Cassette.load(path=str(path))


def moodle_calls(cassette: Cassette) -> list[bytes]:
    """The bodies of the calls to Moodle, in order."""
    return [bytes(r.body) for r in cassette.requests if urlsplit(r.uri).path == REST_PATH]


def _request(request: Request, hosts: dict[str, str]) -> Request:
    parts = urlsplit(request.uri)
    base = hosts.get(f"{parts.scheme}://{parts.netloc}")
    if parts.path.startswith("/oauth/"):
        # The sandbox has one address for both; Zoho never has.
        base = ACCOUNTS_URL
    if base is not None:
        named = urlsplit(base)
        request.uri = urlunsplit(
            (named.scheme, named.netloc, parts.path, parts.query, parts.fragment)
        )
    is_form = "urlencoded" in str(request.headers.get("content-type", ""))
    if request.body and is_form:
        request.body = scrub_form(bytes(request.body))
    kept = {k: v for k, v in request.headers.items() if k.lower() in KEPT_HEADERS}
    if "authorization" in {name.lower() for name in request.headers}:
        kept["authorization"] = SCRUBBED
    request.headers = kept
    return request


def _response(response: dict[str, Any]) -> dict[str, Any]:
    headers = {k: v for k, v in response["headers"].items() if k.lower() in KEPT_HEADERS}
    body = scrub_json(response["body"]["string"])
    return {**response, "headers": headers, "body": {"string": body}}
