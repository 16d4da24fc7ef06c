from __future__ import annotations

import pytest

from mzi_bridge.pipeline.backoff import LONGEST_SECONDS, delay, is_exhausted

DAY = 24 * 3600.0


def test_the_delay_doubles_up_to_four_hours() -> None:
    assert [delay(n, jitter=0.0) for n in (1, 2, 3, 4)] == [5.0, 10.0, 20.0, 40.0]
    assert delay(50, jitter=0.0) == LONGEST_SECONDS
    assert delay(10_000, jitter=0.0) == LONGEST_SECONDS


def test_jitter_takes_off_at_most_half() -> None:
    assert delay(3, jitter=0.999) == pytest.approx(10.0, rel=0.01)


def test_the_other_sides_word_is_a_lower_bound() -> None:
    assert delay(1, jitter=0.9, retry_after=300.0) == 300.0
    assert delay(30, jitter=0.0, retry_after=300.0) == LONGEST_SECONDS


def test_nothing_is_given_up_within_three_days() -> None:
    assert not is_exhausted(attempts=10_000, age=3 * DAY - 1)
    assert not is_exhausted(attempts=19, age=30 * DAY)
    assert is_exhausted(attempts=20, age=3 * DAY)


def test_twenty_tries_fit_into_three_days() -> None:
    assert sum(delay(n, jitter=0.0) for n in range(1, 20)) < 3 * DAY
