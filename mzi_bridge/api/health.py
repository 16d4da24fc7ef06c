"""Whether the process lives, and whether it can do its work."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mzi_bridge.api.ports import Ready
from mzi_bridge.errors import MziError

log = logging.getLogger(__name__)
CHECK_SECONDS = 5.0
KEPT_SECONDS = 5.0
_NO_STORE = {"Cache-Control": "no-store"}


class HealthEndpoints:
    """Open to everyone, so they name parts and states, never addresses or messages, and
    however often they are called, each part is asked by one call at a time, every
    `KEPT_SECONDS` at most.

    `seconds` is how long a part may take to answer; `stopwatch` is never set back.
    """

    def __init__(
        self,
        readiness: Mapping[str, Ready],
        seconds: float = CHECK_SECONDS,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._parts = {
            name: _Part(name, check, seconds, stopwatch) for name, check in readiness.items()
        }

    async def alive(self, request: Request) -> Response:
        return JSONResponse({"status": "ok"}, headers=_NO_STORE)

    async def ready(self, request: Request) -> Response:
        """200 if every part is ready, else 503; each part `ok` or a reason word."""
        states: dict[str, str] = {}

        async def ask(name: str, part: _Part) -> None:
            states[name] = await part.state()

        async with anyio.create_task_group() as tasks:
            for name, part in self._parts.items():
                tasks.start_soon(ask, name, part)
        is_ready = all(state == "ok" for state in states.values())
        content = {"status": "ready" if is_ready else "not_ready", "checks": states}
        return JSONResponse(content, 200 if is_ready else 503, headers=_NO_STORE)


class _Part:
    """One part's state, asked anew when the last answer is too old."""

    def __init__(
        self, name: str, check: Ready, seconds: float, stopwatch: Callable[[], float]
    ) -> None:
        self._name = name
        self._check = check
        self._seconds = seconds
        self._stopwatch = stopwatch
        self._asking = anyio.Lock()
        self._last: tuple[float, str] | None = None

    async def state(self) -> str:
        """`ok` or a reason word."""
        async with self._asking:
            if self._last is None or self._stopwatch() - self._last[0] >= KEPT_SECONDS:
                state = await self._ask()
                self._last = self._stopwatch(), state
            return self._last[1]

    async def _ask(self) -> str:
        try:
            with anyio.fail_after(self._seconds):
                await self._check()
        except MziError as error:
            return error.reason
        except TimeoutError:
            return "timeout"
        except Exception:
            log.exception("readiness check of %s broke", self._name)
            return "broken"
        return "ok"
