"""Outcomes of a grade, in a CRM that keeps the rows of a subform that a write does not name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mzi_bridge.sandbox.zoho import Switches
from tests.support.told import graded, outcome, pushed, rows, tell
from tests.support.world import World, open_world
from tests.unit.pipeline.push.test_duplicates import forget


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path, switches=Switches(subform_merge="keep")) as opened:
        yield opened


async def grade(world: World, *codes: str, score: str = "Achieved") -> None:
    outcomes = [outcome(code, score) for code in codes]
    await tell(world, "user_graded", graded(world, outcomes=outcomes))
    await pushed(world)


async def test_an_outcome_that_is_gone_does_not_stay(world: World) -> None:
    await grade(world, "P1", "P2")
    await grade(world, "P1", score="Not Achieved")
    assert rows(world) == [("P1", "Not Achieved")]


async def test_rows_sent_blindly_to_a_record_that_was_there_are_not_doubled(world: World) -> None:
    await grade(world, "P1", "P2")
    await forget(world)
    await grade(world, "P1", "M1")
    assert sorted(rows(world)) == [("M1", "Achieved"), ("P1", "Achieved")]


async def test_no_outcomes_at_all_leave_no_rows(world: World) -> None:
    await grade(world, "P1", "P2")
    await grade(world)
    assert rows(world) == []
