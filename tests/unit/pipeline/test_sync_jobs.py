from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import anyio
import pytest
from anyio.abc import TaskGroup

from mzi_bridge.errors import ContractError, OperatorError, PauseLink, RetryLater
from mzi_bridge.journal.journal import Journal
from mzi_bridge.journal.runs import RunState
from mzi_bridge.mapping import Preset, load_preset
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.sync import LOCK_SECONDS, Mode, Progress
from mzi_bridge.pipeline.sync_carry import HEARTBEAT_SECONDS
from mzi_bridge.pipeline.sync_jobs import PICK_UP_SECONDS, SyncJobs
from mzi_bridge.pipeline.sync_standing import Job
from tests.support.clock import ManualClock
from tests.support.databases import fresh_database


@dataclass
class Syncing:
    """A sync of one module that goes on when it is let; `faults` by module, the first first."""

    go_on: anyio.Event = field(default_factory=anyio.Event)
    entered: anyio.Event = field(default_factory=anyio.Event)
    halted: anyio.Event = field(default_factory=anyio.Event)
    halt_at: str = ""
    stopped: bool = False
    slow_to_stop: bool = False
    faults: dict[str, list[Exception]] = field(default_factory=dict)
    calls: list[tuple[str, Mode, bool]] = field(default_factory=list)

    async def __call__(
        self, links: Links, module: str, mode: Mode, *, dry_run: bool, report: Any
    ) -> Progress:
        self.calls.append((module, mode, dry_run))
        if faults := self.faults.get(module):
            raise faults.pop(0)
        report(Progress(module, 1, {"inserted": 2}))
        self.entered.set()
        try:
            await self.go_on.wait()
        except anyio.get_cancelled_exc_class():
            self.stopped = True
            raise
        if module == self.halt_at:
            self.halted.set()
            await self._halt()
        return Progress(module, 2, {"inserted": 3}, done=True)

    async def _halt(self) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            if self.slow_to_stop:
                with anyio.CancelScope(shield=True):
                    await anyio.sleep(0.1)


async def five_hundred(module: str, number: int, *, fields: list[str]) -> Any:
    """Pages of a module with 500 records."""
    rows = [{"id": str(i)} for i in range(500)][(number - 1) * 200 : number * 200]
    return SimpleNamespace(records=rows, more=number < 3)


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
        zoho = SimpleNamespace(records=SimpleNamespace(page=five_hundred))
        links = SimpleNamespace(journal=journal, preset=preset, clock=clock, zoho=zoho)
        links.in_background = lambda: links
        yield Stage(cast(Links, links), clock, preset)


async def ended(jobs: SyncJobs, job_id: int) -> Any:
    with anyio.fail_after(10):
        while (job := await jobs.status(job_id)) is None or job.state is RunState.RUNNING:
            await anyio.lowlevel.checkpoint()
    return job


def jobs_on(stage: Stage, tasks: TaskGroup, syncing: Syncing) -> SyncJobs:
    return SyncJobs(stage.links, tasks, syncing)


async def halted(jobs: SyncJobs, syncing: Syncing) -> Job:
    """A full sync that stands at `syncing.halt_at`; all before it is done."""
    syncing.go_on.set()
    job = await jobs.start(None, Mode.FULL)
    with anyio.fail_after(10):
        await syncing.halted.wait()
    return job


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
    syncing = Syncing()
    syncing.go_on.set()
    async with anyio.create_task_group() as tasks:
        jobs = jobs_on(stage, tasks, syncing)
        await ended(jobs, (await jobs.start("students", Mode.FULL)).id)
        left = await jobs.status(dead.id)
    assert left and (left.state, left.reason) == (RunState.FAILED, "abandoned")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (ContractError("x", reason="unexpected_answer"), "unexpected_answer"),
        (OperatorError("x", reason="no_permission"), "no_permission"),
        (ZeroDivisionError(), "bug"),
    ],
)
async def test_a_fault_ends_its_module_and_no_other(
    stage: Stage, fault: Exception, reason: str
) -> None:
    syncing = Syncing(faults={"BTEC_Students": [fault]})
    syncing.go_on.set()
    async with anyio.create_task_group() as tasks:
        jobs = jobs_on(stage, tasks, syncing)
        done = await ended(jobs, (await jobs.start(None, Mode.FULL)).id)
    assert (done.state, done.reason) == (RunState.FAILED, reason)
    assert set(done.finished) == set(stage.preset.modules) - {"BTEC_Students"}


