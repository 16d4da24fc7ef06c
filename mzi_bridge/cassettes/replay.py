"""Replay a cassette with the network shut: the same notification, the same bytes to Moodle."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import anyio
import httpx2
from vcr.cassette import Cassette

from mzi_bridge.cassettes.chain import WEBHOOK_PATH, open_chain
from mzi_bridge.cassettes.record import ADDRESSES
from mzi_bridge.cassettes.scrub import SCRUBBED, scrub_form
from mzi_bridge.cassettes.tape import REST_PATH, load, moodle_calls
from mzi_bridge.errors import OperatorError

REPLAY_SETTINGS = {
    **ADDRESSES,
    "ZOHO_CLIENT_ID": SCRUBBED,
    "ZOHO_CLIENT_SECRET": SCRUBBED,
    "ZOHO_REFRESH_TOKEN": SCRUBBED,
    "MOODLE_TOKEN": SCRUBBED,
}


@dataclass(frozen=True)
class Replayed:
    """The calls to Moodle as recorded and as sent now; equal when nothing has changed."""

    recorded: tuple[bytes, ...]
    sent: tuple[bytes, ...]
    unplayed: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        return self.recorded == self.sent and not self.unplayed


class TapeTransport(httpx2.AsyncBaseTransport):
    """Answers from the cassette, in order for each address; keeps what was sent to Moodle."""

    def __init__(self, cassette: Cassette) -> None:
        self._left = [
            (request, response)
            for request, response in zip(cassette.requests, cassette.responses, strict=True)
            if urlsplit(request.uri).path != WEBHOOK_PATH
        ]
        self.sent: list[bytes] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        body = await request.aread()
        if request.url.path == REST_PATH:
            self.sent.append(scrub_form(body))
        for place, (recorded, response) in enumerate(self._left):
            if (recorded.method, recorded.uri) == (request.method, str(request.url)):
                del self._left[place]
                return _response(response)
        raise httpx2.ConnectError("The network is shut.", request=request)

    @property
    def unplayed(self) -> tuple[str, ...]:
        return tuple(f"{request.method} {request.uri}" for request, _ in self._left)


class TapeClock:
    """Stands at the hour of the recording: who sleeps, as those do who keep a lease or write a
    ledger, sleeps until the tape is at its end."""

    def __init__(self, now: float) -> None:
        self._now = now

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep_forever()


async def replay(path: Path, mapping: str = "btec") -> Replayed:
    """Plays `path` through the whole bridge. Raises OperatorError for a file that is none."""
    cassette = _load(path)
    transport = TapeTransport(cassette)
    notification = bytes(cassette.requests[0].body)
    values = {**REPLAY_SETTINGS, "MZI_MAPPING": mapping}
    clock = TapeClock(_recorded_at(notification))
    async with open_chain(values, notification, clock, transport) as chain:
        await chain.accept(notification)
        await chain.carry()
    return Replayed(tuple(moodle_calls(cassette)), tuple(transport.sent), transport.unplayed)


def _load(path: Path) -> Cassette:
    cassette = load(path) if path.is_file() else None
    if cassette is None or not cassette.requests:
        raise OperatorError(
            f"{path} is not a cassette.",
            reason="no_cassette",
            fix="Record one with mzi cassette record.",
        )
    return cassette


def _recorded_at(notification: bytes) -> float:
    """The hour of the notification, so that it is neither too old nor too young."""
    return float(json.loads(notification)["server_time"]) / 1000


def _response(recorded: dict[str, object]) -> httpx2.Response:
    status: dict[str, int] = recorded["status"]  # type: ignore[assignment]
    headers: dict[str, list[str]] = recorded["headers"]  # type: ignore[assignment]
    body: dict[str, bytes] = recorded["body"]  # type: ignore[assignment]
    pairs = [(name, value) for name, values in headers.items() for value in values]
    return httpx2.Response(status["code"], headers=pairs, content=body["string"])
