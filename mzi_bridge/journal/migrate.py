"""The schema, brought to this code's version at start; one process at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.engine import Database
from mzi_bridge.journal.locks import lock_number

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = lock_number("", "migrate")
VERSION_TABLE = "alembic_version"


async def migrate(database: Database, migrations: Path = MIGRATIONS) -> None:
    """Upgrades to the newest revision, all or nothing.

    Raises OperatorError (schema_newer) for a database that a newer release has upgraded,
    JournalUnavailable.
    """
    known = revisions(migrations)
    async with database.read() as connection:
        if await connection.run_sync(lambda c: _is_current(c, known)):
            return
    async with database.write() as connection:
        # On SQLite the write transaction itself is the lock.
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": LOCK})
        await connection.run_sync(lambda c: _upgrade(c, known, migrations))


def revisions(migrations: Path = MIGRATIONS) -> tuple[str, ...]:
    """The oldest first, as the names of their files tell: `v0001_journal.py` holds 0001."""
    files = sorted((migrations / "versions").glob("v*_*.py"))
    return tuple(file.name[1:].split("_")[0] for file in files)


def _is_current(connection: Connection, known: Sequence[str]) -> bool:
    revision = None
    if inspect(connection).has_table(VERSION_TABLE):
        revision = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608
    if revision is not None and revision not in known:
        raise OperatorError(
            f"The journal's schema {revision!r} is newer than this release of the bridge.",
            reason="schema_newer",
            fix="Start the release that made it, or one after it.",
        )
    return revision == known[-1]


def _upgrade(connection: Connection, known: Sequence[str], migrations: Path) -> None:
    # Asked again: while this process waited for the lock another may have done it.
    if not _is_current(connection, known):
        # Alembic is a tenth of a small process's memory, and wanted only here.
        from mzi_bridge.journal.upgrade import upgrade

        upgrade(connection, migrations)