@pytest.mark.parametrize(
    "fault",
    [
        PauseLink("x", reason="invalidtoken", retry_after=600.0),
        RetryLater("x", reason="credits_reserved", retry_after=600.0),
    ],
)
async def test_what_passes_is_waited_for_and_the_job_goes_on(
    stage: Stage, fault: PauseLink | RetryLater
) -> None:
    syncing = Syncing(faults={"BTEC_Students": [fault, fault]})
    syncing.go_on.set()
    began = stage.clock.now()
    async with anyio.create_task_group() as tasks:
        jobs = jobs_on(stage, tasks, syncing)
        job = await jobs.start("students", Mode.FULL)
        with anyio.fail_after(20):
            while (seen := await jobs.status(job.id)) and seen.waiting != fault.reason:
                # The disk takes its own time to tell of it: the wait must not pass meanwhile.
                if stage.clock.now() < began + 300:
                    stage.clock.advance(HEARTBEAT_SECONDS)
                await anyio.wait_all_tasks_blocked()
            while (seen := await jobs.status(job.id)) and seen.state is RunState.RUNNING:
                stage.clock.advance(12 * HEARTBEAT_SECONDS)
                await anyio.wait_all_tasks_blocked()
    assert seen is not None and (seen.state, seen.reason) == (RunState.DONE, "")
    assert len(syncing.calls) == 3
    assert stage.clock.now() >= began + 1200, "its own word on waiting is kept"


async def test_what_never_passes_fails_the_job_in_the_end(stage: Stage) -> None:
    fault = RetryLater("x", reason="server_fault")
    syncing = Syncing(faults={"BTEC_Students": [fault] * 1000})
    syncing.go_on.set()
    began = stage.clock.now()
    async with anyio.create_task_group() as tasks:
        jobs = jobs_on(stage, tasks, syncing)
        job = await jobs.start("students", Mode.FULL)
        with anyio.fail_after(60):
            while (seen := await jobs.status(job.id)) and seen.state is RunState.RUNNING:
                stage.clock.advance(1800)
                await anyio.wait_all_tasks_blocked()
    assert seen is not None and (seen.state, seen.reason) == (RunState.FAILED, "server_fault")
    assert stage.clock.now() > began + 2 * 86_400


async def test_a_job_of_a_stopped_service_is_gone_on_with_at_its_next_start(stage: Stage) -> None:
    first = Syncing(halt_at="BTEC_Teachers")
    async with anyio.create_task_group() as tasks:
        job = await halted(jobs_on(stage, tasks, first), first)
        tasks.cancel_scope.cancel()
    done_before = [call[0] for call in first.calls][:-1]

    second = Syncing()
    second.go_on.set()
    async with anyio.create_task_group() as tasks:
        jobs = jobs_on(stage, tasks, second)
        left = await jobs.status(job.id)
        assert left and left.state is RunState.RUNNING and list(left.finished) == done_before
        tasks.start_soon(jobs.pick_up)
        done = await ended(jobs, job.id)
        tasks.cancel_scope.cancel()
    assert (done.state, set(done.finished)) == (RunState.DONE, set(stage.preset.modules))
    assert not {call[0] for call in second.calls} & set(done_before)


