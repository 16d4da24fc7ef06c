"""Every point at which a bridge may die, counted; at one of them it does, by SIGKILL.

A point is: a task has just given way, or is about to go on (every await that suspends); a
commit is about to be asked for, or was answered; a request is about to be sent, or its answer's
head has come and nothing of it was used. Tasks of the harness itself do not count. A task that
gave way to wait for a statement of the database is no point of its own: outside of its
transaction the statement has either not run, as at the point before, or has, as at the next.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import signal
from collections.abc import Callable, Coroutine, Generator, Iterator
from types import FrameType
from typing import Any

import httpx2
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import greenlet_spawn

from tests.crash.board import Board
from tests.crash.wire import PlainWire

STATEMENT = greenlet_spawn.__code__
HARNESS_TASKS = {"live", "harness", "_EmbeddedServer.serve", "Server.serve", "Event.wait"}


class CrashPoints:
    """Counts points, and dies at the one numbered `kill_at` (from 1; 0: never)."""

    def __init__(self, board: Board, kill_at: int) -> None:
        self._board = board
        self._kill_at = kill_at
        self.count = 0
        self.counting = False

    def reach(self, kind: str, where: Callable[[], str] = str) -> None:
        if not self.counting:
            return
        self.count += 1
        self._board.note(self.count)
        if self.count == self._kill_at:
            self._board.note_end(f"{kind} {where()}".rstrip())
            os.kill(os.getpid(), signal.SIGKILL)

    def make_task(
        self,
        loop: asyncio.AbstractEventLoop,
        coroutine: Coroutine[Any, Any, Any] | Generator[Any, None, Any],
        *,
        name: str | None = None,
        context: contextvars.Context | None = None,
    ) -> asyncio.Task[Any]:
        """A task factory: what the task runs is watched unless the harness made it."""
        if getattr(coroutine, "__qualname__", "") not in HARNESS_TASKS:
            coroutine = Watched(self, coroutine)
        return asyncio.Task(coroutine, loop=loop, name=name, context=context)

    def watch_commits(self) -> None:
        """For the rest of this process's life."""
        commit: Callable[[DefaultDialect, Any], None] = DefaultDialect.do_commit

        def watched(dialect: DefaultDialect, connection: Any) -> None:
            self.reach("before a commit")
            commit(dialect, connection)
            self.reach("after a commit")

        DefaultDialect.do_commit = watched  # type: ignore[method-assign]


class Watched(Coroutine[Any, Any, Any]):
    """A coroutine whose suspensions are points."""

    def __init__(self, points: CrashPoints, inner: Any) -> None:
        self._points = points
        self._inner = inner

    def send(self, value: Any) -> Any:
        self._points.reach("going on after", self._where)
        return self._step(self._inner.send, value)

    def throw(self, *error: Any) -> Any:
        return self._step(self._inner.throw, *error)

    def close(self) -> None:
        self._inner.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return (yield from self._inner.__await__())

    def __getattr__(self, name: str) -> Any:
        # anyio looks at cr_running, cr_frame and their like.
        return getattr(self._inner, name)

    def _step(self, step: Callable[..., Any], *arguments: Any) -> Any:
        yielded = step(*arguments)
        if not any(frame.f_code is STATEMENT for frame in self._frames()):
            self._points.reach("awaiting", self._where)
        return yielded

    def _frames(self) -> Iterator[FrameType]:
        """Those that wait, outermost first."""
        inner = self._inner
        while (frame := getattr(inner, "cr_frame", None)) is not None:
            yield frame
            inner = inner.cr_await

    def _where(self) -> str:
        named = [f"{frame.f_code.co_qualname}:{frame.f_lineno}" for frame in self._frames()]
        return " > ".join(named[-6:])


class WatchedWire(PlainWire):
    """The real wire, with a point on either side of every effect."""

    def __init__(self, points: CrashPoints) -> None:
        super().__init__()
        self._points = points

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        target = f"{request.method} {request.url.path}"
        self._points.reach("before sending", lambda: target)
        response = await super().handle_async_request(request)
        self._points.reach("before reading the answer of", lambda: target)
        return response
