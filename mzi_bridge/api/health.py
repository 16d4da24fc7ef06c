"""Whether the process lives, and whether it can do its work."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mzi_bridge.api.ports import Ready
from mzi_bridge.errors import MziError

log = logging.getLogger(__name__)
CHECK_SECONDS = 5.0
_NO_STORE = {"Cache-Control": "no-store"}


class HealthEndpoints:
    """Open to everyone, so they name parts and states, never addresses or messages."""

    def __init__(self, readiness: Mapping[str, Ready], seconds: float = CHECK_SECONDS) -> None:
        self._readiness = readiness
        self._seconds = seconds

    async def alive(self, request: Request) -> Response:
        return JSONResponse({"status": "ok"}, headers=_NO_STORE)

    async def ready(self, request: Request) -> Response:
        """200 if every part is ready, else 503; each part `ok` or a reason word."""
        states: dict[str, str] = {}

        async def ask(name: str, check: Ready) -> None:
            states[name] = await self._state(name, check)

        async with anyio.create_task_group() as tasks:
            for name, check in self._readiness.items():
                tasks.start_soon(ask, name, check)
        is_ready = all(state == "ok" for state in states.values())
        content = {"status": "ready" if is_ready else "not_ready", "checks": states}
        return JSONResponse(content, 200 if is_ready else 503, headers=_NO_STORE)

    async def _state(self, name: str, check: Ready) -> str:
        try:
            with anyio.fail_after(self._seconds):
                await check()
        except MziError as error:
            return error.reason
        except TimeoutError:
            return "timeout"
        except Exception:
            log.exception("readiness check of %s broke", name)
            return "broken"
        return "ok"
