"""Which statement of a disposable site's database takes longest, told by PostgreSQL itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.bench.database import database_of
from tests.bench.site import moodle_site

_LIBRARY = "pg_stat_statements"
_SLOWEST = """
    SELECT query, max_exec_time, mean_exec_time, calls FROM pg_stat_statements
    WHERE query LIKE '%%local_mzi_%%' AND query !~ '^(INSERT|TRUNCATE|ANALYZE)'
    ORDER BY max_exec_time DESC LIMIT 1
"""


@dataclass(frozen=True)
class Statement:
    """`longest` and `mean` in milliseconds."""

    text: str
    longest: float
    mean: float
    calls: int


def watch(site: Mapping[str, Any], db: str) -> bool:
    """Starts the database anew so that it counts its statements; False if it cannot."""
    with database_of(site) as database:
        known = "SELECT 1 FROM pg_available_extensions WHERE name = %s"
        if database.connection.execute(known, [_LIBRARY]).fetchone() is None:
            return False
        database.connection.execute(f"ALTER SYSTEM SET shared_preload_libraries = '{_LIBRARY}'")
    moodle_site(db, "stop")
    moodle_site(db, "up")
    with database_of(site) as database:
        database.connection.execute(f"CREATE EXTENSION IF NOT EXISTS {_LIBRARY}")
    return True


def forget(site: Mapping[str, Any]) -> None:
    """What was counted so far."""
    with database_of(site) as database:
        database.connection.execute("SELECT pg_stat_statements_reset()")


def slowest(site: Mapping[str, Any]) -> Statement:
    """Of those that ask the plugin's tables, since the last `forget`."""
    with database_of(site) as database:
        row = database.connection.execute(_SLOWEST).fetchone()
    assert row is not None
    text, longest, mean, calls = row
    return Statement(" ".join(text.split()), longest, mean, calls)
