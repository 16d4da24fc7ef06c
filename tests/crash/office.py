"""Both emulators in one process that outlives every bridge, and the office that tells it things.

The office sends each notice as Zoho would, each event as Moodle would, and keeps what it was
answered. What got no answer it may send again once another bridge is up; what got its 202 it
never repeats.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import httpx2
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mzi_bridge.clock import Clock
from mzi_bridge.pipeline.channel_terms import WEBHOOK_PATH
from mzi_bridge.sandbox.listener import listening
from mzi_bridge.sandbox.moodle import Site, create_moodle_app, load_contract, users_from_csv
from mzi_bridge.sandbox.sample import generate, moodle_users, schema
from mzi_bridge.sandbox.zoho import Crm, create_zoho_app
from mzi_bridge.sandbox.zoho.attach import attach
from tests.crash.events import GRADES, REQUESTS, Told, aliases, written
from tests.crash.wire import PlainWire
from tests.support.world import CLIENT, MOODLE_TOKEN, REFRESH_TOKEN

WRITES = ("inserted", "updated", "deleted")
WRITING = ("local_mzi_upsert_", "local_mzi_delete_", "local_mzi_set_photo")
STUDENTS = "BTEC_Students"
ANSWER_SECONDS = 20.0


@dataclass
class Sent:
    """One notice; `statuses` has an entry for each time it was sent, None for no answer."""

    body: dict[str, Any]
    statuses: list[int | None] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        return 202 in self.statuses


@dataclass(frozen=True)
class Arrival:
    """One request at either side, whole. `label` is Moodle's function, else the path."""

    method: str
    label: str
    body: bytes


Meanwhile = Callable[[Arrival], Awaitable[None]]


async def nothing_happens(arrival: Arrival) -> None:
    """The office is quiet."""


class Office:
    """`before` is awaited with each request before its effect, `after` between its effect and
    its answer: what else happens in the world at that moment."""

    def __init__(self, clock: Clock, notify_url: str) -> None:
        school = generate("btec", 3, 1)
        self.clock = clock
        self.notify_url = notify_url
        self.crm = Crm(schema("btec"), clock)
        self.crm.insert_all((m, r) for m, found in school.items() for r in found)
        self.crm_app = create_zoho_app(
            self.crm,
            client_id=CLIENT["client_id"],
            client_secret=CLIENT["client_secret"],
            refresh_token=REFRESH_TOKEN,
        )
        users = users_from_csv(moodle_users(school))
        self.moodle_app = create_moodle_app(load_contract(), users, clock, MOODLE_TOKEN)
        self.site: Site = self.moodle_app.state.site
        self.sent: list[Sent] = []
        self.events: list[Told] = []
        self._known = {m: frozenset(self.crm.records(m)) for m in (GRADES, REQUESTS)}
        self.calls: Counter[str] = Counter()
        self.writes: Counter[str] = Counter()
        self.before: Meanwhile = nothing_happens
        self.after: Meanwhile = nothing_happens
        self.tidings: Callable[[], Awaitable[None]] | None = None
        self._busy = 0

    # What happens in the CRM

    def some(self, module: str, number: int = 0) -> str:
        return sorted(self.crm.records(module))[number]

    def photograph(self, student: str, image: bytes) -> None:
        attach(self.crm, self.crm.records(STUDENTS)[student], "Personal_photo.png", image)

    def notice(self, module: str, operation: str, *ids: str) -> Sent:
        """A notice of what happened just now, by the module's channel; not sent yet."""
        now = self.clock.now()
        channels = self.crm_app.state.emulator.channels.live(now)
        channel = next(c for c in channels if module in c.modules)
        body = {
            "server_time": int(now * 1000),
            "module": module,
            "ids": list(ids),
            "operation": operation,
            "channel_id": channel.channel_id,
            "token": channel.token,
        }
        self.sent.append(Sent(body))
        return self.sent[-1]

    # Sending

    async def tell(self, sent: Sent) -> None:
        """Sends it once, to `notify_url`."""
        async with httpx2.AsyncClient(timeout=ANSWER_SECONDS, transport=PlainWire()) as http:
            try:
                answer = await http.post(self.notify_url, json=sent.body)
            except httpx2.TransportError:
                sent.statuses.append(None)
            else:
                sent.statuses.append(answer.status_code)

    async def tell_all(self) -> None:
        """Whatever has had no 202 yet, once what the last bridge had begun is over."""
        while self._busy:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        if self.tidings is not None:
            await self.tidings()
        for sent in list(self.sent):
            if not sent.accepted:
                await self.tell(sent)
        for told in list(self.events):
            if not told.taken:
                await self.tell_events(told)

    async def tell_events(self, told: Told) -> None:
        """Posts them once, to the bridge of `notify_url`."""
        await told.post(self.notify_url.removesuffix(WEBHOOK_PATH), self.clock.now())

    # Serving

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        async with listening(self) as url:
            yield url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await _lifespan(receive, send)
        elif scope["path"] == "/harness/tell":
            await self.tell_all()
            await _answer(send, {})
        elif scope["path"] == "/harness/report":
            await _answer(send, self.report())
        else:
            self._busy += 1
            try:
                await self._pass_on(scope, receive, send)
            finally:
                self._busy -= 1

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        app: ASGIApp = self.crm_app
        label = scope["path"]
        if label.startswith("/webservice/"):
            app, label = self.moodle_app, parse_qs(body.decode())["wsfunction"][0]
        arrival = Arrival(scope["method"], label, body)
        self.calls[f"{arrival.method} {label}"] += 1
        await self.before(arrival)
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        await app(scope, _again(body), keep)
        self._note_writes(label, b"".join(m.get("body", b"") for m in answer))
        await self.after(arrival)
        for message in answer:
            await send(message)

    def _note_writes(self, function: str, body: bytes) -> None:
        if function.startswith(WRITING):
            for result in json.loads(body).get("results", []):
                if result["action"] in WRITES:
                    self.writes[f"{result['action']} {result['id']}"] += 1

    # Afterwards

    def report(self) -> dict[str, Any]:
        """How both sides stand, as JSON; records that Moodle made by their names."""
        report = json.dumps(self._as_it_stands(), default=str)
        for record_id, name in aliases(self.crm, self._known).items():
            report = report.replace(record_id, name)
        return dict(json.loads(report))

    def _as_it_stands(self) -> dict[str, Any]:
        channels = self.crm_app.state.emulator.channels.live(self.clock.now())
        return {
            "rows": {
                f"{entity} {stored.row[table.entity.key]}": {**stored.row, **stored.children}
                for entity, table in self.site.tables.items()
                for stored in table.all()
            },
            "photos": {i: photo.content_hash for i, photo in self.site.photos.items()},
            "modified": {
                record_id: record.modified
                for module in self.crm.schema.modules
                for record_id, record in self.crm.records(module).items()
            },
            "sent": [{"body": one.body, "statuses": one.statuses} for one in self.sent],
            "calls": dict(self.calls),
            "writes": dict(self.writes),
            "channels": {c.channel_id: list(c.modules) for c in channels},
            "events": [told.answers for told in self.events],
            "written": written(self.crm, self._known),
            "confirmed": {n: made.zoho_id for n, made in self.site.requests.items()},
        }


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False) and message["type"] == "http.request"
    return body


def _again(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _answer(send: Send, value: Any) -> None:
    body = json.dumps(value).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
