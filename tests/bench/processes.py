"""Notices to one `mzi serve` and to four of them on one journal in PostgreSQL, until all stand.

Each run has a journal and an emulated Moodle of its own, and as many notices about as many records
of the emulated CRM; the runs take turns. CRM, Moodle, PostgreSQL and the senders need cores, too:
so the yardstick is how much more work the machine had room for while one process worked, four times
as much at the most (Linux, on a machine that does nothing else). Work that was done twice would
show as more records read, or more answers to rows.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio

from mzi_bridge.pipeline.channel_terms import WEBHOOK_PATH
from scripts.disposable.process import free_port
from tests.bench import programs
from tests.bench.figure import Figure, add_output, tell
from tests.bench.senders import BUSY, send
from tests.bench.site import said
from tests.support.bridge_process import BridgeProcess
from tests.support.stream import save_channels

MANY = 4
LEAST_OF_ROOM = 0.7
_TIMES = Path("/proc/stat")


def add_to(commands: Any) -> None:
    parser = commands.add_parser(
        "processes",
        help="one process and four of them on one journal",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--notices", type=int, default=4_000, help="of a run, default 4000")
    parser.add_argument("--turns", type=int, default=2, help="default 2")
    add_output(parser)
    parser.set_defaults(run=run)


@dataclass(frozen=True)
class Run:
    """`bridge`: seconds that cores were busy with it; `cores`: how many were busy with anything at
    all; `read` and `answered`: records."""

    seconds: float
    bridge: float
    cores: float
    read: int
    calls: int
    answered: int


def run(options: argparse.Namespace) -> int:
    """0; 1 if a bar is missed."""
    runs: dict[int, list[Run]] = {1: [], MANY: []}
    with programs.crm(1, numbered=options.notices) as crm:
        for _ in range(options.turns):
            for processes, done in runs.items():
                done.append(_run(crm, processes, options.notices))
    return tell([*_judged(runs[1], runs[MANY], options.notices)], options.json)


def _run(crm: programs.Crm, processes: int, notices: int) -> Run:
    with _serving(crm, processes) as bridges:
        reads, calls, busy, machine = crm.reads(), crm.calls(), _busy(bridges), _machine()
        began = time.time()
        webhooks = [bridge.url + WEBHOOK_PATH for bridge in bridges]
        sent = send(*webhooks, records=notices, count=notices, connections=BUSY)
        assert sent.refused == 0, sent.statuses
        while programs.metric(bridges[0].url, "mzi_inbox_dirty"):
            time.sleep(0.1)
        ended = time.time()
        busy, cores = _busy(bridges) - busy, (_machine() - machine) / (ended - began)
        answered = int(sum(programs.metric(one.url, "mzi_records_total") for one in bridges))
        return Run(
            ended - sent.began, busy, cores, crm.reads() - reads, crm.calls() - calls, answered
        )


@contextmanager
def _serving(crm: programs.Crm, processes: int) -> Iterator[Sequence[BridgeProcess]]:
    """So many processes on a fresh journal, all ready."""
    with tempfile.TemporaryDirectory() as name, _journal() as url, programs.moodle() as site:
        folder = Path(name)
        values = programs.settings(crm, site, folder, url)
        anyio.run(save_channels, url)
        with ExitStack() as stack:
            bridges = [_started(stack, values, folder) for _ in range(processes)]
            for bridge in bridges:
                programs.wait_for(f"{bridge.url}/readyz")
            yield bridges


def _started(stack: ExitStack, values: Mapping[str, str], folder: Path) -> BridgeProcess:
    bridge = programs.bridge({**values, "MZI_PORT": str(free_port())}, folder)
    stack.callback(bridge.kill)
    bridge.start()
    return bridge


@contextmanager
def _journal() -> Iterator[str]:
    try:
        yield said(["scripts/postgres", "up", "bench"]).strip()
    finally:
        said(["scripts/postgres", "down", "bench"])


def _busy(bridges: Sequence[BridgeProcess]) -> float:
    return sum(bridge.cpu_seconds for bridge in bridges)


def _machine() -> float:
    """Seconds that cores have been busy with anything (proc(5), the first line of /proc/stat)."""
    user, nice, system, _, _, irq, softirq, steal, *_ = _TIMES.read_text().split()[1:]
    return sum(map(int, (user, nice, system, irq, softirq, steal))) / os.sysconf("SC_CLK_TCK")


def _judged(one: Sequence[Run], many: Sequence[Run], notices: int) -> Iterator[Figure]:
    cores = os.cpu_count() or 1
    alone, together = (statistics.median(run.seconds for run in runs) for runs in (one, many))
    busy = statistics.median(run.cores for run in one)
    room = min(MANY, cores / busy)
    told = f"{MANY} processes {notices / together:.0f} a second, 1 process {notices / alone:.0f}: "
    told += f"{alone / together:.2f} ×; with 1 process {busy:.2f} of {cores} cores were busy"
    value = alone / together / room
    yield Figure("processes", value, f"of {room:.2f} ×", told, LEAST_OF_ROOM, most=False)
    for name, runs in (("1 process", one), (f"{MANY} processes", many)):
        each = statistics.median(1000 * run.bridge / notices for run in runs)
        calls = ", ".join(str(run.calls) for run in runs)
        yield Figure(f"core for a notice, {name}", each, "ms", f"calls of the CRM: {calls}")
    for name, counts in (
        ("records read twice", [run.read for run in many]),
        ("rows written twice", [run.answered for run in many]),
    ):
        told = f"{notices} records; by {MANY} processes: {', '.join(map(str, counts))}"
        yield Figure(name, max(counts) - notices, "", told, 0)
