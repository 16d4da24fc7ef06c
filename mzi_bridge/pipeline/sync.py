"""Full and delta sync of modules: the same walk, from the beginning or from the cursor."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

from mzi_bridge.errors import ContractError, MziError, OperatorError, PauseLink, RetryLater
from mzi_bridge.journal.runs import Run, RunState
from mzi_bridge.mapping import Preset
from mzi_bridge.pipeline.hold import this_process
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.module_walk import (
    CURSOR,
    LAST_PAGE,
    Mode,
    ModuleWalk,
    Progress,
    Report,
    walked_under,
)
from mzi_bridge.pipeline.pause import resume_module
from mzi_bridge.pipeline.probe import admit, judge_module, pause_after_walk
from mzi_bridge.pipeline.while_held import while_held

__all__ = [
    "CURSOR",
    "Mode",
    "Progress",
    "Report",
    "SyncRunning",
    "is_failure",
    "mapped_modules",
    "modules_for",
    "moodle_disabled",
    "sync",
    "sync_module",
]
log = logging.getLogger(__name__)
LOCK_SECONDS = 60.0
BEHIND_SECONDS = 600.0
RESUMABLE_SECONDS = 7 * 86_400.0
"""A run left alone for longer is begun anew: what its pages showed is no longer true."""
STUCK_AFTER = 2
STUCK_ALARM = "sync_stuck"


def modules_for(links: Links, name: str | None) -> list[str]:
    """The mapped modules, or the one named by CRM module or by entity."""
    return mapped_modules(links.preset, name)


def mapped_modules(preset: Preset, name: str | None) -> list[str]:
    """As `modules_for`. Raises OperatorError module_not_mapped, naming those that are."""
    if name is None:
        return list(preset.modules)
    for module, mapping in preset.modules.items():
        if name in (module, mapping.entity):
            return [module]
    known = ", ".join(f"{m} ({mapping.entity})" for m, mapping in preset.modules.items())
    raise OperatorError(
        f"No module or entity {name!r} is mapped.", reason="module_not_mapped", fix=f"Use {known}."
    )


def moodle_disabled() -> OperatorError:
    """For whoever would write to Moodle while the settings say not to."""
    return OperatorError(
        "Delivery to Moodle is switched off.",
        reason="moodle_disabled",
        fix="Set MOODLE_ENABLED=true; until then changes are taken in and wait.",
    )


async def sync_module(
    links: Links,
    module: str,
    mode: Mode,
    *,
    dry_run: bool = False,
    report: Report = lambda progress: None,
) -> Progress:
    """Carries one module over; picks up an unfinished run of the same kind at its checkpoint.

    What cannot be written now is marked dirty for the worker; what never can is in the dead
    letter. Raises RetryLater (SyncRunning where another process is at it, ModulePaused) or
    PauseLink when a side is out of reach, and ContractError: the run stays unfinished and the
    next call goes on with it. After OperatorError it has failed. What is to be paused is paused.
    """
    async with _one_at_a_time(links, module, mode, dry_run) as lock:
        probing = await admit(links, module)
        try:
            walk = partial(_walk, links, module, mode, dry_run, report)
            held = while_held(links, lock, LOCK_SECONDS, walk) if lock else walk()
            progress = await held
        except (PauseLink, OperatorError) as error:
            await pause_after_walk(links, module, error)
            raise
        except MziError:
            if probing:
                await judge_module(links, module, ["failed"])
            raise
        if probing:
            await resume_module(links, module)
    report(progress)
    return progress


class SyncRunning(RetryLater):
    """Another process, or another task of this one, carries the module over in the same way."""

    def __init__(self, module: str, mode: Mode, run: Run | None) -> None:
        who = f" by {run.owner}, run {run.id}" if run is not None and run.owner else ""
        super().__init__(
            f"A {mode.value} sync of {module} is under way{who}.",
            reason="sync_running",
            fix=f"Wait for it. A killed one makes way within {LOCK_SECONDS:.0f} seconds.",
            retry_after=LOCK_SECONDS,
        )


@asynccontextmanager
async def _one_at_a_time(
    links: Links, module: str, mode: Mode, dry_run: bool
) -> AsyncIterator[str | None]:
    """The lock that is held. Raises SyncRunning. A dry run needs none: it writes nothing and
    hinders nobody."""
    name = f"sync:{mode.value}:{module}"
    if dry_run:
        yield None
        return
    async with links.journal.locks.attempt(name, seconds=LOCK_SECONDS) as mine:
        if not mine:
            raise SyncRunning(module, mode, await links.journal.runs.unfinished(mode.value, module))
        yield name


async def _walk(links: Links, module: str, mode: Mode, dry_run: bool, report: Report) -> Progress:
    mapping = links.preset.modules[module]
    walking = ModuleWalk(links.in_background(), mapping, mode, dry_run, report)
    if dry_run:
        return await walking.dry()
    run = await _run_of(links, module, mode)
    try:
        progress = await walking.real(run)
    except (RetryLater, PauseLink):
        raise
    except OperatorError as error:
        await links.journal.runs.finish(run.id, RunState.FAILED, error.reason)
        raise
    except Exception as error:
        await _tell_stuck(links, run.id, module, error)
        raise
    if progress.done:
        await links.journal.runs.finish(run.id, RunState.DONE)
    else:
        await links.journal.runs.finish(run.id, RunState.FAILED, "not_whole")
    await links.journal.alarms.clear(STUCK_ALARM, module)
    return progress


def _resumable(run: Run) -> float:
    """Seconds for which the run may be gone on with: behind its last page it would show nothing."""
    return BEHIND_SECONDS if (run.position or {}).get(LAST_PAGE) else RESUMABLE_SECONDS


async def _run_of(links: Links, module: str, mode: Mode) -> Run:
    runs, owner = links.journal.runs, this_process()
    run = await runs.unfinished(mode.value, module)
    if run is not None and not walked_under(run, links.preset.modules[module]):
        await runs.finish(run.id, RunState.FAILED, "mapping_changed")
    elif run is not None and links.clock.now() - run.updated_at > _resumable(run):
        await runs.finish(run.id, RunState.FAILED, "abandoned")
    elif run is not None:
        await runs.adopt(run.id, owner)
        return run
    return await runs.start(mode.value, module, owner=owner)


async def _tell_stuck(links: Links, run_id: int, module: str, error: Exception) -> None:
    """Counts failures at one place; the second is an alarm. A page that goes well forgets them."""
    run = await links.journal.runs.get(run_id)
    position = dict(run.position or {}) if run is not None else {}
    failures = position["failures"] = int(position.get("failures", 0)) + 1
    counts = run.counts if run is not None else {}
    await links.journal.runs.checkpoint(run_id, position, counts)
    if failures >= STUCK_AFTER:
        page = int(position.get("page", 0)) + 1
        what = f"Its sync ended at page {page}, {failures} times in a row, with {_named(error)}"
        await links.journal.alarms.raise_alarm(STUCK_ALARM, module, what)


def _named(error: Exception) -> str:
    """Only the bridge's own errors are sure to hold no value of a record."""
    if isinstance(error, MziError):
        return f"{error.reason}: {error}"
    return f"a bug ({type(error).__name__}): the log has the traceback."


async def sync(
    links: Links,
    modules: Sequence[str],
    mode: Mode,
    *,
    dry_run: bool = False,
    report: Report = lambda progress: None,
) -> dict[str, Progress]:
    """Every module in turn. One that fails stands with its error and hinders no other.

    Raises PauseLink: then none of the rest can succeed.
    """
    results: dict[str, Progress] = {}
    for module in modules:
        try:
            results[module] = await sync_module(links, module, mode, dry_run=dry_run, report=report)
        except PauseLink:
            raise
        except MziError as error:
            results[module] = Progress(module, 0, {}, error=error)
            report(results[module])
        except Exception:
            log.exception("sync of %s: a bug", module)
            bug = ContractError(
                f"The bridge itself failed on {module}.",
                reason="bug",
                fix="Report it with the traceback of the log.",
            )
            results[module] = Progress(module, 0, {}, error=bug)
            report(results[module])
    return results


def is_failure(progress: Progress) -> bool:
    """Whether anything of the module did not arrive."""
    rejected = bool(progress.counts.get("rejected"))
    return rejected or progress.error is not None or not progress.done
