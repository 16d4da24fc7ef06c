"""DATABASE_URL, read strictly: a wrong one is refused with its name and an example."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from mzi_bridge.errors import OperatorError

EXAMPLES = (
    "Write DATABASE_URL as sqlite:///mzi.sqlite3 (a file)"
    " or postgresql://user:password@host:5432/database."
)
DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+aiosqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


class Address(Struct, frozen=True):
    """Where the journal lies. `file` is set for SQLite only."""

    url: URL
    file: Path | None

    @property
    def shown(self) -> str:
        """The URL without its password and without options, for messages."""
        return self.url.set(query={}).render_as_string(hide_password=True)


def parse_address(text: str) -> Address:
    """Reads DATABASE_URL.

    Raises OperatorError with reason database_url_malformed, database_url_unsupported,
    database_url_in_memory or database_directory_missing. The text itself is never
    repeated in a message, as it may hold a password.
    """
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError):
        raise _refused("malformed", "DATABASE_URL cannot be read as a URL.") from None
    driver = DRIVERS.get(url.drivername)
    if driver is None:
        raise _refused("unsupported", f"DATABASE_URL names {url.drivername!r}.")
    url = url.set(drivername=driver)
    if driver.startswith("sqlite"):
        return Address(url, _file_of(url))
    if not url.database:
        raise _refused("malformed", "DATABASE_URL names no database.")
    return Address(url, None)


def _file_of(url: URL) -> Path:
    name = url.database or ""
    if name in ("", ":memory:") or name.startswith("file:"):
        # Several connections and processes share the journal, which memory cannot do.
        raise _refused("in_memory", "DATABASE_URL names no file.")
    file = Path(name)
    if not file.parent.is_dir():
        raise OperatorError(
            f"DATABASE_URL names a file in {str(file.parent)!r}, which is no directory.",
            reason="database_directory_missing",
            fix="Create the directory, or name another one.",
        )
    return file


def _refused(what: str, message: str) -> OperatorError:
    return OperatorError(message, reason=f"database_url_{what}", fix=EXAMPLES)
