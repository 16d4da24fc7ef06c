"""The upgraded schema is the one the code speaks, and upgrades keep what is there."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import anyio
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from mzi_bridge.errors import OperatorError
from mzi_bridge.journal import Journal
from mzi_bridge.journal.address import parse_address
from mzi_bridge.journal.console_tables import metadata
from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.migrate import MIGRATIONS, migrate, revisions
from mzi_bridge.journal.upgrade import alembic_config
from tests.support.clock import ManualClock
from tests.support.databases import fresh_database
from tests.support.notices import changed, ids

NEXT_REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "0002"


def upgrade():
    with op.batch_alter_table("inbox") as table:
        table.add_column(sa.Column("colour", sa.String(9), nullable=False, server_default="red"))
        table.alter_column("last_reason", type_=sa.String(200))
"""


def _schema(connection: Connection) -> dict[str, Any]:
    """All that tells two schemas apart, in plain values."""
    inspector = inspect(connection)
    return {
        table: {
            "columns": [
                {**column, "type": repr(column["type"])} for column in inspector.get_columns(table)
            ],
            "primary key": inspector.get_pk_constraint(table),
            "indexes": sorted(map(_index, inspector.get_indexes(table)), key=str),
            "unique": inspector.get_unique_constraints(table),
            "foreign keys": inspector.get_foreign_keys(table),
        }
        for table in sorted(inspector.get_table_names())
        if table != "alembic_version"
    }


def _index(index: Any) -> tuple[Any, ...]:
    where = index.get("dialect_options", {})
    condition = next((str(v) for k, v in where.items() if k.endswith("_where")), "")
    return index["name"], tuple(index["column_names"]), index["unique"], condition


async def _schema_of(database: Database) -> dict[str, Any]:
    async with database.read() as connection:
        schema: dict[str, Any] = await connection.run_sync(_schema)
    return schema


def test_the_names_of_the_files_tell_the_revisions_and_their_order() -> None:
    scripts = ScriptDirectory.from_config(alembic_config(MIGRATIONS))
    told = [script.revision for script in scripts.walk_revisions()]
    assert revisions() == tuple(reversed(told))
    assert scripts.get_heads() == [revisions()[-1]]


async def test_the_upgraded_schema_equals_a_fresh_one(database: Database, tmp_path: Path) -> None:
    await migrate(database)
    upgraded = await _schema_of(database)

    kind = "sqlite" if database.is_sqlite else "postgres"
    (tmp_path / "fresh").mkdir()
    async with fresh_database(kind, tmp_path / "fresh") as url:
        fresh = Database(parse_address(url))
        async with fresh.write() as connection:
            await connection.run_sync(metadata.create_all)
        created = await _schema_of(fresh)
        await fresh.close()

    assert sorted(upgraded) == sorted(metadata.tables)
    assert upgraded == created


async def test_the_code_finds_nothing_to_add_to_the_upgraded_schema(database: Database) -> None:
    await migrate(database)

    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, metadata))

    async with database.read() as connection:
        assert await connection.run_sync(differences) == []


def _with_next_revision(directory: Path) -> Path:
    later = directory / "later"
    shutil.copytree(MIGRATIONS, later, ignore=shutil.ignore_patterns("__pycache__"))
    (later / "versions" / "v9999_next.py").write_text(NEXT_REVISION)
    return later


async def test_a_later_revision_keeps_every_row(
    url: str, clock: ManualClock, tmp_path: Path
) -> None:
    async with Journal.open(url, clock=clock) as journal:
        await journal.inbox.mark([changed("1"), changed("2")])
        await migrate(journal.database, _with_next_revision(tmp_path))

        async with journal.database.read() as connection:
            colours = (await connection.execute(text("SELECT colour FROM inbox"))).scalars().all()
        claim = await journal.inbox.claim(owner="w", limit=9, lease_seconds=9)

    assert colours == ["red", "red"]
    assert claim is not None
    assert sorted(ids(claim)) == ["1", "2"]


async def test_a_schema_newer_than_the_code_is_refused(
    url: str, clock: ManualClock, database: Database, tmp_path: Path
) -> None:
    await migrate(database, _with_next_revision(tmp_path))

    with pytest.raises(OperatorError, match="9999") as refused:
        async with Journal.open(url, clock=clock):
            pass

    assert refused.value.reason == "schema_newer"


async def test_an_upgrade_that_fails_leaves_the_schema_as_it_was(
    database: Database, tmp_path: Path
) -> None:
    await migrate(database)
    before = await _schema_of(database)
    later = _with_next_revision(tmp_path)
    broken = later / "versions" / "v9999_next.py"
    broken.write_text(NEXT_REVISION + "    raise RuntimeError('broken')\n")

    with pytest.raises(RuntimeError, match="broken"):
        await migrate(database, later)

    assert await _schema_of(database) == before
    await migrate(database)


async def test_many_may_upgrade_at_once(url: str) -> None:
    async def upgrade() -> None:
        database = Database(parse_address(url))
        try:
            await migrate(database)
        finally:
            await database.close()

    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(upgrade)
