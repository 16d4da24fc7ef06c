"""Dates stay what the CRM wrote; datetimes become UTC epoch seconds.

Zoho writes `2026-05-14` and `2026-05-14T11:36:10+03:00` (get-records, v2). Other orders of day
and month cannot be told apart and are refused.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from mzi_bridge.mapping.values import FaultCode, Unfit

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?"
_OFFSET = r"(Z|z|[+-][0-9]{2}:?[0-9]{2})"
_DATETIME = re.compile(rf"{_DATE.pattern}[T ]{_TIME}{_OFFSET}?")
_MAX_TEXT = 40
_MAX_EPOCH = 9_999_999_999


def date_text(value: Any) -> str | None:
    """`YYYY-MM-DD`. Of a datetime the day as written is kept: no zone may shift a date."""
    text = _trimmed(value, "a date as YYYY-MM-DD was expected")
    if not text:
        return None
    match = _DATE.fullmatch(text) or _DATETIME.fullmatch(text)
    if match is None:
        raise Unfit(FaultCode.INVALID_VALUE, "a date as YYYY-MM-DD was expected")
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    try:
        date(year, month, day)
    except ValueError:
        raise Unfit(FaultCode.INVALID_VALUE, "there is no such day") from None
    return match[0][:10]


def epoch_seconds(value: Any) -> int | None:
    """UTC epoch seconds of an ISO 8601 datetime with an offset; fractions are cut off.

    Without an offset the hour could be any zone's, so it is refused; so is a year outside
    1970 to 2286, which a ten-digit column could not hold.
    """
    text = _trimmed(value, "a datetime with an offset was expected")
    if not text:
        return None
    match = _DATETIME.fullmatch(text)
    if match is None:
        raise Unfit(FaultCode.INVALID_VALUE, "a datetime with an offset was expected")
    if match[7] is None:
        raise Unfit(FaultCode.AMBIGUOUS, "a datetime without an offset could be any zone's")
    try:
        year, month, day, hour, minute = (int(match[i]) for i in range(1, 6))
        local = datetime(year, month, day, hour, minute, int(match[6] or 0), tzinfo=UTC)
        seconds = int(local.timestamp()) - _offset_seconds(match[7])
    except ValueError:
        raise Unfit(FaultCode.INVALID_VALUE, "there is no such day or hour") from None
    if not 0 <= seconds <= _MAX_EPOCH:
        raise Unfit(FaultCode.OUT_OF_RANGE, "a datetime from 1970 to 2286 was expected")
    return seconds


def _offset_seconds(text: str) -> int:
    if text in "Zz":
        return 0
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 18 or minutes > 59:
        raise ValueError("no zone is that far from UTC")
    seconds = hours * 3600 + minutes * 60
    return -seconds if text[0] == "-" else seconds


def _trimmed(value: Any, expected: str) -> str:
    if not isinstance(value, str):
        raise Unfit(FaultCode.WRONG_TYPE, expected)
    text = value.strip()
    if len(text) > _MAX_TEXT:
        raise Unfit(FaultCode.INVALID_VALUE, expected)
    return text
