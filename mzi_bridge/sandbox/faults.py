"""Misbehaviour on demand: an ASGI layer that both emulators wear outermost.

Control endpoints, never themselves faulty nor counted:
    POST   /_control/faults   JSON list of rules, appended; answers {"rules": n}
    GET    /_control/faults   the rules with what is left of `times`
    DELETE /_control/faults   forget all rules
    GET    /_control/calls    {"count": n, "calls": [{"method", "path", "status"[, "label"]}]}
    DELETE /_control/calls    count from nought again

A rule: {"match": {"method", "path_prefix", "path_contains", "query_contains",
"body_contains"}, "times": 2 | null, "fault": {"kind": "latency", "seconds": 0.2}}; every key of
`match` may be absent, `times` null or absent means always. Latencies add up; of the other
kinds the first rule that matches decides. Kinds:
    latency      seconds: take effect and answer that much later
    slow_reply   seconds: the effect happens at once, the answer comes that much later
    status       status, body?, content_type?, headers?: answer this instead, no effect
    drop_before  the connection closes before any effect
    lost_reply   the effect happens, the connection closes without an answer
    truncated    the effect happens, half of the body comes; full_length (default true): the
                 Content-Length of the whole body stays and the connection closes, else the
                 half comes as a complete answer
    html         a 200 with a text/html page, no effect
    maintenance  a 503 with a text/html page, no effect
    empty        a 200 without a body, no effect
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import anyio
from pydantic import ValidationError
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mzi_bridge.sandbox.fault_rules import (
    RULES,
    Disturbance,
    Latency,
    Plain,
    Rule,
    SlowReply,
    Truncated,
    stand_in,
)

KEPT_CALLS = 10_000


class ConnectionDropped(ConnectionError):
    """Raised where the server offers no transport to close, as under an in-process client."""


@dataclass
class Call:
    """One request with its whole body, and the server's own channels."""

    scope: Scope
    body: bytes
    receive: Receive
    send: Send

    @property
    def method(self) -> str:
        return str(self.scope["method"])

    @property
    def path(self) -> str:
        return str(self.scope["path"])

    def covered_by(self, rule: Rule) -> bool:
        query = self.scope.get("query_string", b"").decode("latin-1")
        return rule.match.covers(self.method, self.path, query, self.body)


@dataclass
class Answer:
    """What the application sent, held back until it is decided what the client sees."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = list(message.get("headers", []))
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    async def give(self, send: Send, body: bytes, *, length: int) -> None:
        """Send `body` under a Content-Length of `length`; a longer length leaves it open."""
        headers = [(name, value) for name, value in self.headers if name != b"content-length"]
        if self.status not in (204, 304):
            headers.append((b"content-length", str(length).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        more = len(body) < length
        await send({"type": "http.response.body", "body": body, "more_body": more})


class FaultLayer:
    """Wraps an emulator. `label(path, body)` may name a call in the list, as Moodle's wsfunction.

    `rules` and `calls` are open to in-process tests; `add` takes rules as JSON values.
    """

    def __init__(
        self, app: ASGIApp, *, label: Callable[[str, bytes], str | None] | None = None
    ) -> None:
        self.app = app
        self.rules: list[Rule] = []
        self.calls: deque[dict[str, Any]] = deque(maxlen=KEPT_CALLS)
        self.count = 0
        self._label = label

    def add(self, rules: list[dict[str, Any]]) -> None:
        """Append rules; raises pydantic.ValidationError on a malformed one."""
        self.rules.extend(RULES.validate_python(rules))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["path"] in ("/_control/faults", "/_control/calls"):
            body = await _whole_body(receive)
            await self._control(scope, body)(scope, receive, send)
        elif scope["path"].startswith("/_control/"):
            await self.app(scope, receive, send)
        else:
            await self._serve(Call(scope, await _whole_body(receive), receive, send))

    async def _serve(self, call: Call) -> None:
        entry: dict[str, Any] = {"method": call.method, "path": call.path, "status": None}
        label = self._label(call.path, call.body) if self._label else None
        if label is not None:
            entry["label"] = label
        self.count += 1
        self.calls.append(entry)
        fault = await self._fault_for(call)
        if isinstance(fault, Plain) and fault.kind == "drop_before":
            await drop_connection(call.receive, call.send)
            return
        answer = await self._answer(call, fault)
        entry["status"] = answer.status
        await _deliver(answer, fault, call)

    async def _fault_for(self, call: Call) -> Disturbance | None:
        """The fault of this call, if any; waits out the latencies that match."""
        chosen: Disturbance | None = None
        delay = 0.0
        for rule in list(self.rules):
            if not call.covered_by(rule):
                continue
            if isinstance(rule.fault, Latency):
                delay += rule.fault.seconds
            elif chosen is None:
                chosen = rule.fault
            else:
                continue
            self._spend(rule)
        if delay:
            await anyio.sleep(delay)
        return chosen

    def _spend(self, rule: Rule) -> None:
        if rule.times is None:
            return
        rule.times -= 1
        if rule.times == 0:
            self.rules.remove(rule)

    async def _answer(self, call: Call, fault: Disturbance | None) -> Answer:
        """Let the application answer, or the fault in its place."""
        answer = Answer()
        app = stand_in(fault) or self.app
        await app(call.scope, _replay(call.body), answer.take)
        return answer

    def _control(self, scope: Scope, body: bytes) -> Response:
        rules = scope["path"] == "/_control/faults"
        method = scope["method"]
        if method == "GET":
            if rules:
                return JSONResponse([rule.model_dump(exclude_none=True) for rule in self.rules])
            return JSONResponse({"count": self.count, "calls": list(self.calls)})
        if method == "DELETE":
            if rules:
                self.rules.clear()
            else:
                self.calls.clear()
                self.count = 0
            return Response(status_code=204)
        if method == "POST" and rules:
            return self._post_rules(body)
        return JSONResponse({"error": "method_not_allowed"}, status_code=405)

    def _post_rules(self, body: bytes) -> Response:
        try:
            self.add(json.loads(body))
        except ValidationError as error:
            faults = error.errors(include_url=False, include_context=False, include_input=False)
            return JSONResponse({"error": "invalid_rules", "details": faults}, status_code=400)
        except ValueError:
            return JSONResponse({"error": "invalid_json"}, status_code=400)
        return JSONResponse({"rules": len(self.rules)}, status_code=201)


async def drop_connection(receive: Receive, send: Send) -> None:
    """Close the client's connection now, without another byte; the body must have been read.

    ASGI has no word for it, so this reaches for the transport behind uvicorn's `send` and then
    waits until uvicorn itself has seen the connection end. Raises ConnectionDropped where there
    is no such transport.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionDropped("the emulator was told to drop this connection")
    transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass


async def _deliver(answer: Answer, fault: Disturbance | None, call: Call) -> None:
    if isinstance(fault, SlowReply):
        await anyio.sleep(fault.seconds)
    if isinstance(fault, Plain) and fault.kind == "lost_reply":
        await drop_connection(call.receive, call.send)
    elif isinstance(fault, Truncated):
        half = answer.body[: len(answer.body) // 2]
        full = fault.full_length and bool(answer.body)
        await answer.give(call.send, half, length=len(answer.body) if full else len(half))
        if full:
            await drop_connection(call.receive, call.send)
    else:
        await answer.give(call.send, answer.body, length=len(answer.body))


async def _whole_body(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.request":
            chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


def _replay(body: bytes) -> Receive:
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive
