"""Database errors get the reason word that says what to do, bugs stay bugs."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from psycopg import errors as pg
from sqlalchemy import exc

from mzi_bridge.journal.errors import (
    FIXES,
    LOGIN_REFUSED,
    POSTGRES_REASONS,
    SQLITE_REASONS,
    reason_of,
)


def _sqlite(code: int) -> exc.SQLAlchemyError:
    error = sqlite3.OperationalError("told")
    error.sqlite_errorcode = code
    return exc.OperationalError("statement", {}, error)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (sqlite3.SQLITE_BUSY, "database_locked"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "database_locked"),
        (sqlite3.SQLITE_FULL, "database_full"),
        (sqlite3.SQLITE_IOERR_FSYNC, "database_unreachable"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "database_read_only"),
        (sqlite3.SQLITE_CORRUPT, "database_damaged"),
        (sqlite3.SQLITE_ERROR, None),
        (sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, None),
    ],
)
def test_sqlite_faults_have_their_reason(code: int, reason: str | None) -> None:
    assert reason_of(_sqlite(code)) == reason


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (pg.AdminShutdown("told"), "database_unreachable"),
        (pg.CannotConnectNow("told"), "database_unreachable"),
        (pg.ConnectionFailure("told"), "database_unreachable"),
        (pg.DiskFull("told"), "database_full"),
        (pg.TooManyConnections("told"), "database_pool_exhausted"),
        (pg.DeadlockDetected("told"), "database_conflict"),
        (pg.SerializationFailure("told"), "database_conflict"),
        (pg.ReadOnlySqlTransaction("told"), "database_read_only"),
        (pg.LockNotAvailable("told"), "database_locked"),
        (psycopg.OperationalError("connection failed"), "database_unreachable"),
        (pg.UndefinedTable("told"), None),
        (pg.UniqueViolation("told"), None),
    ],
)
def test_postgresql_faults_have_their_reason(error: psycopg.Error, reason: str | None) -> None:
    wrapped = (
        exc.OperationalError if isinstance(error, psycopg.OperationalError) else exc.DBAPIError
    )("statement", {}, error)

    assert reason_of(wrapped) == reason


def test_an_exhausted_pool_is_named() -> None:
    assert reason_of(exc.TimeoutError("told")) == "database_pool_exhausted"


def test_a_wrong_statement_is_a_bug() -> None:
    assert reason_of(exc.CompileError("told")) is None


def test_every_reason_says_what_to_do() -> None:
    assert {*POSTGRES_REASONS.values(), *SQLITE_REASONS.values()} <= set(FIXES)


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        ('FATAL:  password authentication failed for user "mzi"', True),
        ('FATAL:  database "mzi" does not exist', True),
        ('FATAL:  role "mzi" does not exist', True),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.1", user "mzi"', True),
        ("FATAL:  the database system is starting up", False),
        ("FATAL:  sorry, too many clients already", False),
        ("connection refused", False),
    ],
)
def test_a_refused_login_is_told_from_a_server_in_trouble(words: str, refused: bool) -> None:
    assert bool(LOGIN_REFUSED.search(words)) is refused
