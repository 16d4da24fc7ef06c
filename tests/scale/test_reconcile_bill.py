"""The bill of a whole school: every record generated, read and compared, nothing scaled down."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mzi_bridge.pipeline.reconcile import RUN_CREDITS, reconcile
from mzi_bridge.sandbox.zoho import Switches
from tests.support.big_school import fill_moodle
from tests.support.passing_time import waiting_passes
from tests.support.world import MODULES, open_world

# To make the school alone takes more than a minute.
pytestmark = pytest.mark.timeout(600)


async def test_a_school_of_5000_students_reconciles_for_at_most_300_credits(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    switches = Switches(credits=10**9)
    async with open_world(tmp_path, students=5000, switches=switches) as world:
        rows = fill_moodle(world)
        world.clock.advance(3600)
        limits = world.crm_app.state.emulator.limits
        before = limits.spent
        async with waiting_passes(world):
            result = await reconcile(world.links, MODULES)
        spent = limits.spent - before
        record_property("credits", spent)
        assert rows > 118_000
        assert sum(report.in_crm for report in result.modules.values()) == rows
        assert result.agrees
        assert result.credits == spent <= RUN_CREDITS == 300
