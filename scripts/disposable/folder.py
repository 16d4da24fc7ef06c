"""The folder of one site: where each part lies, and the parts themselves."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.disposable.account import Account, remove_tree, run_directory, service_account
from scripts.disposable.config import config_php
from scripts.disposable.database import FAMILIES, Database
from scripts.disposable.php import Php
from scripts.disposable.plugin import PluginState, install_copies
from scripts.disposable.source import Source
from scripts.disposable.state import Identity
from scripts.disposable.web import Web


@dataclass(frozen=True)
class Folder:
    """`live` is the site's data, `snapshot` its copy for a reset, `phpunit` the tests' own data."""

    family: str
    top: Path
    account: Account

    @classmethod
    def of(cls, family: str) -> Folder:
        account = service_account()
        return cls(family, run_directory(account, f"moodle-{family}"), account)

    @property
    def live(self) -> Path:
        return self.top / "live"

    @property
    def snapshot(self) -> Path:
        return self.top / "snapshot"

    @property
    def phpunit(self) -> Path:
        return self.top / "phpunit"

    @property
    def source(self) -> Source:
        return Source(self.top / "code", self.account)

    @property
    def php(self) -> Php:
        return Php(self.account)

    @property
    def _identity_file(self) -> Path:
        return self.top / "identity.json"

    @property
    def identity(self) -> Identity:
        return Identity.load(self._identity_file)

    @property
    def database(self) -> Database:
        return self._database(self.live / "database", self.identity.database_port)

    @property
    def phpunit_database(self) -> Database:
        return self._database(self.phpunit / "database", self.identity.phpunit_port)

    def _database(self, home: Path, port: int) -> Database:
        build = FAMILIES[self.family].build
        return build(home, self.account, port, self.identity.database_password)

    @property
    def web(self) -> Web:
        port = self.identity.web_port
        return Web(self.top / "web", self.account, port, self.source.web_root)

    def prepare(self) -> PluginState:
        """Everything that lies outside the databases: identity, code, plugin, config.php."""
        self.account.make_folder(self.top)
        self._settle_ports()
        self.source.copy()
        plugin = install_copies(self.source.plugins, self.account, self.top / "plugin.new")
        databases = (self.database, self.phpunit_database)
        text = config_php(*databases, self.identity.web_port, self.live, self.phpunit)
        self.account.write(self.source.top / "config.php", text)
        return plugin

    def _settle_ports(self) -> None:
        identity = self.identity
        identity.save(self._identity_file, self.account)
        identity = identity.with_free_port("web_port", self.web.running())
        identity = identity.with_free_port("database_port", self.database.running())
        identity = identity.with_free_port("phpunit_port", self.phpunit_database.running())
        identity.save(self._identity_file, self.account)

    def stop(self) -> None:
        if self._identity_file.exists():
            self.web.stop()
            self.database.stop()
            self.phpunit_database.stop()

    def remove(self) -> None:
        self.stop()
        remove_tree(self.top)

    def alone(self) -> AbstractContextManager[None]:
        """Only one command at a time works in the folder; the next one waits."""
        return self._held(fcntl.LOCK_EX)

    def beside_others(self) -> AbstractContextManager[None]:
        """For what changes nothing in the folder: it waits only for those that want it alone."""
        return self._held(fcntl.LOCK_SH)

    @contextmanager
    def _held(self, how: int) -> Iterator[None]:
        with self.top.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, how)
            yield