async def test_a_job_of_a_killed_process_is_picked_up_when_its_lock_is_free(
    stage: Stage,
) -> None:
    """Killed: neither its run nor its lock is given back."""
    journal = stage.links.journal
    position = {"mode": "delta", "wanted": ["BTEC_Students"], "counts": {}, "finished": []}
    run = await journal.runs.start("job", None, owner="elsewhere:1")
    await journal.runs.checkpoint(run.id, position, {})
    url = journal.database.address.url.render_as_string(hide_password=False)
    syncing = Syncing()
    syncing.go_on.set()
    async with (
        Journal.open(url, clock=stage.clock) as dead,
        dead.locks.attempt("sync_job"),
        anyio.create_task_group() as tasks,
    ):
        jobs = jobs_on(stage, tasks, syncing)
        tasks.start_soon(jobs.pick_up)
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(OperatorError, match="elsewhere:1"):
            await jobs.start("grades", Mode.FULL)
        with anyio.fail_after(10):
            while (job := await jobs.status(run.id)) and job.state is RunState.RUNNING:
                stage.clock.advance(PICK_UP_SECONDS)
                await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    assert job is not None and job.state is RunState.DONE
    assert syncing.calls == [("BTEC_Students", Mode.DELTA, False)]


async def test_a_job_whose_lock_passed_to_another_process_is_left_to_it(stage: Stage) -> None:
    url = stage.links.journal.database.address.url.render_as_string(hide_password=False)
    later = ManualClock(stage.clock.now() + LOCK_SECONDS + 1)
    syncing = Syncing()
    async with Journal.open(url, clock=later) as other, anyio.create_task_group() as tasks:
        jobs = jobs_on(stage, tasks, syncing)
        job = await jobs.start("grades", Mode.FULL)
        await syncing.entered.wait()
        async with other.locks.attempt("sync_job") as taken:
            assert taken and await other.runs.adopt(job.id, "elsewhere:1")
            with anyio.fail_after(10):
                while not syncing.stopped:
                    stage.clock.advance(LOCK_SECONDS / 3)
                    await anyio.wait_all_tasks_blocked()
            before = await other.runs.get(job.id)
            syncing.go_on.set()
            stage.clock.advance(LOCK_SECONDS)
            await anyio.wait_all_tasks_blocked()
            assert await other.runs.get(job.id) == before
    assert before is not None
    assert (before.state, before.owner) == (RunState.RUNNING, "elsewhere:1")


async def test_a_paused_job_stops_at_once_and_goes_on_where_it_was(stage: Stage) -> None:
    syncing = Syncing(halt_at="BTEC_Teachers")
    async with anyio.create_task_group() as tasks:
        jobs = jobs_on(stage, tasks, syncing)
        job = await halted(jobs, syncing)
        paused = await jobs.pause(job.id)
        assert paused.state is RunState.PAUSED and paused.finished
        assert "BTEC_Teachers" not in paused.finished
        calls = len(syncing.calls)
        with pytest.raises(OperatorError) as refused:
            await jobs.start("grades", Mode.FULL)
        assert refused.value.reason == "sync_paused"
        with pytest.raises(OperatorError) as refused:
            await jobs.pause(job.id)
        assert refused.value.reason == "sync_not_running"

        syncing.halt_at = ""
        assert (await jobs.resume(job.id)).state is RunState.RUNNING
        done = await ended(jobs, job.id)
    assert done.state is RunState.DONE
    assert not {call[0] for call in syncing.calls[calls:]} & set(paused.finished)
    assert set(done.finished) == set(stage.preset.modules)


async def test_a_job_that_is_slow_to_stop_has_left_once_it_is_paused(stage: Stage) -> None:
    syncing = Syncing(halt_at="BTEC_Teachers", slow_to_stop=True)
    async with anyio.create_task_group() as tasks:
        jobs = jobs_on(stage, tasks, syncing)
        job = await halted(jobs, syncing)
        await jobs.pause(job.id)
        with pytest.raises(OperatorError) as refused:
            await jobs.start("grades", Mode.FULL)
        assert refused.value.reason == "sync_paused"
        await jobs.cancel(job.id)


