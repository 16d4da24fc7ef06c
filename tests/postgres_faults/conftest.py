"""A PostgreSQL server of its own, which these tests may stop and break."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.disposable.account import remove_tree, run_directory, service_account
from scripts.disposable.postgres import Postgres
from scripts.disposable.process import free_port

# What was committed must outlive a crash of the server; a power cut it need not outlive.
DURABLE = ("synchronous_commit=on", "full_page_writes=on", "max_connections=60")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def own_server() -> Iterator[Postgres]:
    if Postgres.lacks():
        pytest.skip("no PostgreSQL server on this machine: faults of PostgreSQL were not tested")
    account = service_account()
    home = run_directory(account, f"faults-{secrets.token_hex(4)}")
    password = secrets.token_hex(16)
    server = Postgres(home, account, free_port(), password, "mzi", "mzi", DURABLE)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        remove_tree(home)


@pytest.fixture
def server(own_server: Postgres) -> Postgres:
    """Up, whatever the test before did to it."""
    own_server.start()
    return own_server


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    return tmp_path
