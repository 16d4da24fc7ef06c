"""Zoho's ways of writing time, and ours: whole seconds since the epoch, UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mzi_bridge.zoho.errors import BadArgument, UnexpectedAnswer


def iso(moment: datetime) -> str:
    """ISO 8601 with an offset and whole seconds, the form every Zoho page shows.

    Raises BadArgument for a time without a zone, which would mean the server's.
    """
    if moment.tzinfo is None:
        raise BadArgument("A time sent to Zoho needs a time zone.")
    return moment.isoformat(timespec="seconds")


def epoch(text: object) -> int:
    """Seconds of `2026-05-14T11:36:10+03:00`. Raises UnexpectedAnswer for anything else."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UnexpectedAnswer("Zoho sent a time that is not ISO 8601 with an offset.")
    return int(moment.timestamp())


def http_date(header: str | None) -> int | None:
    """Seconds of an RFC 9110 `Date` header; None if it is missing or unreadable."""
    if not header:
        return None
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
