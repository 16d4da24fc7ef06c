"""Two hundred seeded histories, each in the process that `scripts/simulate` starts.

The processes are of their own because a simulation takes over the time, the disk and the
randomness of the whole program.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SEEDS = 200
EVENTS = 200


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.simulation", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )


def digest_of(output: str) -> str:
    found = re.search(r"^history ([0-9a-f]{64})$", output, re.MULTILINE)
    assert found, output[-2000:]
    return found[1]


@pytest.mark.timeout(900)
def test_no_history_of_faults_breaks_a_promise() -> None:
    done = run("--seeds", str(SEEDS), "--events", str(EVENTS))
    print(done.stdout)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert f"{SEEDS} seeds, {SEEDS * EVENTS} events" in done.stdout
    assert "moodle differs" in done.stdout, "no full sync has met a row that it had to send"


def test_the_same_seed_gives_the_same_history() -> None:
    first, again = (run("--seed", "3", "--events", "60") for _ in range(2))
    assert first.returncode == 0, first.stdout[-6000:] + first.stderr[-2000:]
    assert digest_of(first.stdout) == digest_of(again.stdout)


def test_another_seed_gives_another_history() -> None:
    one, other = (run("--seed", seed, "--events", "40") for seed in ("3", "8"))
    assert digest_of(one.stdout) != digest_of(other.stdout)


@pytest.mark.timeout(600)
def test_known_wrong_rules_are_seen() -> None:
    """The quickest nine; `scripts/simulate --mutants` tries all of them."""
    chosen = [word for name in QUICK_MUTANTS for word in ("--mutant", name)]
    done = run("--mutants", "--seeds", "24", *chosen)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]


QUICK_MUTANTS = (
    "leases are ignored",
    "answered before the commit",
    "deletions need no absence",
    "failures are not tried again",
    "personal values are logged",
    "reads are dated after the fetch",
    "moodle has no gate",
    "moodle writes what is stale",
    "changed photos are not fetched",
)


@pytest.mark.timeout(300)
def test_a_soak_keeps_journal_and_memory_in_bounds() -> None:
    done = run("--soak", "--days", "4", "--notices", "8000")
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
