from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.console import Visitor, visiting
from tests.support.world import World, open_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as world:
        yield world


@pytest.fixture
async def visitor(world: World) -> AsyncIterator[Visitor]:
    """Nobody yet: a browser without a cookie before the console of this world's bridge."""
    async with visiting(world) as visitor:
        yield visitor
