"""Dates of the sample school: it stands still on REFERENCE, so a seed always gives one school."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Final

REFERENCE: Final = date(2025, 9, 1)
"""Nothing in a generated school was modified after the start of this day (UTC+3)."""

_SPAN_BACK: Final = 13_000
_SPAN_AHEAD: Final = 800
_DAYS: Final = tuple(
    (REFERENCE + timedelta(days=offset)).isoformat()
    for offset in range(-_SPAN_BACK, _SPAN_AHEAD + 1)
)


def day(offset: int) -> str:
    """`YYYY-MM-DD`, `offset` days from REFERENCE, held to 35 years back and two ahead."""
    return _DAYS[min(max(offset + _SPAN_BACK, 0), len(_DAYS) - 1)]


def moment(offset: int, second: int) -> str:
    """A CRM date-time in the user's zone, `second` seconds (0..86399) into that day."""
    return day(offset) + _time_of_day(second)


@cache
def _time_of_day(second: int) -> str:
    hours, rest = divmod(second, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"T{hours:02d}:{minutes:02d}:{seconds:02d}+03:00"
