"""Several processes on one journal: each record to one of them, none lost at a kill."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mzi_bridge.clock import SystemClock
from mzi_bridge.journal import Journal
from tests.support.clock import ManualClock
from tests.support.notices import claim_one, nothing_due

WORKER = Path(__file__).with_name("worker_process.py")
ROOT = Path(__file__).parents[3]
PROCESSES = 3
ROUNDS = 40


@contextmanager
def _process(url: str, name: str, rounds: int = ROUNDS) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, str(WORKER), url, name, str(rounds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


async def test_processes_share_one_journal_and_no_record_goes_to_two(url: str) -> None:
    """They even open it at once while it has no schema yet."""
    with (
        _process(url, "a") as a,
        _process(url, "b") as b,
        _process(url, "c") as c,
    ):
        processes = (a, b, c)
        assert [_line(process) for process in processes] == ["marked"] * PROCESSES
        outputs = _finish(processes)

    assert [process.returncode for process in processes] == [0] * PROCESSES
    settled = Counter(line for output in outputs for line in output.split())
    assert set(settled.values()) == {1}
    assert len(settled) == PROCESSES * ROUNDS
    async with Journal.open(url, clock=SystemClock()) as journal:
        assert (await journal.inbox.counts()).dirty == 0


def _finish(processes: tuple[subprocess.Popen[str], ...]) -> list[str]:
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [process.communicate(timeout=60)[0] for process in processes]


async def test_what_a_killed_process_had_marked_and_claimed_goes_on(url: str) -> None:
    with _process(url, "victim", 10) as victim:
        assert _line(victim) == "marked"
    clock = ManualClock()
    async with Journal.open(url, clock=clock) as journal:
        assert (await journal.inbox.counts()).dirty == 10


async def test_the_claims_of_a_closed_journal_are_handed_on_when_their_leases_end(
    url: str, clock: ManualClock
) -> None:
    with _process(url, "victim", 1) as victim:
        assert _line(victim) == "marked"
    clock.set(SystemClock().now() + 60)
    async with Journal.open(url, clock=clock) as journal:
        await claim_one(journal, lease=30)
    async with Journal.open(url, clock=clock) as journal:
        assert await nothing_due(journal)
        clock.advance(31)
        assert (await claim_one(journal)).items[0].record_id == "victim-0"
