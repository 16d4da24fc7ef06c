"""A declared operation and the code that answers it: door, limits, options, errors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from msgspec import Struct
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mzi_bridge.api.answers import bad_options, error_answer
from mzi_bridge.api.door import Caller, Door, Refused
from mzi_bridge.api.options import BadOptions, options_of
from mzi_bridge.body_limit import BodyLimit
from mzi_bridge.errors import MziError
from mzi_bridge.openapi.operation import Operation

BODY_LIMIT = 65_536


class Call(Struct, frozen=True):
    """A request that has passed the door; `options` is of the operation's model."""

    request: Request
    caller: Caller
    options: Any

    @property
    def path(self) -> dict[str, Any]:
        return dict(self.request.path_params)


Answering = Callable[[Call], Awaitable[BaseModel | Response]]
"""A model is sent with the status of the operation's success. Raises an MziError."""


class Endpoint(Struct, frozen=True):
    operation: Operation
    answering: Answering
    body_limit: int = BODY_LIMIT


def routes_of(endpoints: Sequence[Endpoint], door: Door) -> list[Route]:
    """One route an address, so that a wrong method is told all the right ones."""
    by_path: dict[str, list[Endpoint]] = {}
    for endpoint in endpoints:
        by_path.setdefault(endpoint.operation.path, []).append(endpoint)
    return [Route(path, _Address(of_path, door)) for path, of_path in by_path.items()]


def open_route(path: str, answer: Callable[[Request], Awaitable[Response]]) -> Route:
    """What everyone may GET."""
    return Route(path, _Open(answer))


class _Open:
    """ASGI app of a path. It answers wrong methods itself: a route that is bound to its methods
    would leave them to whatever stands behind it."""

    def __init__(self, answer: Callable[[Request], Awaitable[Response]]) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in {"GET", "HEAD"}:
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)


class _Address:
    """ASGI app of one path."""

    def __init__(self, endpoints: Sequence[Endpoint], door: Door) -> None:
        self._door = door
        self._endpoints = {one.operation.method: one for one in endpoints}
        self._methods = sorted({*self._endpoints, *(["HEAD"] if "GET" in self._endpoints else [])})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        endpoint = self._endpoints.get(method)
        if endpoint is None:
            raise HTTPException(405, headers={"Allow": ", ".join(self._methods)})
        try:
            caller = await self._door.admit(Request(scope), endpoint.operation.scope)
        except Refused as refused:
            await refused.answer(scope, receive, send)
            return
        answering = _Answering(endpoint, caller)
        await BodyLimit(answering, limit=endpoint.body_limit)(scope, receive, send)


class _Answering:
    def __init__(self, endpoint: Endpoint, caller: Caller) -> None:
        self._endpoint = endpoint
        self._caller = caller

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self._answer(Request(scope, receive))
        except ClientDisconnect:
            return
        response.headers.setdefault("Cache-Control", "no-store")
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        operation = self._endpoint.operation
        try:
            options = await options_of(request, operation)
            answer = await self._endpoint.answering(Call(request, self._caller, options))
        except BadOptions as bad:
            return bad_options(bad.names)
        except MziError as error:
            return error_answer(error)
        if isinstance(answer, Response):
            return answer
        return JSONResponse(answer.model_dump(mode="json", by_alias=True), operation.status)
