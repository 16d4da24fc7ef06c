from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.webhooks.moodle.post import Bridge, bridge


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Bridge]:
    async with bridge(tmp_path) as opened:
        yield opened
