"""What `mzi serve` itself costs: how soon it is ready, and its memory, idle and after much work.

Both emulators stand on either side. Ready means that `/readyz` says so; it is started once before,
so that files are read from memory. The memory is the process's resident set. Notices come until
all of them are carried; what grows is told from the first tenth of them on, when all code has run.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import anyio

from mzi_bridge.pipeline.channel_terms import WEBHOOK_PATH
from tests.bench import programs
from tests.bench.figure import Figure, add_output, tell
from tests.bench.senders import send
from tests.support.bridge_process import BridgeProcess
from tests.support.stream import save_channels

MOST_SECONDS, MOST_MIB, MOST_GROWTH = 1.0, 90.0, 1.05
STARTS = 5
RECORDS = 1_000
CONNECTIONS = 8


def add_to(commands: Any) -> None:
    parser = commands.add_parser(
        "serve",
        help="start and memory of mzi serve",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--notices", type=int, default=100_000, help="default 100000")
    add_output(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """0; 1 if a bar is missed."""
    with (
        tempfile.TemporaryDirectory() as name,
        programs.crm(1, numbered=RECORDS) as crm,
        programs.moodle() as site,
    ):
        folder = Path(name)
        values = programs.settings(crm, site, folder)
        figures = [_start(values, folder), *_memory(values, folder, options.notices)]
    return tell(figures, options.json)


def _start(values: Mapping[str, str], folder: Path) -> Figure:
    times = []
    for _ in range(STARTS + 1):
        bridge = programs.bridge(values, folder)
        began = time.perf_counter()
        bridge.start()
        try:
            programs.wait_for(f"{bridge.url}/readyz")
            times.append(time.perf_counter() - began)
        finally:
            bridge.kill()
    warm = times[1:]
    told = "from start to ready, " + ", ".join(f"{seconds:.2f}" for seconds in warm)
    return Figure("start", statistics.median(warm), "s", told, MOST_SECONDS)


def _memory(values: Mapping[str, str], folder: Path, notices: int) -> Iterator[Figure]:
    anyio.run(save_channels, values["DATABASE_URL"])
    bridge = programs.bridge(values, folder)
    bridge.start()
    try:
        programs.wait_for(f"{bridge.url}/readyz")
        idle = bridge.resident_mib
        _carry(bridge, notices // 10)
        warm = bridge.resident_mib
        _carry(bridge, notices - notices // 10)
        after = bridge.resident_mib
    finally:
        bridge.kill()
    told = f"after {notices // 10} notices {warm:.1f}, after {notices} {after:.1f}"
    yield Figure("memory, idle", idle, "MiB", "resident, right after the start", MOST_MIB)
    yield Figure("memory, after work", after, "MiB", told, MOST_MIB)
    yield Figure("growth of memory", after / warm, "×", told, MOST_GROWTH)


def _carry(bridge: BridgeProcess, notices: int) -> None:
    sent = send(bridge.url + WEBHOOK_PATH, records=RECORDS, count=notices, connections=CONNECTIONS)
    assert sent.refused == 0, sent.statuses
    while programs.metric(bridge.url, "mzi_inbox_dirty"):
        time.sleep(0.5)
