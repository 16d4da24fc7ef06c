"""Keeps query strings out of httpx2's own log line.

httpx2 logs the URL of every request at INFO. A search by e-mail or phone has no other form
than a query string, so the line is cut at the question mark.
"""

from __future__ import annotations

import logging

import httpx2


class _CutQuery(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(map(_without_query, record.args))
        return True


def _without_query(arg: object) -> object:
    return str(arg).partition("?")[0] if isinstance(arg, httpx2.URL) else arg


_FILTER = _CutQuery()


def cut_queries_from_request_log() -> None:
    """Installs the filter; a second call changes nothing."""
    logging.getLogger("httpx2").addFilter(_FILTER)
