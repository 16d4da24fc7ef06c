"""A wrong DATABASE_URL is refused by name, with an example, and without its password."""

from __future__ import annotations

from pathlib import Path

import pytest

from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.address import parse_address


@pytest.mark.parametrize(
    ("text", "driver"),
    [
        ("postgres://u:p@host/db", "postgresql+psycopg"),
        ("postgresql://u:p@host:5433/db", "postgresql+psycopg"),
        ("postgresql+psycopg://u@/db?host=/run/postgresql", "postgresql+psycopg"),
        (" postgresql://u@host/db\n", "postgresql+psycopg"),
    ],
)
def test_every_usual_way_to_write_postgresql_is_understood(text: str, driver: str) -> None:
    address = parse_address(text)

    assert address.url.drivername == driver
    assert address.file is None


@pytest.mark.parametrize("scheme", ["sqlite", "sqlite+aiosqlite"])
def test_a_sqlite_file_is_understood(scheme: str, tmp_path: Path) -> None:
    address = parse_address(f"{scheme}:///{tmp_path}/mzi.sqlite3")

    assert address.url.drivername == "sqlite"
    assert address.file == tmp_path / "mzi.sqlite3"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "database_url_malformed"),
        ("mzi.sqlite3", "database_url_malformed"),
        ("postgresql://u:hunter2@host:port/db", "database_url_malformed"),
        ("postgresql://u:hunter2@host", "database_url_malformed"),
        ("mysql://u:hunter2@host/db", "database_url_unsupported"),
        ("postgresql+asyncpg://u:hunter2@host/db", "database_url_unsupported"),
        ("sqlite://", "database_url_in_memory"),
        ("sqlite:///:memory:", "database_url_in_memory"),
        ("sqlite:///file:x?mode=memory", "database_url_in_memory"),
        ("sqlite:////no/such/directory/mzi.sqlite3", "database_directory_missing"),
    ],
)
def test_a_wrong_url_is_named_with_an_example(text: str, reason: str) -> None:
    with pytest.raises(OperatorError, match="DATABASE_URL") as refused:
        parse_address(text)

    assert refused.value.reason == reason
    assert refused.value.fix
    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_an_address_is_shown_without_its_password() -> None:
    shown = parse_address("postgresql://u:hunter2@host/db?options=x").shown

    assert shown == "postgresql+psycopg://u:***@host/db"
