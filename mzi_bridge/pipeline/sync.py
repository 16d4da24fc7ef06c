"""Full and delta sync of modules: the same walk, from the beginning or from the cursor."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from mzi_bridge.errors import ContractError, MziError, OperatorError, PauseLink
from mzi_bridge.journal.runs import RunState
from mzi_bridge.mapping import Preset
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.module_walk import (
    CURSOR,
    Mode,
    ModuleWalk,
    Progress,
    Report,
)

__all__ = [
    "CURSOR",
    "Mode",
    "Progress",
    "Report",
    "is_failure",
    "mapped_modules",
    "modules_for",
    "moodle_disabled",
    "sync",
    "sync_module",
]
log = logging.getLogger(__name__)


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
    letter. Raises RetryLater or PauseLink when a side is out of reach: the run stays
    unfinished and the next call goes on with it.
    """
    mapping = links.preset.modules[module]
    walking = ModuleWalk(links, mapping, mode, dry_run, report)
    if dry_run:
        progress = await walking.dry()
        report(progress)
        return progress
    run = await links.journal.runs.unfinished(mode.value, module)
    run = run or await links.journal.runs.start(mode.value, module)
    try:
        progress = await walking.real(run)
    except OperatorError as error:
        await links.journal.runs.finish(run.id, RunState.FAILED, error.reason)
        raise
    await links.journal.runs.finish(run.id, RunState.DONE)
    report(progress)
    return progress


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
    return bool(progress.counts.get("rejected")) or progress.error is not None
