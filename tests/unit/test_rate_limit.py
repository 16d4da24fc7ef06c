from __future__ import annotations

import pytest

from mzi_bridge import rate_limit
from mzi_bridge.rate_limit import RateLimit
from tests.support.clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def test_a_caller_past_its_number_waits_as_long_as_it_is_told(clock: ManualClock) -> None:
    limit = RateLimit(3, 60.0, clock)
    assert [limit.take("one") for _ in range(3)] == [0.0, 0.0, 0.0]

    wait = limit.take("one")
    assert wait == pytest.approx(20.0)

    clock.advance(wait - 0.01)
    assert limit.take("one") > 0.0
    clock.advance(0.02)
    assert limit.take("one") == 0.0
    assert limit.take("one") > 0.0


def test_one_caller_takes_nothing_from_another(clock: ManualClock) -> None:
    limit = RateLimit(1, 60.0, clock)
    assert limit.take("one") == 0.0
    assert limit.take("two") == 0.0
    assert limit.take("one") > 0.0


def test_what_is_given_back_does_not_count(clock: ManualClock) -> None:
    limit = RateLimit(1, 60.0, clock)
    limit.take("one")
    limit.give_back("one")
    limit.give_back("one")
    assert limit.take("one") == 0.0
    assert limit.take("one") > 0.0


def test_a_clock_set_back_neither_frees_nor_bars(clock: ManualClock) -> None:
    limit = RateLimit(2, 60.0, clock)
    limit.take("one")
    clock.advance(-3600.0)
    assert limit.take("one") == 0.0
    assert limit.take("one") == pytest.approx(30.0)


def test_many_keys_do_not_fill_the_memory(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limit, "MOST_KEYS", 2)
    limit = RateLimit(1, 60.0, clock)
    for key in ("one", "two", "three"):
        limit.take(key)
    assert limit.take("one") == 0.0
    assert limit.take("three") > 0.0
