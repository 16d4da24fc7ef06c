from __future__ import annotations

from pathlib import Path

import pytest

from mzi_bridge.mapping import load_preset
from mzi_bridge.pipeline.reconcile import Kind, budget, reconcile
from mzi_bridge.pipeline.reconcile.budget import (
    BULK_CREDITS,
    RUN_CREDITS,
    SECOND_LOOKS,
    Plan,
    plan,
)
from mzi_bridge.pipeline.reconcile.crm import CURSOR
from mzi_bridge.sandbox.zoho import Switches
from tests.support.big_school import fill_moodle
from tests.support.drift import tamper
from tests.support.passing_time import waiting_passes
from tests.support.world import MODULES, open_world

MAPPINGS = load_preset("btec").modules
# What the sample makes of 5,000 students: 118,090 records.
SCHOOL = {
    "BTEC_Students": 5_000,
    "Products": 12,
    "BTEC_Registrations": 6_667,
    "BTEC_Payments": 21_115,
    "BTEC_Teachers": 125,
    "BTEC": 80,
    "BTEC_Classes": 333,
    "BTEC_Enrollments": 37_549,
    "BTEC_Grades": 42_210,
    "BTEC_Student_Requests": 4_999,
}
PAYMENTS = "BTEC_Payments"


def credits_of(plans: dict[str, Plan], rows: dict[str, int]) -> int:
    pages = {module: -(-count // 200) for module, count in rows.items()}
    return sum(pages[m] if p.pages is None else BULK_CREDITS + p.pages for m, p in plans.items())


def test_a_school_of_5000_students_takes_at_most_300_credits() -> None:
    plans = plan(MAPPINGS, SCHOOL, RUN_CREDITS)
    assert credits_of(plans, SCHOOL) + SECOND_LOOKS <= RUN_CREDITS
    assert {m for m, p in plans.items() if p.pages is not None} == {
        PAYMENTS,
        "BTEC_Enrollments",
        "BTEC_Grades",
    }


def test_every_hour_of_a_few_days_shows_all_content_of_the_school() -> None:
    plans = plan(MAPPINGS, SCHOOL, RUN_CREDITS)
    hours = [-(-SCHOOL[m] // 200) / p.pages for m, p in plans.items() if p.pages]
    assert max(hours) <= 48


def test_a_module_that_the_rest_can_cover_is_read_whole() -> None:
    rows = {PAYMENTS: 60 * 200}
    assert plan(MAPPINGS, rows, RUN_CREDITS) == {PAYMENTS: Plan()}
    assert plan(MAPPINGS, rows, BULK_CREDITS + SECOND_LOOKS) == {PAYMENTS: Plan(pages=1)}


def test_all_content_reads_subforms_singly() -> None:
    rows = {PAYMENTS: 30_000, "BTEC_Registrations": 30_000}
    assert plan(MAPPINGS, rows, None) == {
        PAYMENTS: Plan(),
        "BTEC_Registrations": Plan(singly=True),
    }


@pytest.mark.parametrize("credits", [1, 300, 1_000_000])
def test_every_module_has_a_plan_that_moves_on(credits: int) -> None:
    plans = plan(MAPPINGS, SCHOOL, credits)
    assert plans.keys() == SCHOOL.keys()
    assert all(p.pages is None or p.pages >= 1 for p in plans.values())


async def test_a_twentieth_of_the_school_with_bulk_jobs_takes_what_was_planned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A twentieth of the records, so that a bulk job pays from a twentieth of the pages on."""
    monkeypatch.setattr(budget, "BULK_CREDITS", 3)
    switches = Switches(credits=10**9)
    async with open_world(tmp_path, students=250, switches=switches) as world:
        rows = fill_moodle(world)
        world.clock.advance(3600)
        before = world.crm_app.state.emulator.limits.spent
        async with waiting_passes(world):
            result = await reconcile(world.links, MODULES, credits=1)
        spent = world.crm_app.state.emulator.limits.spent - before
        assert rows > 5_000
        assert result.agrees
        assert result.credits == spent
        bulk = [m for m, r in result.modules.items() if r.looked_into < r.in_crm]
        assert len(bulk) == 3
        pages = sum(-(-r.in_crm // 200) for m, r in result.modules.items() if m not in bulk)
        assert spent <= pages + len(bulk) * (56 + 4)


async def test_one_altered_row_is_found_where_no_content_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "BULK_CREDITS", 1)
    async with open_world(tmp_path, students=200) as world:
        fill_moodle(world)
        world.clock.advance(3600)
        record_id = world.some(PAYMENTS, 700)
        tamper(world, PAYMENTS, record_id, amount="0.01")
        async with waiting_passes(world):
            result = await reconcile(world.links, [PAYMENTS], credits=1, repair=True)
        report = result.modules[PAYMENTS]
        assert report.looked_into == 200 < report.in_crm
        assert [(f.kind, f.record_id) for f in report.repaired] == [(Kind.ALTERED, record_id)]
        assert report.agrees


async def test_content_is_read_in_turn_run_by_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "BULK_CREDITS", 1)
    async with open_world(tmp_path, students=120) as world:
        fill_moodle(world)
        world.clock.advance(3600)
        spoilt = [world.some(PAYMENTS, 100), world.some(PAYMENTS, 300)]
        for record_id in spoilt:
            world.spoil(PAYMENTS, record_id, Note="No Modified_Time moved")
        found, cursors = [], []
        async with waiting_passes(world):
            for _ in range(3):
                result = await reconcile(world.links, [PAYMENTS], credits=1)
                found.append(result.modules[PAYMENTS].ids(Kind.ALTERED))
                cursors.append(await world.links.journal.cursors.get(PAYMENTS, CURSOR))
        assert found == [(spoilt[0],), (spoilt[1],), ()]
        assert cursors == ["2", "3", "1"]
