"""The schema, brought to this code's version at start; one process at a time."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.locks import lock_number

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = lock_number("", "migrate")


async def migrate(database: Database, migrations: Path = MIGRATIONS) -> None:
    """Upgrades to the newest revision, all or nothing.

    Raises OperatorError (schema_newer) for a database that a newer release has upgraded,
    JournalUnavailable.
    """
    scripts = _scripts(migrations)
    async with database.read() as connection:
        if await connection.run_sync(_is_current, scripts):
            return
    async with database.write() as connection:
        # On SQLite the write transaction itself is the lock.
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": LOCK})
        await connection.run_sync(_upgrade, _config(migrations), scripts)


@cache
def _scripts(migrations: Path) -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(migrations))


def _config(migrations: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _is_current(connection: Connection, scripts: ScriptDirectory) -> bool:
    revision = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in scripts.walk_revisions()}
    if revision is not None and revision not in known:
        raise OperatorError(
            f"The journal's schema {revision!r} is newer than this release of the bridge.",
            reason="schema_newer",
            fix="Start the release that made it, or one after it.",
        )
    return revision == scripts.get_current_head()


def _upgrade(connection: Connection, config: Config, scripts: ScriptDirectory) -> None:
    # Asked again: while this process waited for the lock another may have done it.
    if not _is_current(connection, scripts):
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
