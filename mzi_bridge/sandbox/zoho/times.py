"""Hours as the CRM reads and writes them: whole seconds, in the calling user's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timezone
from email.utils import format_datetime, parsedate_to_datetime


def iso(epoch: int, zone: timezone) -> str:
    """`2026-05-14T11:36:10+03:00`."""
    return datetime.fromtimestamp(epoch, zone).isoformat(timespec="seconds")


def http_date(epoch: float) -> str:
    """`Thu, 14 May 2026 08:36:10 GMT`, as in a `Date` header."""
    return format_datetime(datetime.fromtimestamp(int(epoch), UTC), usegmt=True)


def parse_iso(text: str, zone: timezone) -> int:
    """Epoch seconds of an ISO 8601 text; without an offset it is the user's own hour.

    Raises ValueError.
    """
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp())


def parse_since(text: str, zone: timezone) -> int:
    """Epoch seconds of an If-Modified-Since, ISO 8601 or RFC 1123. Raises ValueError."""
    try:
        return parse_iso(text, zone)
    except ValueError:
        moment = parsedate_to_datetime(text)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def is_date(text: str) -> bool:
    """Whether it is `YYYY-MM-DD` and a day that exists."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
