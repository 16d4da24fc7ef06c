"""What the database can do wrong, named by what the caller does next."""

from __future__ import annotations

import re
import sqlite3

from sqlalchemy import exc

from mzi_bridge.errors import RetryLater


class JournalUnavailable(RetryLater):
    """The journal could not be read or written now; what was asked may be asked again.

    Reasons: database_unreachable, database_locked, database_full, database_read_only,
    database_pool_exhausted, database_conflict, database_damaged, journal_closed,
    lock_busy. After a lost answer a write may or may not stand: every write of the
    journal may be repeated.
    """


FIXES = {
    "database_unreachable": "Check that the database server runs and can be reached.",
    "database_locked": "Another process holds the database; it is freed when that one commits.",
    "database_full": "Free disk space where the database lies.",
    "database_read_only": "Give the bridge's user write access to the database.",
    "database_pool_exhausted": "Every connection is in use; this passes with the load.",
    "database_conflict": "Two writers met; the next try goes through.",
    "database_damaged": "Restore the database from a backup, then run a full sync.",
    "journal_closed": "The bridge is stopping.",
    "lock_busy": "Another process of the bridge is doing the same work.",
}
SQLITE_REASONS = {
    sqlite3.SQLITE_BUSY: "database_locked",
    sqlite3.SQLITE_LOCKED: "database_locked",
    sqlite3.SQLITE_FULL: "database_full",
    sqlite3.SQLITE_READONLY: "database_read_only",
    sqlite3.SQLITE_PERM: "database_read_only",
    sqlite3.SQLITE_CANTOPEN: "database_unreachable",
    sqlite3.SQLITE_IOERR: "database_unreachable",
    sqlite3.SQLITE_CORRUPT: "database_damaged",
    sqlite3.SQLITE_NOTADB: "database_damaged",
}
# SQLSTATE classes and codes, PostgreSQL manual, appendix A; the longest match wins.
POSTGRES_REASONS = {
    "08": "database_unreachable",
    "57P": "database_unreachable",
    "53": "database_pool_exhausted",
    "53100": "database_full",
    "25006": "database_read_only",
    "40": "database_conflict",
    "55P03": "database_locked",
    "57014": "database_locked",
    "58": "database_damaged",
    "XX001": "database_damaged",
    "XX002": "database_damaged",
}


# A refusal before the session begins carries no SQLSTATE, only the server's words.
LOGIN_REFUSED = re.compile(
    r"FATAL:.*(authentication failed|does not exist|no pg_hba\.conf entry|permission denied"
    r"|is not permitted)"
)


def unavailable(reason: str) -> JournalUnavailable:
    return JournalUnavailable(
        f"The journal's database did not take the work ({reason}).",
        reason=reason,
        fix=FIXES[reason],
    )


def reason_of(error: exc.SQLAlchemyError) -> str | None:
    """The reason word for a passing fault; None for a bug, which is to be raised as it is."""
    if isinstance(error, exc.TimeoutError):
        return "database_pool_exhausted"
    if not isinstance(error, exc.DBAPIError):
        return None
    original = error.orig
    state = getattr(original, "sqlstate", None)
    if isinstance(state, str):
        return next(
            (POSTGRES_REASONS[state[:n]] for n in (5, 3, 2) if state[:n] in POSTGRES_REASONS),
            None,
        )
    code = getattr(original, "sqlite_errorcode", None)
    if isinstance(code, int):
        # The low byte is the primary code, the rest an extension of it.
        return SQLITE_REASONS.get(code & 0xFF)
    lost = error.connection_invalidated or isinstance(error, exc.OperationalError)
    return "database_unreachable" if lost else None
