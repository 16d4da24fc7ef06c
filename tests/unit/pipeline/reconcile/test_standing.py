"""What a comparison's run tells: how far it is, and which records it found."""

from __future__ import annotations

import json

import anyio
import pytest

from mzi_bridge.journal.runs import Run
from mzi_bridge.pipeline.reconcile import (
    Finding,
    Kind,
    ModuleReport,
    Reconciliation,
    Report,
    Step,
    kept,
)
from mzi_bridge.pipeline.reconcile.kept import KIND, TELL_SECONDS, reconcile_and_keep
from mzi_bridge.pipeline.reconcile.standing import (
    MOST_ROWS,
    Comparison,
    DriftRow,
    Progress,
    comparison_of,
    kept_result,
)
from tests.support.drift import PAYMENTS, REGISTRATIONS, STUDENTS, in_step, lose, tamper
from tests.support.drift import tamper_child as spoil_child
from tests.support.passing_time import until
from tests.support.world import World


async def newest(world: World) -> Run:
    return (await world.links.journal.runs.recent(1, kind=KIND))[0]


async def compared(world: World, *modules: str, repair: bool = False) -> Comparison:
    await reconcile_and_keep(world.links, modules, whole=False, repair=repair)
    return comparison_of(await newest(world))


async def test_a_run_keeps_which_records_differ_and_in_which_columns(world: World) -> None:
    await in_step(world)
    lost, altered = world.some(PAYMENTS, 0), world.some(PAYMENTS, 1)
    lose(world, PAYMENTS, lost)
    tamper(world, PAYMENTS, altered, amount="0.01")
    found = await compared(world, PAYMENTS)
    assert found.rows == {
        "missing": [DriftRow(PAYMENTS, "missing", lost)],
        "altered": [DriftRow(PAYMENTS, "altered", altered, ("amount",))],
    }
    assert found.modules == {PAYMENTS: {"missing": 1, "altered": 1}}


async def test_what_was_mended_is_kept_with_what_had_been_wrong(world: World) -> None:
    await in_step(world)
    altered = world.some(PAYMENTS)
    tamper(world, PAYMENTS, altered, amount="0.01")
    found = await compared(world, PAYMENTS, repair=True)
    assert found.rows == {"repaired": [DriftRow(PAYMENTS, "altered", altered, ("amount",))]}


async def test_a_column_of_a_child_row_is_kept_without_the_rows_key(world: World) -> None:
    await in_step(world)
    record_id = world.some(REGISTRATIONS)
    spoil_child(world, REGISTRATIONS, record_id, "installments", amount="0.01")
    [row] = (await compared(world, REGISTRATIONS)).rows["altered"]
    assert row.columns == ("installments.amount",)


@pytest.mark.parametrize(
    ("column", "plain"),
    [
        ("installments[Sam Ple].amount", "installments.amount"),
        ("criteria[a].b]", "criteria"),
        ("criteria[x].y].text", "criteria.text"),
        ("criteria[two\nlines]", "criteria"),
        ("note", "note"),
    ],
)
def test_no_key_of_a_child_row_is_kept(column: str, plain: str) -> None:
    report = ModuleReport(PAYMENTS, found=(Finding(Kind.ALTERED, "1", (column,)),))
    kept = kept_result(Reconciliation({PAYMENTS: report}))
    assert kept["rows"]["altered"][0][3] == [plain]


async def test_no_value_of_a_record_is_kept(world: World) -> None:
    await in_step(world)
    record_id = world.some(STUDENTS)
    row = world.row(STUDENTS, record_id)
    assert row is not None
    values = {str(row[name]) for name in ("academic_email", "display_name") if row.get(name)}
    assert values
    tamper(world, STUDENTS, record_id, academic_email="canary@example.org", display_name="Canary")
    await compared(world, STUDENTS)
    position = json.dumps((await newest(world)).position)
    assert record_id in position
    assert not [value for value in (*values, "anary") if value in position]


def test_the_first_rows_of_each_kind_are_kept_and_all_are_counted() -> None:
    many = MOST_ROWS + 5
    report = ModuleReport(
        PAYMENTS,
        found=(*(Finding(Kind.MISSING, str(n)) for n in range(many)), Finding(Kind.STALE, "7")),
    )
    kept = kept_result(Reconciliation({PAYMENTS: report, STUDENTS: report}))
    assert {kind: len(rows) for kind, rows in kept["rows"].items()} == {
        "missing": MOST_ROWS,
        "stale": 2,
    }
    assert kept["modules"][STUDENTS]["missing"] == many


async def test_a_run_under_way_tells_how_far_it_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = anyio.Event()

    async def slow(links: object, modules: object, *, report: Report, **more: object) -> None:
        report(Step(PAYMENTS, "done"))
        report(Step(STUDENTS, "comparing", 40, 100))
        await goes_on.wait()

    async def asleep() -> bool:
        return world.clock.sleepers == 1

    async def told() -> bool:
        return comparison_of(await newest(world)).progress is not None

    monkeypatch.setattr(kept, "reconcile", slow)
    async with anyio.create_task_group() as tasks:
        modules = [PAYMENTS, STUDENTS]
        tasks.start_soon(lambda: reconcile_and_keep(world.links, modules, whole=True))
        await until(asleep)
        world.clock.advance(TELL_SECONDS)
        await until(told)
        found = comparison_of(await newest(world))
        assert found.progress == Progress(
            (PAYMENTS, STUDENTS), (PAYMENTS,), STUDENTS, "comparing", 40, 100
        )
        tasks.cancel_scope.cancel()
    assert comparison_of(await newest(world)).progress is None


def test_progress_forgets_the_module_that_is_through() -> None:
    at_work = Progress((PAYMENTS,)).after(Step(PAYMENTS, "reading", 200))
    assert (at_work.module, at_work.doing, at_work.done) == (PAYMENTS, "reading", 200)
    assert at_work.after(Step(PAYMENTS, "done")) == Progress((PAYMENTS,), (PAYMENTS,))
