"""Dates stay what the CRM wrote; datetimes become UTC epoch seconds.

Zoho writes `2026-05-14` and `2026-05-14T11:36:10+03:00` (get-records, v2). Other orders of day
and month cannot be told apart and are refused.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from mzi_bridge.mapping.values import FaultCode, Unfit

_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DATE = re.compile(_DAY)
_TIME = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2})?"
_OFFSET = r"Z|[+-][0-9]{2}:?[0-9]{2}"
_DATETIME = re.compile(rf"({_DAY}[T ]{_TIME})(?:\.[0-9]+)?({_OFFSET})?")
_MAX_TEXT = 40
_MAX_EPOCH = 9_999_999_999


def date_text(value: Any) -> str | None:
    """`YYYY-MM-DD`. Of a datetime the day as written is kept: no zone may shift a date."""
    text = _trimmed(value, "a date as YYYY-MM-DD was expected")
    if not text:
        return None
    if _DATE.fullmatch(text) is None and _DATETIME.fullmatch(text) is None:
        raise Unfit(FaultCode.INVALID_VALUE, "a date as YYYY-MM-DD was expected")
    day = text[:10]
    try:
        date.fromisoformat(day)
    except ValueError:
        raise Unfit(FaultCode.INVALID_VALUE, "there is no such day") from None
    return day


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
    local, offset = match.groups()
    if offset is None:
        raise Unfit(FaultCode.AMBIGUOUS, "a datetime without an offset could be any zone's")
    try:
        seconds = int(datetime.fromisoformat(local + offset).timestamp())
    except ValueError:
        raise Unfit(FaultCode.INVALID_VALUE, "there is no such day or hour") from None
    if not 0 <= seconds <= _MAX_EPOCH:
        raise Unfit(FaultCode.OUT_OF_RANGE, "a datetime from 1970 to 2286 was expected")
    return seconds


def _trimmed(value: Any, expected: str) -> str:
    if not isinstance(value, str):
        raise Unfit(FaultCode.WRONG_TYPE, expected)
    text = value.strip()
    if len(text) > _MAX_TEXT:
        raise Unfit(FaultCode.INVALID_VALUE, expected)
    return text
