from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import anyio
import pytest
from anyio.abc import TaskGroup

from mzi_bridge.errors import OperatorError, PauseLink
from mzi_bridge.journal.journal import Journal
from mzi_bridge.journal.runs import RunState
from mzi_bridge.mapping import Preset, load_preset
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.sync import Mode, Progress
from mzi_bridge.pipeline.sync_jobs import ABANDONED_SECONDS, HEARTBEAT_SECONDS, SyncJobs
from tests.support.clock import ManualClock
from tests.support.databases import fresh_database


@dataclass
class Syncing:
    """A sync of one module that goes on when it is let."""

    go_on: anyio.Event = field(default_factory=anyio.Event)
    entered: anyio.Event = field(default_factory=anyio.Event)
    fault: Exception | None = None
    calls: list[tuple[str, Mode, bool]] = field(default_factory=list)

    async def __call__(
        self, links: Links, module: str, mode: Mode, *, dry_run: bool, report: Any
    ) -> Progress:
        self.calls.append((module, mode, dry_run))
        report(Progress(module, 1, {"inserted": 2}))
        self.entered.set()
        await self.go_on.wait()
        if self.fault:
            raise self.fault
        return Progress(module, 2, {"inserted": 3}, done=True)


@dataclass
class Stage:
    links: Links
    clock: ManualClock
    preset: Preset


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    clock = ManualClock()
    preset = load_preset("btec")
    async with (
        fresh_database("sqlite", tmp_path) as url,
        Journal.open(url, clock=clock) as journal,
    ):
        links = SimpleNamespace(journal=journal, preset=preset, clock=clock)
        yield Stage(cast(Links, links), clock, preset)


async def ended(jobs: SyncJobs, job_id: int) -> Any:
    with anyio.fail_after(10):
        while (job := await jobs.status(job_id)) is None or job.state is RunState.RUNNING:
            await anyio.lowlevel.checkpoint()
    return job


def jobs_on(stage: Stage, tasks: TaskGroup, syncing: Syncing) -> SyncJobs:
    return SyncJobs(stage.links, tasks, syncing)


async def test_a_job_runs_in_the_background_and_is_told_as_done(stage: Stage) -> None:
    syncing = Syncing()
    async with anyio.create_task_group() as tasks:
        jobs = jobs_on(stage, tasks, syncing)
        job = await jobs.start("students", Mode.DELTA, dry_run=True)
        assert job.state is RunState.RUNNING
        syncing.go_on.set()
        done = await ended(jobs, job.id)
    assert syncing.calls == [("BTEC_Students", Mode.DELTA, True)]
    assert (done.state, done.mode, done.dry_run) == (RunState.DONE, Mode.DELTA, True)
    assert done.modules == {"BTEC_Students": {"inserted": 3}}
    assert done.finished == ("BTEC_Students",)


async def test_a_job_without_a_name_is_of_every_module(stage: Stage) -> None:
    syncing = Syncing()
    syncing.go_on.set()
    async with anyio.create_task_group() as tasks:
        jobs = jobs_on(stage, tasks, syncing)
        done = await ended(jobs, (await jobs.start(None, Mode.FULL)).id)
    assert list(done.finished) == [call[0] for call in syncing.calls] == list(stage.preset.modules)


async def test_progress_can_be_seen_from_another_process(stage: Stage) -> None:
    syncing = Syncing()
    async with anyio.create_task_group() as tasks:
        job = await jobs_on(stage, tasks, syncing).start("students", Mode.FULL)
        await syncing.entered.wait()
        other = SyncJobs(stage.links, tasks)
        with anyio.fail_after(10):
            while not (seen := await other.status()) or not seen.modules:
                stage.clock.advance(HEARTBEAT_SECONDS)
                await anyio.lowlevel.checkpoint()
        assert (seen.id, seen.modules) == (job.id, {"BTEC_Students": {"inserted": 2}})
        syncing.go_on.set()


async def test_a_second_job_is_refused_while_one_lives(stage: Stage) -> None:
    syncing = Syncing()
    async with anyio.create_task_group() as tasks:
        jobs = jobs_on(stage, tasks, syncing)
        first = await jobs.start("students", Mode.FULL)
        with pytest.raises(OperatorError) as refused:
            await jobs.start("grades", Mode.FULL)
        assert refused.value.reason == "sync_running"
        syncing.go_on.set()
        await ended(jobs, first.id)
        await ended(jobs, (await jobs.start("grades", Mode.FULL)).id)


async def test_of_two_at_once_one_is_refused(stage: Stage) -> None:
    syncing = Syncing()
    reasons: list[str] = []
    async with anyio.create_task_group() as tasks:
        jobs = jobs_on(stage, tasks, syncing)

        async def start() -> None:
            try:
                await jobs.start("students", Mode.FULL)
                reasons.append("started")
            except OperatorError as error:
                reasons.append(error.reason)

        async with anyio.create_task_group() as starters:
            starters.start_soon(start)
            starters.start_soon(start)
        syncing.go_on.set()
    assert sorted(reasons) == ["started", "sync_running"]


async def test_a_job_whose_process_died_makes_way(stage: Stage) -> None:
    dead = await stage.links.journal.runs.start("job", None)
    stage.clock.advance(ABANDONED_SECONDS)
    syncing = Syncing()
    syncing.go_on.set()
    async with anyio.create_task_group() as tasks:
        jobs = jobs_on(stage, tasks, syncing)
        await ended(jobs, (await jobs.start("students", Mode.FULL)).id)
        left = await jobs.status(dead.id)
    assert left and (left.state, left.reason) == (RunState.FAILED, "abandoned")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [(PauseLink("x", reason="invalidtoken"), "invalidtoken"), (ZeroDivisionError(), "bug")],
)
async def test_a_fault_ends_the_job_and_nothing_else(
    stage: Stage, fault: Exception, reason: str
) -> None:
    syncing = Syncing(fault=fault)
    syncing.go_on.set()
    async with anyio.create_task_group() as tasks:
        jobs = jobs_on(stage, tasks, syncing)
        done = await ended(jobs, (await jobs.start("students", Mode.FULL)).id)
    assert (done.state, done.reason, done.finished) == (RunState.FAILED, reason, ())


async def test_a_stopping_service_leaves_no_job_running(stage: Stage) -> None:
    syncing = Syncing()
    async with anyio.create_task_group() as tasks:
        jobs = jobs_on(stage, tasks, syncing)
        job = await jobs.start("students", Mode.FULL)
        await syncing.entered.wait()
        tasks.cancel_scope.cancel()
    left = await jobs.status(job.id)
    assert left and (left.state, left.reason) == (RunState.CANCELLED, "stopped")


async def test_a_name_that_is_not_mapped_starts_nothing(stage: Stage) -> None:
    async with anyio.create_task_group() as tasks:
        jobs = jobs_on(stage, tasks, Syncing())
        with pytest.raises(OperatorError) as refused:
            await jobs.start("aliens", Mode.FULL)
        assert refused.value.reason == "module_not_mapped"
        assert await jobs.status() is None


async def test_a_run_of_another_kind_is_no_job(stage: Stage) -> None:
    other = await stage.links.journal.runs.start("full", "BTEC_Students")
    async with anyio.create_task_group() as tasks:
        assert await jobs_on(stage, tasks, Syncing()).status(other.id) is None
