"""The whole spine with the programs as a user starts them, on the emulated Moodle."""

from __future__ import annotations

from pathlib import Path

import anyio

from mzi_bridge.mapping import load_preset
from tests.support.every_module import CASES, live_through, open_office


async def test_an_insert_an_update_and_a_deletion_in_every_module_reach_moodle(
    tmp_path: Path,
) -> None:
    async with open_office(tmp_path) as office, anyio.create_task_group() as tasks:
        for case in CASES:
            tasks.start_soon(live_through, office, case)


def test_there_is_a_case_for_every_module() -> None:
    assert {case.module: case.entity for case in CASES} == {
        name: mapping.entity for name, mapping in load_preset("btec").modules.items()
    }
