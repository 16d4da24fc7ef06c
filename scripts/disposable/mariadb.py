"""A private MariaDB server: fast, and free to lose everything at a power cut."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scripts.disposable.account import Account
from scripts.disposable.errors import Lack, MachineLacks, SiteError
from scripts.disposable.process import Server, run, which

_SETTINGS = (
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--skip-log-bin",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_unicode_ci",
    "--innodb-buffer-pool-size=256M",
    "--innodb-log-file-size=48M",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--innodb-flush-method=nosync",
    "--innodb-use-native-aio=0",
)


@dataclass(frozen=True)
class MariaDb:
    home: Path
    account: Account
    port: int
    password: str
    user: str = "moodle"
    database: str = "moodle"

    moodle_type = "mariadb"

    @staticmethod
    def lacks() -> list[Lack]:
        if all(which(name) for name in ("mariadbd", "mariadb-install-db", "mariadb")):
            return []
        return [Lack("MariaDB server", "mariadb-server")]

    @property
    def moodle_options(self) -> dict[str, object]:
        return {"dbport": self.port, "dbsocket": "", "dbcollation": "utf8mb4_unicode_ci"}

    @property
    def _data(self) -> Path:
        return self.home / "data"

    @property
    def _socket(self) -> Path:
        return self.home / "s"

    def _server(self) -> Server:
        where = (f"--datadir={self._data}", f"--socket={self._socket}", f"--port={self.port}")
        command = (self._tool("mariadbd"), "--no-defaults", *where, *_SETTINGS)
        return Server("mariadb", command, self.home, self.account)

    def start(self) -> None:
        """Raises `MachineLacks` or `SiteError`."""
        self.account.make_folder(self.home)
        new = not (self._data / "mysql").exists()
        if new:
            self._make_cluster()
        self._server().start(self._answers)
        if new:
            self._make_database()

    def stop(self) -> None:
        self._server().stop()

    def running(self) -> bool:
        return self._server().running()

    def _make_cluster(self) -> None:
        """Only the account that runs the server may come in as root, and only by its socket."""
        command = [self._tool("mariadb-install-db"), "--no-defaults", "--skip-test-db"]
        command += ["--auth-root-authentication-method=socket", f"--datadir={self._data}"]
        command += [f"--auth-root-socket-user={self.account.name}"]
        run(command, self.account, self.home)

    def _make_database(self) -> None:
        self._sql(
            f"CREATE DATABASE {self.database} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;"
            f"CREATE USER {self.user}@'127.0.0.1' IDENTIFIED BY '{self.password}';"
            f"GRANT ALL ON {self.database}.* TO {self.user}@'127.0.0.1';"
        )

    def _answers(self) -> bool:
        try:
            self._sql("SELECT 1;")
        except SiteError:
            return False
        return True

    def _sql(self, statements: str) -> None:
        command = [self._tool("mariadb"), "--no-defaults", f"--socket={self._socket}"]
        run([*command, f"--user={self.account.name}"], self.account, self.home, stdin=statements)

    def _tool(self, name: str) -> str:
        found = which(name)
        if found is None:
            raise MachineLacks(self.lacks() or [Lack(name, "mariadb-server")])
        return found
