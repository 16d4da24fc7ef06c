from __future__ import annotations

import pytest

from tests.support.world import MODULES, World


@pytest.mark.parametrize("module", MODULES)
async def test_a_changed_record_stands_in_moodle(world: World, module: str) -> None:
    await world.carry(module, world.some(module))
    assert world.stands(module, world.some(module))
    assert await world.dirty() == 0
    assert await world.dead() == ()
