"""Health with its alarms: how many for everyone, which for the administrator."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

import anyio
from msgspec.structs import asdict
from pydantic import ConfigDict
from pydantic.json_schema import SkipJsonSchema
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mzi_bridge.api.ports import ListAlarms
from mzi_bridge.api.shapes import Shown
from mzi_bridge.errors import MziError
from mzi_bridge.journal.alarms import Alarm
from mzi_bridge.openapi.operation import Answer, Operation
from mzi_bridge.problems import BUG

log = logging.getLogger(__name__)
ASK_SECONDS = 5.0
KEPT_SECONDS = 5.0
IsAdmin = Callable[[Request], Awaitable[bool]]


class AlarmShown(Shown):
    """What an operator must know. Times are epoch seconds."""

    kind: str
    subject: str
    since: float
    last_seen_at: float
    message: str


class HealthShown(Shown):
    """`alarms` is null when the journal cannot be asked; `standing` is for the administrator."""

    status: Literal["ok"]
    alarms: int | None
    standing: list[AlarmShown] | SkipJsonSchema[None] = None

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)


HEALTH = Operation(
    id="readHealth",
    method="GET",
    path="/api/v1/health",
    tag="Health",
    summary="How many alarms stand",
    description="With the administrator's token it lists them, too.",
    answers={200: Answer("The process lives.", HealthShown)},
    problems=(BUG,),
)


class AlarmEndpoint:
    """However often it is called, the journal is asked every `KEPT_SECONDS` at most.

    A wrong token is answered like none: the page is open, and tells only less.
    """

    def __init__(
        self,
        alarms: ListAlarms,
        is_admin: IsAdmin,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._alarms = alarms
        self._is_admin = is_admin
        self._stopwatch = stopwatch
        self._asking = anyio.Lock()
        self._last: tuple[float, Sequence[Alarm] | None] | None = None

    async def health(self, request: Request) -> Response:
        """200 `{"status": "ok", "alarms": number}`; with the administrator's token `standing`
        lists them. `alarms` is null when the journal cannot be asked: the process still lives.
        """
        standing = await self._standing()
        content: dict[str, object] = {
            "status": "ok",
            "alarms": None if standing is None else len(standing),
        }
        if await self._is_admin(request):
            content["standing"] = [asdict(alarm) for alarm in standing or ()]
        return JSONResponse(content, headers={"Cache-Control": "no-store"})

    async def _standing(self) -> Sequence[Alarm] | None:
        async with self._asking:
            if self._last is None or self._stopwatch() - self._last[0] >= KEPT_SECONDS:
                alarms = await self._ask()
                self._last = self._stopwatch(), alarms
            return self._last[1]

    async def _ask(self) -> Sequence[Alarm] | None:
        try:
            with anyio.fail_after(ASK_SECONDS):
                return await self._alarms()
        except (MziError, TimeoutError):
            return None
        except Exception:
            log.exception("alarms could not be listed")
            return None
