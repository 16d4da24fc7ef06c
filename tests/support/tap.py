"""What passes between the plugin and the bridge, seen by one who hands it on unchanged."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio.to_thread
import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.support.served import served

_HOP = {"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "expect"}


@dataclass
class Tap:
    """`url` is where the plugin is to post to. `seconds`: how long each message takes more than it
    would. `messages` holds the times and the ids of events of each that came by."""

    bridge: str
    seconds: float = 0.0
    url: str = ""
    messages: list[tuple[float, list[str]]] = field(default_factory=list)

    @property
    def times_sent(self) -> Counter[str]:
        """How often each event came by."""
        return Counter(event for _, events in self.messages for event in events)

    def hand_on(self, request: Request, body: bytes) -> Response:
        self.messages.append((time.monotonic(), _event_ids(body)))
        time.sleep(self.seconds)
        headers = [(name, value) for name, value in request.headers.items() if name not in _HOP]
        answer = httpx2.post(
            f"{self.bridge}{request.url.path}", content=body, headers=headers, timeout=60
        )
        kept = {"content-type": answer.headers["content-type"]}
        return Response(answer.content, answer.status_code, headers=kept)


def _event_ids(body: bytes) -> list[str]:
    told: dict[str, Any] = json.loads(body)
    return [event["event_id"] for event in told.get("events", [told])]


@contextmanager
def tapped(bridge: str, seconds: float = 0.0) -> Iterator[Tap]:
    tap = Tap(bridge, seconds)

    async def post(request: Request) -> Response:
        body = await request.body()
        return await anyio.to_thread.run_sync(tap.hand_on, request, body)

    app = Starlette(routes=[Route("/{path:path}", post, methods=["POST"])])
    with served(app) as tap.url:
        yield tap
