"""One altered field among 10,000 rows is found in one run, and exactly it is repaired."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from mzi_bridge.pipeline.reconcile import Kind, reconcile
from tests.support.big_school import fill_moodle
from tests.support.drift import tamper, tamper_child, writes
from tests.support.world import MODULES, World, open_world

STUDENTS = 430


@pytest.fixture
async def school(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path, students=STUDENTS) as world:
        assert fill_moodle(world) > 10_000
        world.clock.advance(3600)
        yield world


async def repaired_in_one_run(world: World, module: str, record_id: str) -> tuple[str, ...]:
    await world.forget_calls("moodle")
    patch = pytest.MonkeyPatch()
    sent: list[str] = []
    upsert = world.links.moodle.upsert

    async def noted(entity: str, rows: Any, *options: Any) -> Any:
        sent.extend(row[world.links.preset.modules[module].key_column] for row in rows)
        return await upsert(entity, rows, *options)

    patch.setattr(world.links.moodle, "upsert", noted)
    no_unlinked = [m for m in MODULES if m not in ("BTEC_Students", "BTEC_Teachers")]
    result = await reconcile(world.links, no_unlinked, repair=True)
    patch.undo()
    [finding] = result.modules[module].repaired
    assert result.agrees
    assert result.counts()["repaired"] == 1
    assert (finding.kind, finding.record_id) == (Kind.ALTERED, record_id)
    assert sent == [record_id]
    assert sum((await writes(world)).values()) == 1
    return finding.columns


async def test_one_altered_field_is_found_wherever_it_was_altered(school: World) -> None:
    grade = school.some("BTEC_Grades", 1234)
    before = school.row("BTEC_Grades", grade)
    tamper(school, "BTEC_Grades", grade, feedback="Altered by hand")
    assert await repaired_in_one_run(school, "BTEC_Grades", grade) == ("feedback",)
    after = school.row("BTEC_Grades", grade)
    assert before is not None and after is not None
    assert after["feedback"] == before["feedback"]

    payment = school.some("BTEC_Payments", 777)
    school.spoil("BTEC_Payments", payment, Note="Altered without a new version")
    assert await repaired_in_one_run(school, "BTEC_Payments", payment) == ("note",)

    registration = school.some("BTEC_Registrations", 333)
    tamper_child(school, "BTEC_Registrations", registration, "installments", amount="0.01")
    [column] = await repaired_in_one_run(school, "BTEC_Registrations", registration)
    assert column.endswith("].amount")
