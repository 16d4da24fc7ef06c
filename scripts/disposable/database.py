"""What a site needs of a database server, whichever it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from scripts.disposable.account import Account
from scripts.disposable.errors import Lack
from scripts.disposable.mariadb import MariaDb
from scripts.disposable.postgres import Postgres


class Database(Protocol):
    """A private server on a loopback port, all its files below one folder."""

    @property
    def port(self) -> int: ...

    @property
    def user(self) -> str: ...

    @property
    def password(self) -> str: ...

    @property
    def database(self) -> str: ...

    @property
    def moodle_type(self) -> str: ...

    @property
    def moodle_options(self) -> dict[str, object]: ...

    def start(self) -> None:
        """Makes the cluster and the database where they are missing, and waits until it answers."""

    def stop(self) -> None: ...

    def running(self) -> bool: ...


@dataclass(frozen=True)
class Family:
    build: Callable[[Path, Account, int, str], Database]
    lacks: Callable[[], list[Lack]]
    php_extension: str


FAMILIES = {
    "pgsql": Family(Postgres, Postgres.lacks, "pgsql"),
    "mariadb": Family(MariaDb, MariaDb.lacks, "mysqli"),
}
