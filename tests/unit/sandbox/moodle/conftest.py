from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest

from mzi_bridge.sandbox.moodle import User, create_moodle_app, load_contract
from mzi_bridge.sandbox.moodle.server import MoodleApp
from tests.support.clock import ManualClock

TOKEN = "1" * 32


@pytest.fixture
def app() -> MoodleApp:
    users = [User(3, "layla", "STU-1", "layla@example.edu")]
    return create_moodle_app(load_contract(), users, ManualClock(), TOKEN)


@pytest.fixture
async def http(app: MoodleApp) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://moodle") as client:
        yield client
