"""What a chart's point tells: percentiles of a histogram, and points of one length."""

from __future__ import annotations

import random

import pytest

from mzi_bridge.journal.activity_points import (
    BUCKET_SECONDS,
    LAG_BOUNDS,
    LAG_WORDS,
    MOST_POINTS,
    Word,
    lag_word,
    percentile,
    point_of,
    spans,
)


def histogram(lags: list[float]) -> list[int]:
    return [sum(lag_word(lag) is word for lag in lags) for word in LAG_WORDS]


def width(lag: float) -> float:
    below = 0.0
    for bound in LAG_BOUNDS:
        if lag <= bound:
            return bound - below
        below = bound
    raise AssertionError


def test_every_lag_falls_into_the_span_that_names_it() -> None:
    assert [lag_word(bound) for bound in LAG_BOUNDS] == list(LAG_WORDS[:-1])
    assert lag_word(0.0) is lag_word(-3.0) is Word.LAG_LE_1
    assert lag_word(1.01) is Word.LAG_LE_2
    assert lag_word(3600.1) is Word.LAG_INF
    assert len(LAG_WORDS) == len(LAG_BOUNDS) + 1


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("q", [0.5, 0.95])
def test_a_percentile_is_wrong_by_less_than_its_span(seed: int, q: float) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    lags = sorted(chance.lognormvariate(1.0, 1.5) for _ in range(chance.randint(1, 500)))
    lags = [min(lag, 3600.0) for lag in lags]
    # The smallest lag that at least this part does not pass.
    true = next(lag for n, lag in enumerate(lags, 1) if n >= q * len(lags))
    found = percentile(histogram(lags), q)
    assert found is not None
    assert abs(found - true) <= width(true)


def test_a_percentile_grows_with_q_and_is_none_of_nothing() -> None:
    counts = [3, 0, 5, 1, 0, 0, 2, 0, 1]
    found = [percentile(counts, q / 20) or 0.0 for q in range(21)]
    assert found == sorted(found)
    assert percentile([0] * len(LAG_WORDS), 0.5) is None


def test_of_what_took_too_long_only_the_last_bound_is_known() -> None:
    assert percentile([*[0] * len(LAG_BOUNDS), 7], 0.5) == LAG_BOUNDS[-1]


@pytest.mark.parametrize(("hours", "step"), [(1, 300), (6, 300), (24, 900), (168, 7200)])
@pytest.mark.parametrize("now", [1_800_000_000.0, 1_800_000_123.4, 1_799_999_999.9])
def test_points_are_whole_steps_that_reach_to_now(hours: int, step: int, now: float) -> None:
    points = [point_of(span, {}) for span in spans(now, hours)]
    assert {point.seconds for point in points} == {step}
    assert len(points) == hours * 3600 // step <= MOST_POINTS
    assert [point.at for point in points] == [points[0].at + n * step for n in range(len(points))]
    assert points[-1].at <= now < points[-1].at + step
    assert points[0].at % step == 0


def test_a_point_adds_up_its_buckets() -> None:
    [*_, span] = spans(1_800_000_000.0, 24)
    counts = {
        span.first: {"inserted": 2, "deleted": 1, "accepted": 4, "lag_le_1": 2, "refused": 9},
        span.last: {"updated": 3, "accepted": 1, "lag_le_10": 2, "rejected": 5},
        span.last + 1: {"accepted": 100},
    }
    point = point_of(span, counts)
    assert (point.accepted, point.refused, point.delivered, point.rejected) == (5, 9, 6, 5)
    assert point.p50 == 1.0
    assert point.p95 == pytest.approx(9.5)
    assert span.last - span.first == 900 / BUCKET_SECONDS - 1
