"""A call is as large as Moodle answers it soon."""

from __future__ import annotations

from mzi_bridge.pipeline.batch_size import FEWEST, FIRST, BatchSize


def test_quick_answers_make_it_grow_up_to_the_most() -> None:
    size = BatchSize(500)
    seen = []
    for _ in range(5):
        seen.append(size.now)
        size.answered(size.now, 0.2)
    assert seen == [FIRST, 200, 400, 500, 500]


def test_a_small_call_says_nothing_of_a_large_one() -> None:
    size = BatchSize(500)
    size.answered(3, 0.01)
    assert size.now == FIRST


def test_late_answers_halve_it_but_never_to_nothing() -> None:
    size = BatchSize(500)
    for _ in range(3):
        size.answered(size.now, 0.2)
    size.answered(500, 4.0)
    assert size.now == 250
    for _ in range(20):
        size.answered(size.now, 60.0)
    assert size.now == FEWEST


def test_a_clock_that_jumps_back_does_no_harm() -> None:
    size = BatchSize(150)
    size.answered(100, -3600.0)
    assert size.now == 150


def test_it_is_never_more_than_the_most() -> None:
    assert BatchSize(7).now == 7
