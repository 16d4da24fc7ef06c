"""A private PostgreSQL server: fast, and free to lose everything at a power cut."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from pathlib import Path

from scripts.disposable.account import Account
from scripts.disposable.errors import Lack, MachineLacks
from scripts.disposable.process import Server, run, which

FAST = signal.SIGINT
IMMEDIATE = signal.SIGQUIT
"""How a server is stopped (PostgreSQL manual, "Shutting Down the Server"): FAST ends every
session in order; IMMEDIATE is as a crash, which the server mends at its next start."""

_HASTE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "jit=off")


def _program(name: str) -> str | None:
    """Debian keeps the server's programs in a folder per version, off the path: take the newest."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name)
    )
    for folder in reversed(folders):
        if (folder / name).exists():
            return str(folder / name)
    return which(name)


@dataclass(frozen=True)
class Postgres:
    home: Path
    account: Account
    port: int
    password: str
    user: str = "moodle"
    database: str = "moodle"
    options: tuple[str, ...] = ()
    """Further settings of the server, `name=value`; they win over those made in haste."""

    moodle_type = "pgsql"

    @staticmethod
    def lacks() -> list[Lack]:
        if all(_program(name) for name in ("initdb", "postgres", "createdb", "pg_isready")):
            return []
        return [Lack("PostgreSQL server", "postgresql")]

    @property
    def moodle_options(self) -> dict[str, object]:
        return {"dbpersist": True, "dbport": self.port, "dbsocket": ""}

    @property
    def url(self) -> str:
        login = f"{self.user}:{self.password}"
        return f"postgresql+psycopg://{login}@127.0.0.1:{self.port}/{self.database}"

    @property
    def _data(self) -> Path:
        return self.home / "data"

    def _server(self, stop_signal: signal.Signals = FAST) -> Server:
        places = ("listen_addresses=127.0.0.1", "unix_socket_directories=")
        options = (*_HASTE, *places, *self.options)
        command = [self._tool("postgres"), "-D", str(self._data), "-p", str(self.port)]
        for option in options:
            command += ["-c", option]
        return Server("postgres", tuple(command), self.home, self.account, stop_signal)

    def start(self) -> None:
        """Raises `MachineLacks` or `SiteError`."""
        self.account.make_folder(self.home)
        new = not (self._data / "PG_VERSION").exists()
        if new:
            self._make_cluster()
        self._server().start(self._answers)
        if new:
            self._client("createdb", self.database)

    def stop(self, how: signal.Signals = FAST) -> None:
        self._server(how).stop()

    def running(self) -> bool:
        return self._server().running()

    def _make_cluster(self) -> None:
        password = self.account.write(self.home / "password", self.password)
        command = [self._tool("initdb"), f"--pgdata={self._data}", f"--username={self.user}"]
        command += ["--auth=scram-sha-256", f"--pwfile={password}", "--no-sync"]
        command += ["--encoding=UTF8", "--locale=C.UTF-8"]
        run(command, self.account, self.home)
        password.unlink()

    def _answers(self) -> bool:
        try:
            self._client("pg_isready", "-q")
        except Exception:
            return False
        return True

    def _client(self, program: str, *arguments: str) -> None:
        where = ("-h", "127.0.0.1", "-p", str(self.port), "-U", self.user)
        run(
            [self._tool(program), *where, *arguments],
            self.account,
            self.home,
            env={"PGPASSWORD": self.password},
        )

    def _tool(self, name: str) -> str:
        found = _program(name)
        if found is None:
            raise MachineLacks(self.lacks() or [Lack(name, "postgresql")])
        return found
