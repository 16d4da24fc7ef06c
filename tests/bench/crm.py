"""The emulated CRM of the measurements, as a program: `python -m tests.bench.crm --students N`.

It prints one line of JSON, {"url"}, and serves until SIGTERM. A page that was asked for before is
answered from memory while no record changes, so that what is measured is the bridge and not the
emulator.

    GET /_bench/counts   {"calls": of the API so far, "reads": records asked for by their ids,
                         "records": by module}
    POST /_bench/touch   {"module", "count", "record"}: edits so many records in silence; answers
                         {"ids"}
"""

from __future__ import annotations

import argparse
import itertools
import json
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qs

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mzi_bridge.clock import SystemClock
from mzi_bridge.sandbox.listener import listening
from mzi_bridge.sandbox.sample import schema, stream
from mzi_bridge.sandbox.zoho import Crm, create_zoho_app
from mzi_bridge.sandbox.zoho.times import http_date
from tests.support.world import CLIENT, REFRESH_TOKEN

STUDENTS = "BTEC_Students"
CHILDREN = ("BTEC_Enrollments", "BTEC_Payments")
"""Modules of many records without a subform, which a list of the CRM shows whole."""

NUMBERED = 5 * 10**17
"""The id of the first of the payments that `--numbered` asks for."""

NEEDED = ("Products", "BTEC_Classes", "BTEC_Teachers", "BTEC")
Record = dict[str, Any]


def school(students: int, children: int, seed: int = 1) -> Iterator[tuple[str, Record]]:
    """All that students and `CHILDREN` refer to, and exactly `children` records of these: the
    sample's own, then payments once more under other ids."""
    left, payments = children, []
    for module, record in stream("btec", students, seed):
        if module == STUDENTS or module in NEEDED:
            yield module, record
        elif module in CHILDREN and left:
            left -= 1
            if module == "BTEC_Payments":
                payments.append(record)
            yield module, record
    last = max((int(record["id"]) for record in payments), default=0)
    for number, record in enumerate(itertools.islice(itertools.cycle(payments), left), start=1):
        again = {"id": str(last + 10**9 + number), "Name": f"PAY-X{number:06d}"}
        yield "BTEC_Payments", record | again


def numbered(count: int) -> Iterator[tuple[str, Record]]:
    """Payments of nobody, whose ids follow one another."""
    for number in range(count):
        yield "BTEC_Payments", {"id": str(NUMBERED + number), "Name": f"PAY-N{number:06d}"}


class Remembering:
    """Answers of lists kept until a record changes; every call of the API counted."""

    def __init__(self, app: ASGIApp, crm: Crm) -> None:
        self._app = app
        self._crm = crm
        self._kept: dict[tuple[bytes, ...], list[Message]] = {}
        self._edits = -1
        self.calls = 0
        self.reads = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].startswith("/_bench/"):
            await self._bench(scope, receive, send)
        else:
            self.calls += scope["path"].startswith("/crm/")
            asked = parse_qs(scope["query_string"].decode()).get("ids", [])
            self.reads += sum(len(ids.split(",")) for ids in asked)
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET" or not scope["path"].startswith("/crm/v2/"):
            await self._app(scope, receive, send)
            return
        if self._edits != len(self._crm.history):
            self._kept.clear()
            self._edits = len(self._crm.history)
        since = dict(scope["headers"]).get(b"if-modified-since", b"")
        key = (scope["path"].encode(), scope["query_string"], since)
        kept = self._kept.get(key)
        if kept is None:
            kept = await self._watched(scope, receive)
            self._kept[key] = kept
        for message in kept:
            await send(self._dated(message))

    def _dated(self, message: Message) -> Message:
        """As told before, but at the time it is now: that is what a read is dated by."""
        if message["type"] != "http.response.start":
            return message
        headers = [pair for pair in message["headers"] if pair[0] != b"date"]
        return {**message, "headers": [*headers, (b"date", http_date(time.time()).encode())]}

    async def _watched(self, scope: Scope, receive: Receive) -> list[Message]:
        told: list[Message] = []

        async def note(message: Message) -> None:
            told.append(message)

        await self._app(scope, receive, note)
        return told

    async def _bench(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if request.method == "GET":
            modules = self._crm.schema.modules
            sizes = {name: len(self._crm.records(name)) for name in modules}
            answer: Any = {"calls": self.calls, "reads": self.reads, "records": sizes}
        else:
            wanted = await request.json()
            ids = sorted(self._crm.records(wanted["module"]))[: wanted["count"]]
            for record_id in ids:
                self._crm.update(wanted["module"], record_id, wanted.get("record", {}))
            answer = {"ids": ids}
        await JSONResponse(answer)(scope, receive, send)


async def serve(students: int, children: int, payments: int) -> None:
    crm = Crm(schema("btec"), SystemClock())
    crm.insert_all(itertools.chain(school(students, children), numbered(payments)))
    app = Remembering(
        create_zoho_app(crm, refresh_token=REFRESH_TOKEN, switches=None, **CLIENT), crm
    )
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async with listening(app) as url:
            print(json.dumps({"url": url}), flush=True)
            async for _ in signals:
                return


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser("crm", description=__doc__)
    parser.add_argument("--students", type=int, required=True)
    parser.add_argument("--children", type=int, default=0)
    parser.add_argument("--numbered", type=int, default=0)
    options = parser.parse_args(arguments)
    anyio.run(serve, options.students, options.children, options.numbered)


if __name__ == "__main__":
    main(sys.argv[1:])
