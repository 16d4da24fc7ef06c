"""Registering the notification channels on demand."""

from __future__ import annotations

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mzi_bridge.api.answers import error_answer
from mzi_bridge.api.ports import SetUpChannels
from mzi_bridge.errors import MziError


class ChannelEndpoint:
    def __init__(self, set_up: SetUpChannels) -> None:
        self._set_up = set_up

    async def set_up(self, request: Request) -> Response:
        """POST → 200 with what became of each channel, 502 if any failed."""
        try:
            outcomes = await self._set_up()
        except MziError as error:
            return error_answer(error)
        failed = sum(outcome.done == "failed" for outcome in outcomes)
        content = {"failed": failed, "channels": [asdict(outcome) for outcome in outcomes]}
        return JSONResponse(content, 502 if failed else 200)
