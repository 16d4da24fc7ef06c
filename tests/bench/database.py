"""A disposable site's own database, for what a measurement reads or writes beside Moodle."""

from __future__ import annotations

import json
import shlex
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.bench.site import said

_WHERE = str(Path(__file__).with_name("database.php"))


@dataclass(frozen=True)
class SiteDatabase:
    """`connection` to PostgreSQL; `prefix` is that of Moodle's tables."""

    connection: psycopg.Connection[Any]
    prefix: str

    def count(self, table: str, column: str, value: str) -> int:
        """Rows of a table, named without its prefix, that have this value."""
        statement = sql.SQL("SELECT count(*) FROM {} WHERE {} = %s").format(
            sql.Identifier(f"{self.prefix}{table}"), sql.Identifier(column)
        )
        row = self.connection.execute(statement, [value]).fetchone()
        assert row is not None
        return int(row[0])

    def wait_for(self, count: int, table: str, column: str, value: str) -> None:
        """Until so many rows have the value; ends the program if they never do."""
        end = time.monotonic() + 300
        while (found := self.count(table, column, value)) < count:
            if time.monotonic() > end:
                sys.exit(f"bench: {found} of {count} rows have arrived in {table}")
            time.sleep(0.005)


@contextmanager
def database_of(site: Mapping[str, Any]) -> Iterator[SiteDatabase]:
    """`site`: what `DisposableSite` knows of it."""
    facts = json.loads(said([*shlex.split(site["run"]), _WHERE]))
    prefix = facts.pop("prefix")
    with psycopg.connect(**facts, autocommit=True) as connection:
        yield SiteDatabase(connection, prefix)
