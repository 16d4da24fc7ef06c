"""How fast notices are accepted durably, and whether all of them stay.

The bridge (SQLite, every commit on disk) and a bare route that only parses a notice and compares
its token are served alike and take turns, so that a slow moment of the machine meets both; Moodle
is down all the while. Then notices come at a steady rate, and then from many senders at once. At
the end every one that was answered with 202 must stand in the journal.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio

from mzi_bridge.pipeline.channel_terms import WEBHOOK_PATH
from scripts.disposable.process import free_port
from tests.bench import programs
from tests.bench.figure import Figure, add_output, tell
from tests.bench.senders import BUSY, Sent, send
from tests.support.bridge_process import ROOT, BridgeProcess
from tests.support.stream import save_channels

LEAST_OF_BARE, MOST_P99_MS = 0.7, 50.0
TURNS = 4
RECORDS = 20_000


def add_to(commands: Any) -> None:
    parser = commands.add_parser(
        "accept",
        help="how fast notices are accepted durably",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="of each part, default 60")
    parser.add_argument("--rate", type=int, default=500, help="notices a second, default 500")
    parser.add_argument("--senders", type=int, default=1000, help="at once, default 1000")
    add_output(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """0; 1 if a bar is missed."""
    with _serving() as bridge, _bare() as bare:
        posts = _Posts(bridge.url)
        figures = [
            _against_bare(posts, bare, options.seconds / TURNS / 2),
            _at_a_rate(posts, options.seconds, options.rate),
            *_many_senders(posts, options.seconds, options.senders),
        ]
        stand = int(programs.metric(bridge.url, "mzi_inbox_dirty"))
    about = min(RECORDS, posts.most)
    told = f"notices about {about} records; {stand} stand in the journal"
    return tell([*figures, Figure("records lost", about - stand, "", told, 0)], options.json)


class _Posts:
    """Notices to the bridge, about `RECORDS` records in turn; `most` were accepted in one go."""

    def __init__(self, url: str) -> None:
        self._url = url + WEBHOOK_PATH
        self.most = 0

    def send(self, **options: Any) -> Sent:
        sent = send(self._url, records=RECORDS, **options)
        self.most = max(self.most, sent.statuses.get("202", 0))
        return sent


def _against_bare(posts: _Posts, bare: str, seconds: float) -> Figure:
    times: dict[str, list[float]] = {"bridge": [], "bare": []}
    for _ in range(TURNS):
        ours = posts.send(seconds=seconds, connections=BUSY)
        theirs = send(bare + WEBHOOK_PATH, records=RECORDS, seconds=seconds, connections=BUSY)
        assert ours.refused == theirs.refused == 0, (ours.statuses, theirs.statuses)
        times["bridge"].append(ours.a_second)
        times["bare"].append(theirs.a_second)
    ours_, bare_ = (statistics.median(times[name]) for name in ("bridge", "bare"))
    told = f"{ours_:.0f} notices a second, bare {bare_:.0f}"
    return Figure("accept", ours_ / bare_, "× bare", told, LEAST_OF_BARE, most=False)


def _at_a_rate(posts: _Posts, seconds: float, rate: int) -> Figure:
    sent = posts.send(seconds=seconds, connections=BUSY, rate=rate)
    told = f"{rate} a second for {seconds:.0f} s: p50 {sent.latencies['50']:.1f} ms, statuses "
    told += str(dict(sent.statuses))
    return Figure("accept, p99", sent.latencies["99"], "ms", told, MOST_P99_MS)


def _many_senders(posts: _Posts, seconds: float, senders: int) -> Iterator[Figure]:
    sent = posts.send(seconds=seconds, connections=senders)
    told = f"{senders} senders for {seconds:.0f} s: {sent.a_second:.0f} a second, "
    told += f"p50 {sent.latencies['50']:.0f} ms, p99 {sent.latencies['99']:.0f} ms"
    yield Figure("errors of many senders", sent.refused, "", told, 0)


@contextmanager
def _serving() -> Iterator[BridgeProcess]:
    """A bridge whose Moodle does not answer."""
    with tempfile.TemporaryDirectory() as name, programs.crm(1, numbered=RECORDS) as crm:
        folder = Path(name)
        down = {"base_url": f"http://127.0.0.1:{free_port()}", "token": "none"}
        values = programs.settings(crm, down, folder)
        anyio.run(save_channels, values["DATABASE_URL"])
        bridge = programs.bridge(values, folder)
        bridge.start()
        try:
            anyio.run(bridge.answers)
            yield bridge
        finally:
            bridge.kill()


@contextmanager
def _bare() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.bare", str(port)]
    with subprocess.Popen(command, cwd=ROOT) as program:
        try:
            url = f"http://127.0.0.1:{port}"
            programs.wait_for(f"{url}/health")
            yield url
        finally:
            program.terminate()
