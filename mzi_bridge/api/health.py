"""Whether the process lives, and whether it can do its work."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Literal

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mzi_bridge.api.answers import NOT_READY
from mzi_bridge.api.ports import Ready
from mzi_bridge.api.shapes import Shown
from mzi_bridge.errors import MziError
from mzi_bridge.openapi.operation import Answer, Operation
from mzi_bridge.problems import BUG, NOT_CONNECTED

log = logging.getLogger(__name__)
CHECK_SECONDS = 5.0
KEPT_SECONDS = 5.0
_NO_STORE = {"Cache-Control": "no-store"}


class Alive(Shown):
    status: Literal["ok"]


class ReadyShown(Shown):
    """`checks`: each part with `ok` or a reason word."""

    status: Literal["ready"]
    checks: dict[str, str]


ALIVE = Operation(
    id="readAlive",
    method="GET",
    path="/health",
    tag="Health",
    summary="Whether the process lives",
    answers={200: Answer("It does.", Alive)},
    problems=(BUG,),
)
READY = Operation(
    id="readReady",
    method="GET",
    path="/readyz",
    tag="Health",
    summary="Whether the bridge can do its work",
    description=(
        "The journal (`database`), the CRM's token and link (`zoho`) and Moodle are asked, within "
        "five seconds and once in five at most. A refusal has `checks`, too: each part with `ok` "
        "or a reason word. A bridge that is not ready still takes in notices while its journal "
        "answers: let no load balancer judge by this."
    ),
    answers={200: Answer("Every part can.", ReadyShown)},
    problems=(NOT_READY, NOT_CONNECTED, BUG),
)
OPERATIONS = (ALIVE, READY)


async def alive(request: Request) -> Response:
    return JSONResponse({"status": "ok"}, headers=_NO_STORE)


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

    async def ready(self, request: Request) -> Response:
        """200 if every part is ready, else 503; each part `ok` or a reason word."""
        states: dict[str, str] = {}

        async def ask(name: str, part: _Part) -> None:
            states[name] = await part.state()

        async with anyio.create_task_group() as tasks:
            for name, part in self._parts.items():
                tasks.start_soon(ask, name, part)
        is_ready = all(state == "ok" for state in states.values())
        if is_ready:
            return JSONResponse({"status": "ready", "checks": states}, headers=_NO_STORE)
        wrong = ", ".join(f"{name}: {state}" for name, state in states.items() if state != "ok")
        return NOT_READY.answer(wrong, headers=_NO_STORE, checks=states)


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
