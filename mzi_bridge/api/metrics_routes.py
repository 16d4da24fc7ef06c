"""The scrape: for the administrator, and for programs of this machine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from pydantic import RootModel
from starlette.requests import Request
from starlette.responses import Response

from mzi_bridge.api.answers import ADMIN_NOT_CONFIGURED, SCOPE_MISSING
from mzi_bridge.api.door import ADMIN, Door, Refused
from mzi_bridge.openapi.operation import NO_PROOF, Answer, Operation
from mzi_bridge.problems import BUG, TOO_MANY_FAILURES, TOO_MANY_REQUESTS, UNAUTHORIZED

MEDIA = "text/plain"
CONTENT_TYPE = f"{MEDIA}; version=0.0.4; charset=utf-8"
ScrapeText = Callable[[], Awaitable[bytes]]


class Exposition(RootModel[str]):
    """Prometheus's text format."""


METRICS = Operation(
    id="readMetrics",
    method="GET",
    path="/metrics",
    tag="Health",
    summary="What Prometheus reads",
    description=(
        "With the administrator's token, or without from the bridge's own machine; what a proxy "
        "hands on is not from there. `docs/sight.md` names each metric."
    ),
    answers={200: Answer("All metrics.", Exposition, media=MEDIA)},
    problems=(
        UNAUTHORIZED,
        SCOPE_MISSING,
        TOO_MANY_REQUESTS,
        TOO_MANY_FAILURES,
        ADMIN_NOT_CONFIGURED,
        BUG,
    ),
    security=("adminToken", NO_PROOF),
)


class MetricsEndpoint:
    def __init__(self, text: ScrapeText, door: Door) -> None:
        self._text = text
        self._door = door

    async def scrape(self, request: Request) -> Response:
        """200 with the text, also while the journal is away."""
        if not self._door.is_local(request):
            try:
                await self._door.admit(request, ADMIN)
            except Refused as refused:
                return refused.answer
        headers = {"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"}
        return Response(await self._text(), headers=headers)
