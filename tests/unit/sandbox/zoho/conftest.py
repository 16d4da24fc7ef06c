from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.unit.sandbox.zoho.school import School, open_school


@pytest.fixture
async def school() -> AsyncIterator[School]:
    async with open_school() as opened:
        yield opened


@pytest.fixture
def anyio_backend() -> str:
    """uvicorn and the callbacks run on asyncio."""
    return "asyncio"
