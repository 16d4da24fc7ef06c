"""Runs: a killed one is found again where it stood; an ended one stays ended."""

from __future__ import annotations

import pytest

from mzi_bridge.journal import Journal
from mzi_bridge.journal.runs import RunState
from tests.support.clock import ManualClock


async def test_an_unfinished_run_is_resumed_at_its_last_checkpoint(
    journal: Journal, clock: ManualClock
) -> None:
    run = await journal.runs.start("backfill", "Students", total=400)
    clock.advance(5)
    await journal.runs.checkpoint(run.id, {"page": 1}, {"inserted": 200})
    assert await journal.runs.checkpoint(run.id, {"page": 2, "more": [None]}, {"inserted": 400})

    found = await journal.runs.unfinished("backfill", "Students")

    assert found is not None
    assert (found.id, found.total, found.state) == (run.id, 400, RunState.RUNNING)
    assert found.position == {"page": 2, "more": [None]}
    assert found.counts == {"inserted": 400}
    assert (found.started_at, found.updated_at) == (clock.now() - 5, clock.now())


async def test_only_a_run_of_the_same_kind_module_and_earnest_is_resumed(
    journal: Journal,
) -> None:
    await journal.runs.start("backfill", "Students", dry_run=True)
    await journal.runs.start("delta", "Students")
    whole = await journal.runs.start("backfill", None)

    assert await journal.runs.unfinished("backfill", "Students") is None
    assert await journal.runs.unfinished("backfill", None) == whole
    dry = await journal.runs.unfinished("backfill", "Students", dry_run=True)
    assert dry is not None
    assert dry.dry_run


async def test_all_unfinished_runs_of_some_kinds_come_newest_first(journal: Journal) -> None:
    backfill = await journal.runs.start("backfill", "Students")
    delta = await journal.runs.start("delta", "Students")
    ended = await journal.runs.start("delta", "Grades")
    await journal.runs.finish(ended.id, RunState.DONE)
    await journal.runs.start("delta", "Grades", dry_run=True)
    await journal.runs.start("reconcile", "Grades")

    found = await journal.runs.all_unfinished({"delta", "backfill"})

    assert found == (delta, backfill)


async def test_a_finished_run_is_not_resumed(journal: Journal, clock: ManualClock) -> None:
    run = await journal.runs.start("delta", "Students")

    assert await journal.runs.finish(run.id, RunState.FAILED, "zoho_down")

    assert await journal.runs.unfinished("delta", "Students") is None
    ended = await journal.runs.get(run.id)
    assert ended is not None
    assert (ended.state, ended.error_reason) == (RunState.FAILED, "zoho_down")
    assert ended.finished_at == clock.now()


async def test_a_cancelled_run_learns_of_it_at_its_next_checkpoint(journal: Journal) -> None:
    run = await journal.runs.start("backfill", "Students")
    await journal.runs.finish(run.id, RunState.CANCELLED)

    assert not await journal.runs.checkpoint(run.id, {"page": 9}, {})
    assert not await journal.runs.finish(run.id, RunState.DONE)

    ended = await journal.runs.get(run.id)
    assert ended is not None
    assert (ended.state, ended.position) == (RunState.CANCELLED, None)


async def test_an_unknown_state_is_refused(journal: Journal) -> None:
    run = await journal.runs.start("backfill", "Students")

    with pytest.raises(ValueError, match="almost"):
        await journal.runs.finish(run.id, "almost")


async def test_a_run_that_never_was_is_none(journal: Journal) -> None:
    assert await journal.runs.get(4711) is None


async def test_recent_runs_come_newest_first(journal: Journal) -> None:
    runs = [await journal.runs.start(kind, None) for kind in ("delta", "channels", "delta")]

    assert [run.id for run in await journal.runs.recent(2)] == [runs[2].id, runs[1].id]
    assert [run.id for run in await journal.runs.recent(kind="channels")] == [runs[1].id]


async def test_pruning_forgets_ended_runs_only(journal: Journal, clock: ManualClock) -> None:
    old = await journal.runs.start("delta", None)
    await journal.runs.finish(old.id, RunState.DONE)
    running = await journal.runs.start("delta", None)
    clock.advance(10)

    assert await journal.runs.prune(clock.now()) == 1
    assert await journal.runs.recent() == (running,)
