"""The yardstick of a backfill: the same rows by `INSERT … ON CONFLICT`, straight to PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import sql

from tests.bench.database import database_of

BATCH = 500


def seconds_of_direct_sql(site: Mapping[str, Any], keys: Mapping[str, str]) -> tuple[float, int]:
    """How long it takes to write again what stands in the plugin's tables, and how many rows.

    `keys`: the entity's own key by table, without Moodle's prefix. The rows go into empty copies
    of the tables, with their indexes, in batches of 500 with a commit each; reading them first
    does not count.
    """
    spent, written = 0.0, 0
    with database_of(site) as found:
        database = found.connection
        for table, key in keys.items():
            source, copy = f"{found.prefix}{table}", f"bench_{table}"
            columns, rows = _rows(database, source)
            _make(database, source, copy, key)
            statement = _statement(copy, key, columns)
            began = time.perf_counter()
            for start in range(0, len(rows), BATCH):
                _write(database, statement, columns, rows[start : start + BATCH])
            spent += time.perf_counter() - began
            written += len(rows)
            database.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(copy)))
    return spent, written


def _rows(database: Any, table: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    found = database.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
    names = [column.name for column in found.description]
    place = names.index("id")
    rows = [row[:place] + row[place + 1 :] for row in found]
    return [name for name in names if name != "id"], rows


def _make(database: Any, source: str, copy: str, key: str) -> None:
    names = {"source": sql.Identifier(source), "copy": sql.Identifier(copy)}
    database.execute(sql.SQL("DROP TABLE IF EXISTS {copy}").format(**names))
    database.execute(sql.SQL("CREATE TABLE {copy} (LIKE {source} INCLUDING ALL)").format(**names))


def _statement(table: str, key: str, columns: Sequence[str]) -> sql.Composed:
    """Up to the values and from the conflict on, with {values} between them."""
    renew = sql.SQL(", ").join(
        sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(name)) for name in columns
    )
    return sql.SQL(
        "INSERT INTO {table} ({columns}) VALUES {{values}}"
        " ON CONFLICT ({key}) DO UPDATE SET {renew}"
    ).format(
        table=sql.Identifier(table),
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        key=sql.Identifier(key),
        renew=renew,
    )


def _write(
    database: Any, statement: sql.Composed, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    one = "(" + ", ".join(["%s"] * len(columns)) + ")"
    text = statement.as_string(database).replace("{values}", ", ".join([one] * len(rows)))
    database.execute(text, [value for row in rows for value in row])
