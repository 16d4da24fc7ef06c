"""`mzi keys`: made, listed, revoked."""

from __future__ import annotations

from tests.unit.cli.desk import Mzi


def test_a_key_is_shown_once_listed_by_its_beginning_and_revoked(mzi: Mzi) -> None:
    said = mzi("keys", "create", "plugin", "--scope", "read", "--scope", "mappings:write")
    secret = said.out.strip()
    assert said.code == 0 and secret.startswith("mzi_")
    assert "not shown again" in said.err and secret not in said.err
    (listed,) = mzi("keys", "list", "--json").json
    assert listed["scopes"] == ["read", "mappings:write"]
    assert listed["hint"] == secret[:10] and "command line" in listed["created_by"]
    table = mzi("keys", "list").out
    assert secret[:10] in table and secret not in table
    assert mzi("keys", "revoke", str(listed["id"])).code == 0
    assert mzi("keys", "list", "--json").json == []
    (gone,) = mzi("keys", "list", "--history", "--json").json
    assert gone["revoked_at"] is not None
    assert mzi("keys", "revoke", str(listed["id"])).code == 2


def test_a_key_can_have_an_end(mzi: Mzi) -> None:
    made = mzi("keys", "create", "trial", "--scope", "read", "--expires-days", "2", "--json").json
    assert 1.9 < (made["expires_at"] - made["created_at"]) / 86_400 < 2.1
    assert made["key"].startswith(made["hint"])


def test_a_key_without_a_scope_is_not_made(mzi: Mzi) -> None:
    assert mzi("keys", "create", "plugin").code == 2
    assert mzi("keys", "create", "plugin", "--scope", "everything").code == 2
    assert mzi("keys", "list", "--json").json == []
