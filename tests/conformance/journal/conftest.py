"""One suite, run on every database the journal supports."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from mzi_bridge.journal import Journal
from tests.support.clock import ManualClock
from tests.support.databases import KINDS, fresh_database


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="session")
def secret_key() -> SecretStr:
    return SecretStr(Fernet.generate_key().decode())


@pytest.fixture(params=KINDS)
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    async with fresh_database(request.param, tmp_path) as fresh:
        yield fresh


@pytest.fixture
async def journal(url: str, clock: ManualClock, secret_key: SecretStr) -> AsyncIterator[Journal]:
    async with Journal.open(url, clock=clock, secret_keys=[secret_key]) as opened:
        yield opened
