"""Notices by plain HTTP over connections that stay open: cheap, so that the server is measured.

As a program it sends what its JSON on stdin says and tells what came of it; it runs beside the
server in a process of its own:

    {"urls", "records": about so many in turn, "count": how many or null, "seconds": or null,
     "connections", "rate": notices a second, or null for as fast as they are answered,
     "module", "ids": of the records, where they are not the numbered payments}

answers {"statuses": by count, "began": epoch seconds, "seconds", "latencies": milliseconds by
percentile}. With a rate, a latency counts from the moment at which the notice was due, so that a
server that stalls is told on.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

from tests.bench.crm import NUMBERED
from tests.support.bridge_process import ROOT
from tests.support.stream import TOKEN, channel_id

MODULE = "BTEC_Payments"
PERCENTILES = (50, 90, 99, 99.9)
BUSY = 128
"""So many connections keep a server busy: few would wait for its disk, and it for them."""


@dataclass(frozen=True)
class Sent:
    """`latencies` in milliseconds by percentile; `began` in epoch seconds."""

    statuses: Mapping[str, int]
    began: float
    seconds: float
    latencies: Mapping[str, float]

    @property
    def a_second(self) -> float:
        return sum(self.statuses.values()) / self.seconds

    @property
    def refused(self) -> int:
        return sum(count for status, count in self.statuses.items() if status != "202")


def send(*urls: str, **options: Any) -> Sent:
    """Runs the program beside this one, to its end; its connections are shared out to `urls`."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.senders"],
        cwd=ROOT,
        input=json.dumps({"urls": urls, **options}),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Sent(**json.loads(done.stdout))


def record_id(number: int) -> str:
    return str(NUMBERED + number)


def notice(*ids: str, module: str = MODULE) -> bytes:
    """What Zoho posts about these records."""
    return json.dumps(
        {
            "module": module,
            "ids": list(ids),
            "operation": "update",
            "server_time": int(time.time() * 1000),
            "channel_id": channel_id(module),
            "token": TOKEN,
        }
    ).encode()


@dataclass
class _Run:
    records: int
    count: int | None
    until: float | None
    rate: float | None
    module: str
    ids: Sequence[str]
    began: float = field(default_factory=time.perf_counter)
    statuses: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)

    def turns(self) -> Iterator[int]:
        """Numbers of notices, shared by all connections."""
        number = 0
        while (self.count is None or number < self.count) and not self._over():
            yield number
            number += 1

    def _record(self, number: int) -> str:
        return self.ids[number] if self.ids else record_id(number)

    def _over(self) -> bool:
        return self.until is not None and time.perf_counter() - self.began >= self.until

    async def connection(self, url: SplitResult, turns: Iterator[int]) -> None:
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        for number in turns:
            due = self.began + number / self.rate if self.rate else time.perf_counter()
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            body = notice(self._record(number % self.records), module=self.module)
            head = f"POST {url.path} HTTP/1.1\r\nHost: {url.hostname}\r\n"
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            self.statuses[await _status(reader)] += 1
            self.latencies.append(1000 * (time.perf_counter() - due))
        writer.close()


async def _status(reader: asyncio.StreamReader) -> str:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    lengths = [int(x.split(":")[1]) for x in lines if x.lower().startswith("content-length:")]
    await reader.readexactly(lengths[0] if lengths else 0)
    return lines[0].split()[1]


async def _main(given: Mapping[str, Any]) -> dict[str, Any]:
    urls = [urlsplit(url) for url in given["urls"]]
    run = _Run(
        given["records"],
        given.get("count"),
        given.get("seconds"),
        given.get("rate"),
        given.get("module", MODULE),
        given.get("ids", ()),
    )
    turns, began = run.turns(), time.time()
    shared = itertools.islice(itertools.cycle(urls), given["connections"])
    await asyncio.gather(*(run.connection(url, turns) for url in shared))
    spent = time.perf_counter() - run.began
    ordered = sorted(run.latencies)
    last = len(ordered) - 1
    places = {str(p): ordered[min(last, int(len(ordered) * p / 100))] for p in PERCENTILES}
    statuses = dict(run.statuses)
    return {"statuses": statuses, "began": began, "seconds": spent, "latencies": places}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_main(json.load(sys.stdin)))))
