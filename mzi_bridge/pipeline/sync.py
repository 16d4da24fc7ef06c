"""Full and delta sync of modules: the same walk, from the beginning or from the cursor."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mzi_bridge.errors import ContractError, MziError, OperatorError, PauseLink
from mzi_bridge.journal.records import Notice, Operation, Source
from mzi_bridge.journal.runs import Run, RunState
from mzi_bridge.mapping import ModuleMapping, Preset
from mzi_bridge.pipeline.deliver import deliver
from mzi_bridge.pipeline.dry_run import FirstDifferences, compare_page
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.resolve import ReadRecord, resolve
from mzi_bridge.pipeline.walk import Step, deleted_since, records_of, walk

CURSOR = "delta"
OVERLAP_SECONDS = 120
REWALKS = 3
UNSETTLED = ("rejected", "stale", "failed")
CHANGES = ("inserted", "updated")
log = logging.getLogger(__name__)


class Mode(StrEnum):
    FULL = "full"
    DELTA = "delta"


@dataclass(frozen=True)
class Progress:
    """Told after every page; `counts` by outcome so far, in Moodle's words.

    `error` is what ended the module before its end, if anything did.
    """

    module: str
    pages: int
    counts: Mapping[str, int]
    done: bool = False
    differences: FirstDifferences = ()
    error: MziError | None = None


Report = Callable[[Progress], None]


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
    walking = _Walking(links, mapping, mode, dry_run, report)
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


class _Walking:
    """The state of one walk: what was counted, and since when."""

    def __init__(
        self, links: Links, mapping: ModuleMapping, mode: Mode, dry_run: bool, report: Report
    ) -> None:
        self._links = links
        self._mapping = mapping
        self._mode = mode
        self._dry_run = dry_run
        self._report = report
        self._counts: Counter[str] = Counter()
        self._pages = 0
        self._differences: FirstDifferences = ()
        self._known_gone: set[str] = set()
        self._last_page = 1
        self._again = False
        self._deleted_from: int | None = None

    async def dry(self) -> Progress:
        since = self._since(await self._cursor())
        async for step in walk(self._links, self._mapping.module, since=since):
            records = await self._full_records(step)
            counts, differences = await compare_page(self._links, self._mapping, records)
            self._counts.update(counts)
            self._differences = (*self._differences, *differences)[:10]
            self._told()
        return self._progress(done=True)

    async def real(self, run: Run) -> Progress:
        position: dict[str, Any] = dict(run.position or {})
        cursor = position["cursor"] if "cursor" in position else await self._cursor()
        self._deleted_from = position.get("deleted_from") or await self._stored_cursor()
        self._counts.update(run.counts)
        pages_done = int(position.get("page", 0))
        self._again = bool(position.get("again"))
        started = await self._walk(run, cursor, pages_done, position.get("started"))
        if await self._is_whole(run, cursor, started):
            await self._links.journal.cursors.set(
                self._mapping.module, CURSOR, str(started - OVERLAP_SECONDS)
            )
        return self._progress(done=True)

    async def _is_whole(self, run: Run, cursor: int | None, started: int) -> bool:
        """Walks again while deletions may have moved a record past a page already read."""
        for _ in range(REWALKS):
            gone = await self._mark_deleted(started)
            if not gone or self._last_page == 1:
                return True
            self._again = True
            await self._walk(run, cursor, 0, started)
        if not await self._mark_deleted(started):
            return True
        log.warning("%s: records go faster than it can be read", self._mapping.module)
        return False

    async def _walk(
        self, run: Run, cursor: int | None, pages_done: int, started: int | None
    ) -> int:
        """Carries the pages after `pages_done`; the CRM's time at which the run began."""
        since = self._since(cursor)
        async for step in walk(
            self._links, self._mapping.module, since=since, first_page=pages_done + 1
        ):
            started = step.page.read_time if started is None else started
            self._last_page = step.number
            await self._carry(step)
            self._told()
            position = {
                "page": step.number,
                "cursor": cursor,
                "deleted_from": self._deleted_from,
                "started": started,
                "again": self._again,
            }
            await self._links.journal.runs.checkpoint(run.id, position, dict(self._counts))
        return int(self._links.clock.now()) if started is None else started

    async def _cursor(self) -> int | None:
        return None if self._mode is Mode.FULL else await self._stored_cursor()

    async def _stored_cursor(self) -> int | None:
        cursor = await self._links.journal.cursors.get(self._mapping.module, CURSOR)
        return int(cursor) if cursor is not None else None

    def _since(self, cursor: int | None) -> int | None:
        """A module without a modification time cannot be asked for changes: read it whole."""
        return cursor if self._mapping.modified_time_field else None

    async def _carry(self, step: Step) -> None:
        records = await self._full_records(step)
        delivered = await deliver(self._links, self._mapping, records)
        actions = [outcome.action for outcome in delivered.values()]
        # Walking again, only what is new counts: the rest was counted before.
        self._counts.update(a for a in actions if not self._again or a in CHANGES)
        await self._hand_over([i for i, d in delivered.items() if d.action in UNSETTLED], step)

    async def _full_records(self, step: Step) -> dict[str, ReadRecord]:
        """The page's records; read again by id where the mapping needs a subform."""
        listed = records_of(step)
        self._count("rejected", len(step.page.records) - len(listed))
        if not self._mapping.needs_subform:
            return listed
        resolution = await resolve(self._links.zoho, self._mapping, list(listed))
        self._count("absent", len(resolution.absent))
        self._count("rejected", len(resolution.refused))
        await self._hand_over(list(resolution.refused), step)
        return resolution.found

    async def _hand_over(self, ids: Sequence[str], step: Step) -> None:
        """Leaves what did not arrive to the worker, which alone writes dead letters."""
        if ids and not self._dry_run:
            at = step.page.read_time * 1000
            module = self._mapping.module
            await self._links.journal.inbox.mark(
                [Notice(module, i, Operation.UPDATE, at, Source.BACKFILL) for i in ids]
            )

    async def _mark_deleted(self, started: int) -> int:
        """Marks what the CRM lists as deleted; how many went while the last walk was under way.

        Asked from where the last sync ended, by a full sync too: the pages of living records
        tell nothing of the dead.
        """
        overlapped = started - OVERLAP_SECONDS
        earliest = overlapped if self._deleted_from is None else self._deleted_from
        module = self._mapping.module
        listed = await deleted_since(self._links, module, earliest)
        gone = [record for record in listed if record.id not in self._known_gone]
        self._known_gone.update(record.id for record in gone)
        if gone:
            await self._links.journal.inbox.mark(
                [
                    Notice(module, r.id, Operation.DELETE, r.deleted_time * 1000, Source.DELTA)
                    for r in gone
                ]
            )
        return sum(record.deleted_time >= started for record in gone)

    def _count(self, word: str, number: int) -> None:
        if number and not self._again:
            self._counts[word] += number

    def _told(self) -> None:
        self._pages += 1
        self._report(self._progress())

    def _progress(self, done: bool = False) -> Progress:
        return Progress(
            self._mapping.module, self._pages, dict(self._counts), done, self._differences
        )


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
