"""A part of the service is there when somebody comes, and not before."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import anyio
import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from mzi_bridge.app.room import Room
from mzi_bridge.problems import PROBLEM_HANDLERS
from tests.support.problems import refusal


async def hello(request: Request) -> Response:
    return PlainTextResponse("hello")


class Builder:
    """Builds a room as often as it is told to; the thread of each time is kept."""

    def __init__(self, *, faults: int = 0) -> None:
        self.threads: list[int] = []
        self.begun, self.go_on = threading.Event(), threading.Event()
        self._faults = faults

    def __call__(self) -> ASGIApp:
        self.threads.append(threading.get_ident())
        self.begun.set()
        assert self.go_on.wait(10)
        if len(self.threads) <= self._faults:
            raise ZeroDivisionError("canary")
        return Router([Route("/room/hello", hello)])


def client(build: Callable[[], ASGIApp]) -> httpx2.AsyncClient:
    routes = [Route("/other", hello), Room("the room", ("/room",), build)]
    app = Starlette(routes=routes, exception_handlers=PROBLEM_HANDLERS)
    return httpx2.AsyncClient(base_url="http://bridge.test", transport=httpx2.ASGITransport(app))


async def test_it_is_built_once_for_the_first_who_come_and_others_are_not_held_up() -> None:
    builder, answers = Builder(), []
    async with client(builder) as http:

        async def visit() -> None:
            answers.append((await http.get("/room/hello")).text)

        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(visit)
            await anyio.to_thread.run_sync(builder.begun.wait)
            assert (await http.get("/other")).text == "hello"
            builder.go_on.set()
        await visit()
    assert answers == ["hello"] * 6
    [thread] = builder.threads
    assert thread != threading.get_ident()


@pytest.mark.parametrize("path", ["/nowhere", "/roomy", "/roo"])
async def test_what_is_not_in_it_opens_nothing(path: str) -> None:
    builder = Builder()
    async with client(builder) as http:
        assert refusal(await http.get(path)) == (404, "not_found")
    assert builder.threads == []


async def test_a_room_that_cannot_be_built_is_a_bug_and_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    builder = Builder(faults=1)
    builder.go_on.set()
    async with client(builder) as http:
        answer = await http.get("/room/hello")
        assert refusal(answer) == (500, "bug")
        assert "canary" not in answer.text
        [line] = [record for record in caplog.records if record.levelno == logging.ERROR]
        assert line.getMessage() == "the room could not be built"
        assert line.exc_info is not None
        assert (await http.get("/room/hello")).text == "hello"
        assert refusal(await http.get("/room/nowhere")) == (404, "not_found")
    assert len(builder.threads) == 2
