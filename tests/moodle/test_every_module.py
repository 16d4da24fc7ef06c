"""The whole spine on a real Moodle, by HTTP only: CRM emulator and `mzi serve` as subprocesses."""

from __future__ import annotations

from pathlib import Path

import anyio

from tests.support.every_module import CASES, live_through, open_office
from tests.support.real_moodle import MoodleSite


async def test_an_insert_an_update_and_a_deletion_in_every_module_reach_moodle(
    site: MoodleSite, tmp_path: Path
) -> None:
    moodle = (site.base_url, site.token)
    async with open_office(tmp_path, moodle) as office, anyio.create_task_group() as tasks:
        for case in CASES:
            tasks.start_soon(live_through, office, case)
