"""Health with its alarms: how many for everyone, which for the administrator."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mzi_bridge.api.admin_door import is_admin, token_digest
from mzi_bridge.api.ports import ListAlarms
from mzi_bridge.errors import MziError
from mzi_bridge.journal.alarms import Alarm

log = logging.getLogger(__name__)
ASK_SECONDS = 5.0
KEPT_SECONDS = 5.0


class AlarmEndpoint:
    """However often it is called, the journal is asked every `KEPT_SECONDS` at most.

    A wrong token is answered like none: the page is open, and tells only less.
    """

    def __init__(
        self,
        alarms: ListAlarms,
        token: str | None,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._alarms = alarms
        self._digest = token_digest(token) if token else None
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
        if is_admin(request.headers, self._digest):
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
