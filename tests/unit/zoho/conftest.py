from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from mzi_bridge.zoho.client import ZohoClient
from tests.support.clock import ManualClock
from tests.support.scripted_crm import NOW, ScriptedCrm


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def crm(clock: ManualClock) -> ScriptedCrm:
    return ScriptedCrm(clock)


@pytest.fixture
async def zoho(crm: ScriptedCrm) -> AsyncIterator[ZohoClient]:
    async with crm.client() as client:
        yield client


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
