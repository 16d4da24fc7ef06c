from __future__ import annotations

import socket
from pathlib import Path

from scripts.disposable.account import service_account
from scripts.disposable.plugin import PluginState
from scripts.disposable.state import Identity, Stamp


def test_an_identity_outlives_the_command(tmp_path: Path) -> None:
    file = tmp_path / "identity.json"
    identity = Identity.new()
    identity.save(file, service_account())
    assert Identity.load(file) == identity
    assert file.stat().st_mode & 0o077 == 0


def test_two_identities_share_no_secret() -> None:
    one, other = Identity.new(), Identity.new()
    secrets = [
        password
        for identity in (one, other)
        for password in (
            identity.database_password,
            identity.admin_password,
            identity.user_password,
        )
    ]
    assert len(set(secrets)) == len(secrets)


def test_a_port_taken_by_someone_else_is_given_up() -> None:
    identity = Identity.new()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", identity.web_port))
        taken.listen()
        assert identity.with_free_port("web_port", running=True) == identity
        assert identity.with_free_port("web_port", running=False).web_port != identity.web_port


def test_a_stamp_comes_back_as_it_was(tmp_path: Path) -> None:
    stamp = Stamp("source", PluginState("1", "schema", "files"), token="t", users="u")
    stamp.save(tmp_path / "site.json", service_account())
    assert Stamp.load(tmp_path / "site.json") == stamp


def test_a_stamp_of_another_age_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "site.json").write_text('{"source": "s"}')
    assert Stamp.load(tmp_path / "site.json") is None
    assert Stamp.load(tmp_path / "absent.json") is None