async def test_a_job_in_another_process_is_paused_within_a_heartbeat(stage: Stage) -> None:
    syncing = Syncing()
    async with anyio.create_task_group() as tasks:
        job = await jobs_on(stage, tasks, syncing).start("students", Mode.FULL)
        await syncing.entered.wait()
        other = SyncJobs(stage.links, tasks, Syncing())
        assert (await other.pause(job.id)).state is RunState.PAUSED
        with anyio.fail_after(10):
            while not syncing.stopped:
                stage.clock.advance(HEARTBEAT_SECONDS)
                await anyio.wait_all_tasks_blocked()


async def test_a_cancelled_job_ends_and_the_next_begins_anew(stage: Stage) -> None:
    syncing = Syncing()
    runs = stage.links.journal.runs
    half_way = await runs.start("full", "BTEC_Students")
    async with anyio.create_task_group() as tasks:
        jobs = jobs_on(stage, tasks, syncing)
        job = await jobs.start("students", Mode.FULL)
        await syncing.entered.wait()
        ended_now = await jobs.cancel(job.id)
        assert ended_now.state is RunState.CANCELLED and ended_now.finished_at is not None
        assert syncing.stopped
        assert await runs.unfinished("full", "BTEC_Students") is None
        left = await runs.get(half_way.id)
        assert left is not None and left.state is RunState.CANCELLED
        with pytest.raises(OperatorError) as refused:
            await jobs.cancel(job.id)
        assert refused.value.reason == "sync_not_running"
        syncing.go_on.set()
        await ended(jobs, (await jobs.start("students", Mode.FULL)).id)


async def test_a_paused_job_can_be_cancelled(stage: Stage) -> None:
    async with anyio.create_task_group() as tasks:
        jobs = jobs_on(stage, tasks, Syncing())
        job = await jobs.start("students", Mode.FULL)
        await jobs.pause(job.id)
        assert (await jobs.cancel(job.id)).state is RunState.CANCELLED
        with pytest.raises(OperatorError) as refused:
            await jobs.resume(job.id)
        assert refused.value.reason == "sync_not_paused"
        with pytest.raises(OperatorError) as refused:
            await jobs.pause(job.id + 99)
        assert refused.value.reason == "no_such_sync"


async def test_who_watches_sees_how_much_there_is(stage: Stage) -> None:
    syncing = Syncing()
    async with anyio.create_task_group() as tasks:
        jobs = jobs_on(stage, tasks, syncing)
        job = await jobs.start("students", Mode.FULL)
        await syncing.entered.wait()
        with anyio.fail_after(10):
            while not (seen := await jobs.status(job.id)) or not seen.sizes or not seen.modules:
                stage.clock.advance(HEARTBEAT_SECONDS)
                await anyio.wait_all_tasks_blocked()
        assert seen.sizes == {"BTEC_Students": 500}
        assert seen.done == pytest.approx(2 / 500)
        syncing.go_on.set()
        done = await ended(jobs, job.id)
    assert (done.done, done.seconds_left) == (1.0, None)


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


async def test_a_bug_in_a_job_leaves_the_service_going(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*given: object) -> bool:
        raise ZeroDivisionError

    syncing = Syncing()
    syncing.go_on.set()
    async with anyio.create_task_group() as tasks:
        jobs = jobs_on(stage, tasks, syncing)
        with monkeypatch.context() as patch:
            patch.setattr(stage.links.journal.runs, "finish", broken)
            await jobs.start("BTEC_Teachers", Mode.FULL)
            with anyio.fail_after(10):
                while "ended by a bug" not in caplog.text:
                    await anyio.lowlevel.checkpoint()
        again = await jobs.start("BTEC_Teachers", Mode.FULL)
        assert (await ended(jobs, again.id)).state is RunState.DONE
