"""How far a job is, how fast it goes and how long it will take."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from mzi_bridge.journal.runs import Run, RunState
from mzi_bridge.pipeline.sync import Mode, Progress
from mzi_bridge.pipeline.sync_standing import RATE_SECONDS, Job, Standing, job_of, standing_of


def job(standing: Standing, state: RunState = RunState.RUNNING) -> Job:
    run = Run(1, "job", None, False, state, None, standing.position(), {}, 0.0, 0.0, None, "")
    return job_of(run, run.position)


def seen(standing: Standing, module: str, number: int) -> None:
    standing.told(Progress(module, 1, {"inserted": number}))


def test_the_rate_is_that_of_the_last_minute() -> None:
    standing = Standing(Mode.FULL, ["A"])
    assert standing.rate() is None
    for second in range(0, 301, 5):
        seen(standing, "A", second * 2 if second <= 200 else 400 + (second - 200) * 10)
        standing.mark(1000.0 + second)
    assert standing.rate() == pytest.approx(10.0, rel=0.1)


def test_a_clock_set_back_gives_no_rate() -> None:
    standing = Standing(Mode.FULL, ["A"])
    standing.mark(1000.0)
    seen(standing, "A", 5)
    standing.mark(900.0)
    assert standing.rate() is None


def test_time_left_is_what_is_left_at_the_rate() -> None:
    standing = Standing(Mode.FULL, ["A", "B"], sizes={"A": 300, "B": 700})
    standing.mark(1000.0)
    seen(standing, "A", 100)
    standing.mark(1000.0 + RATE_SECONDS / 6)
    now = job(standing)
    assert now.done == pytest.approx(0.1)
    assert now.rate == pytest.approx(10.0)
    assert now.seconds_left == pytest.approx(90.0)
    assert replace(now, state=RunState.PAUSED).seconds_left is None


def test_without_a_size_neither_part_nor_time_is_told() -> None:
    standing = Standing(Mode.FULL, ["A", "B"], sizes={"A": 300})
    seen(standing, "A", 100)
    assert (job(standing).done, job(standing).seconds_left) == (None, None)


def test_a_wrong_guess_never_shows_more_than_the_whole() -> None:
    standing = Standing(Mode.FULL, ["A"], sizes={"A": 100})
    seen(standing, "A", 130)
    assert job(standing).done == 1.0
    standing.finished.append("A")
    assert job(standing).done == 1.0


def test_what_is_through_counts_as_it_was_found_not_as_it_was_guessed() -> None:
    standing = Standing(Mode.FULL, ["A", "B"], sizes={"A": 500, "B": 100})
    seen(standing, "A", 100)
    standing.finished.append("A")
    assert job(standing).done == pytest.approx(0.5)


def test_a_job_gone_on_with_still_knows_its_sizes() -> None:
    standing = Standing(Mode.FULL, ["A"], sizes={"A": 300})
    run = Run(
        *(1, "job", None, False, RunState.RUNNING, None, standing.position(), {}),
        *(0.0, 0.0, None, ""),
    )
    assert standing_of(run).sizes == {"A": 300}
    assert job(Standing(Mode.DELTA, ["A"]), RunState.DONE).done == 1.0


def test_a_run_of_an_older_release_is_read_too() -> None:
    position: Any = {"mode": "full", "counts": {}, "finished": []}
    run = Run(1, "job", None, False, RunState.RUNNING, None, position, {}, 0.0, 0.0, None, "")
    assert (job_of(run, position).sizes, job_of(run, position).done) == ({}, None)
