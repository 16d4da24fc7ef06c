"""What a site's folder remembers between two commands."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from scripts.disposable.account import Account
from scripts.disposable.plugin import PluginState
from scripts.disposable.process import free_port, port_is_free


@dataclass(frozen=True)
class Identity:
    """The ports and passwords of one site: they outlive a reset, and end with the folder."""

    web_port: int
    database_port: int
    phpunit_port: int
    database_password: str
    admin_password: str
    user_password: str

    @classmethod
    def new(cls) -> Identity:
        ports = (free_port(), free_port(), free_port())
        return cls(*ports, secrets.token_hex(16), *(f"Aa1-{secrets.token_hex(8)}" for _ in "au"))

    @classmethod
    def load(cls, file: Path) -> Identity:
        """A new one, not saved yet, if there is no file."""
        return cls(**json.loads(file.read_text())) if file.exists() else cls.new()

    def save(self, file: Path, account: Account) -> None:
        account.write(file, json.dumps(asdict(self)))

    def with_free_port(self, name: str, running: bool) -> Identity:
        """Another port if someone else has taken ours while our server was down."""
        if running or port_is_free(getattr(self, name)):
            return self
        return Identity(**{**asdict(self), name: free_port()})


@dataclass(frozen=True)
class Stamp:
    """What a site (or PHPUnit's installation) was made of; kept beside its data."""

    source: str
    plugin: PluginState
    token: str = ""
    weak_token: str = ""
    users: str = ""

    @classmethod
    def load(cls, file: Path) -> Stamp | None:
        """None if there is none, or one of another age of this program."""
        if not file.exists():
            return None
        stored = json.loads(file.read_text())
        if stored.keys() != {field.name for field in fields(cls)}:
            return None
        return cls(**{**stored, "plugin": PluginState(**stored["plugin"])})

    def save(self, file: Path, account: Account) -> None:
        account.write(file, json.dumps(asdict(self)))
