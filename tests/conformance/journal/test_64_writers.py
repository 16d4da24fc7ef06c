"""Sixty-four writers, five hundred rounds each, in one process and in four, workers besides."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import pytest

from mzi_bridge.clock import SystemClock
from mzi_bridge.journal import Journal
from tests.conformance.journal.many_writers import ROUNDS, WRITERS, open_ledger

ROOT = Path(__file__).parents[3]
# Half a minute on a quiet disk; the four processes wait for some ten thousand syncs of it.
SECONDS = 600


def _run(url: str, ledger: Path, processes: int) -> Counter[str]:
    """What all processes together did. Fails with the words of the first that failed."""
    module = "tests.conformance.journal.many_writers"
    command = [sys.executable, "-m", module, url, str(ledger)]
    running = [
        subprocess.Popen(
            [*command, str(number), str(processes)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(processes)
    ]
    tally: Counter[str] = Counter()
    with ThreadPoolExecutor(processes) as watchers:
        watched = {watchers.submit(process.communicate): process for process in running}
        try:
            # One that fails leaves the others waiting for its writers: look at all at once.
            for done in as_completed(watched, timeout=SECONDS):
                said, complained = done.result()
                assert watched[done].returncode == 0, complained[-3000:]
                tally.update(json.loads(said))
        finally:
            for process in running:
                process.kill()
    return tally


@pytest.mark.timeout(SECONDS + 20)
@pytest.mark.parametrize("processes", [1, 4])
async def test_64_writers_of_500_rounds_lose_no_unit_of_work(
    url: str, tmp_path: Path, processes: int, tell: Callable[[str], None]
) -> None:
    started = time.monotonic()
    tally = _run(url, tmp_path / "ledger", processes)

    seconds = time.monotonic() - started
    kind = url.partition(":")[0].partition("+")[0]
    tell(f"64 writers × 500 rounds, {kind}, {processes} processes: {seconds:.0f} s, {dict(tally)}")
    assert tally["units"] == WRITERS * ROUNDS
    assert tally["abandoned"], "no lease had to run out"
    assert open_ledger(tmp_path / "ledger").unworked() == []
    async with Journal.open(url, clock=SystemClock()) as journal:
        assert (await journal.inbox.counts()).dirty == 0
