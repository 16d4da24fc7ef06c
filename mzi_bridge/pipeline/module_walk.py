"""One module carried over, page by page: the state of a walk, with or without writing."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from enum import StrEnum
from functools import partial
from typing import Any

from msgspec import Struct

from mzi_bridge.errors import MziError, PauseLink
from mzi_bridge.journal.records import Source
from mzi_bridge.journal.runs import Run
from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.pipeline.confirm import Confirming
from mzi_bridge.pipeline.deleted_list import (
    OVERLAP_SECONDS,
    begin_deletions,
    deleted_since,
    follow_deletions,
    mark_deleted,
)
from mzi_bridge.pipeline.deliver import Delivered, write
from mzi_bridge.pipeline.dry_run import DryRun, FirstDifferences
from mzi_bridge.pipeline.id_comparison import IdComparison
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.load import Load
from mzi_bridge.pipeline.one_ahead import one_ahead
from mzi_bridge.pipeline.photos import want_photos
from mzi_bridge.pipeline.resolve import ReadRecord, resolve
from mzi_bridge.pipeline.untold import Untold
from mzi_bridge.pipeline.walk import Step, records_of, walk
from mzi_bridge.pipeline.walk_outcomes import WalkOutcomes

CURSOR = "delta"
REWALKS = 3
LAST_PAGE = "last"
"""In a run's position: no page is left to carry."""
CHANGES = ("inserted", "updated")
log = logging.getLogger(__name__)


def walked_under(run: Run, mapping: ModuleMapping) -> bool:
    """Whether every page that `run` has carried was projected as `mapping` says now."""
    position = run.position or {}
    return not position.get("page") or position.get("mapping") == mapping.digest


class Mode(StrEnum):
    FULL = "full"
    DELTA = "delta"


class Progress(Struct, frozen=True):
    """Told after every page; `counts` by outcome so far, in Moodle's words.

    `error` is what ended the module before its end, if anything did; a module that lost
    records faster than it could be read comes to its end without being `done`. `untold` counts
    the changes that a delta sync found and that a notice ought to have told of.
    """

    module: str
    pages: int
    counts: Mapping[str, int]
    done: bool = False
    differences: FirstDifferences = ()
    error: MziError | None = None
    untold: int = 0


Report = Callable[[Progress], None]


class ModuleWalk:
    """The state of one walk: what was counted, and since when."""

    def __init__(
        self, links: Links, mapping: ModuleMapping, mode: Mode, dry_run: bool, report: Report
    ) -> None:
        self._links = links
        self._mapping = mapping
        self._mode = mode
        self._report = report
        self._counts: Counter[str] = Counter()
        self._pages = 0
        self._differences: FirstDifferences = ()
        self._started = 0
        """The CRM's time at which the run began; 0 before its first page."""
        self._last_page = 1
        self._again = False
        self._compared: IdComparison | None = None
        self._untold: Untold | None = None
        full = mode is Mode.FULL
        source = Source.BACKFILL if full else Source.DELTA
        self._outcomes = WalkOutcomes(links, mapping, source, dry_run)
        # Of a delta's records most have changed.
        self._write = Confirming(links, mapping).write if full else partial(write, links, mapping)

    async def dry(self) -> Progress:
        run = DryRun(self._links, self._mapping)
        since = self._since(await self._cursor())
        async for step in walk(self._links, self._mapping.module, since=since):
            records = await self._full_records(step, self._sound(step))
            counts, differences = await run.compare_page(records)
            self._counts.update(counts)
            self._differences = (*self._differences, *differences)[:10]
            self._told()
        self._counts.update(await run.compare_deletions())
        return self._progress(done=True)

    async def real(self, run: Run) -> Progress:
        """The deletions first, then the pages; what hinders the one does not hinder the other."""
        position: dict[str, Any] = dict(run.position or {})
        cursor = position["cursor"] if "cursor" in position else await self._cursor()
        self._counts.update(run.counts)
        self._again = bool(position.get("again"))
        followed, fault = await self._follow_deletions()
        await self._prepare(cursor)
        pages_done = int(position.get("page", 0))
        self._started = position.get("started") or 0
        await self._walk(run, cursor, pages_done)
        if self._compared is not None and pages_done == 0:
            await self._compared.end(self._started)
        if not followed and fault is None:
            await begin_deletions(
                self._links, self._mapping.module, self._started - OVERLAP_SECONDS
            )
        whole = await self._is_whole(run, cursor)
        if whole:
            await self._links.journal.cursors.set(
                self._mapping.module, CURSOR, str(self._started - OVERLAP_SECONDS)
            )
        if fault is not None:
            raise fault
        return self._progress(done=whole)

    async def _follow_deletions(self) -> tuple[bool, MziError | None]:
        try:
            return await follow_deletions(self._links, self._mapping.module), None
        except PauseLink:
            raise
        except MziError as error:
            return False, error

    async def _prepare(self, cursor: int | None) -> None:
        if self._mode is not Mode.DELTA or cursor is None:
            return
        if self._mapping.modified_time_field is None:
            self._compared = IdComparison(self._links, self._mapping)
            await self._compared.begin()
        else:
            self._untold = Untold(self._links, self._mapping, cursor + OVERLAP_SECONDS)

    async def _is_whole(self, run: Run, cursor: int | None) -> bool:
        """Walks again while deletions may have moved a record past a page already read."""
        known: set[str] = set()
        for _ in range(REWALKS):
            if self._last_page == 1 or not await self._gone_meanwhile(known):
                return True
            self._again = True
            await self._walk(run, cursor, 0)
        if not await self._gone_meanwhile(known):
            return True
        log.warning("%s: records go faster than it can be read", self._mapping.module)
        return False

    async def _gone_meanwhile(self, known: set[str]) -> bool:
        """Whether records went, since the walk began, that `known` does not name; it then does."""
        module = self._mapping.module
        listed = await deleted_since(self._links, module, self._started - OVERLAP_SECONDS)
        new = {i: at for i, at in listed.deleted_at.items() if i not in known}
        known.update(new)
        await mark_deleted(self._links, module, new.items())
        return not listed.is_whole or any(at >= self._started for at in new.values())

    async def _walk(self, run: Run, cursor: int | None, pages_done: int) -> None:
        """Carries the pages after `pages_done`; while Moodle writes one load the next is read."""

        async def carry(load: Load) -> None:
            await self._carry(load)
            self._told(len(load.steps))
            step = load.steps[-1]
            position = {
                "page": step.number,
                "cursor": cursor,
                "started": self._started,
                "again": self._again,
                "mapping": self._mapping.digest,
                LAST_PAGE: not step.page.more,
            }
            await self._links.journal.runs.checkpoint(run.id, position, dict(self._counts))

        await one_ahead(self._loads(self._since(cursor), pages_done + 1), carry)

    async def _loads(self, since: int | None, first_page: int) -> AsyncGenerator[Load, None]:
        """What a call of Moodle has room for of whole pages, and one page at the least."""
        load = Load()
        pages = walk(self._links, self._mapping.module, since=since, first_page=first_page)
        try:
            async with aclosing(pages):
                async for step in pages:
                    self._started = self._started or step.page.read_time
                    self._last_page = step.number
                    records = await self._to_write(step)
                    if load.steps and len(load.records) + len(records) > self._links.batches.now:
                        yield load.ready(self._mapping)
                        load = Load()
                    load.add(step, records)
        except MziError:
            if load.steps:
                yield load.ready(self._mapping)
            raise
        if load.steps:
            yield load.ready(self._mapping)

    async def _cursor(self) -> int | None:
        if self._mode is Mode.FULL:
            return None
        cursor = await self._links.journal.cursors.get(self._mapping.module, CURSOR)
        return int(cursor) if cursor is not None else None

    def _since(self, cursor: int | None) -> int | None:
        """A module without a modification time cannot be asked for changes: read it whole."""
        return cursor if self._mapping.modified_time_field else None

    async def _to_write(self, step: Step) -> Mapping[str, ReadRecord]:
        """The records of a page, read in full, that may differ from what stands in Moodle."""
        listed = self._sound(step)
        if self._compared is not None:
            found = listed
            listed = await self._compared.to_carry(found)
            self._count("unchanged", len(found) - len(listed))
            await self._outcomes.release_held([i for i in found if i not in listed], step)
        return await self._full_records(step, listed)

    async def _carry(self, load: Load) -> None:
        if self._untold is not None:
            await self._untold.before(load.records)
        delivered = await self._write(load.projected)
        await want_photos(self._links, self._mapping, delivered, noticed=False)
        if self._untold is not None:
            changed = [i for i, d in delivered.items() if d.action in CHANGES]
            self._untold.after(load.records, changed)
        await self._account(load, delivered)

    def _sound(self, step: Step) -> dict[str, ReadRecord]:
        records = records_of(step)
        self._count("rejected", len(step.page.records) - len(records))
        return records

    async def _account(self, load: Load, delivered: Mapping[str, Delivered]) -> None:
        actions = [outcome.action for outcome in delivered.values()]
        # Walking again, only what is new counts: the rest was counted before.
        self._counts.update(a for a in actions if not self._again or a in CHANGES)
        await self._outcomes.settle(delivered, load.steps[-1])

    async def _full_records(
        self, step: Step, listed: Mapping[str, ReadRecord]
    ) -> Mapping[str, ReadRecord]:
        """`listed` as it is, or read again by id where the mapping needs a subform."""
        if not self._mapping.needs_subform:
            return listed
        resolution = await resolve(self._links.zoho, self._mapping, list(listed))
        self._count("absent", len(resolution.absent))
        self._count("rejected", len(resolution.refused))
        # The list has just shown what is absent by id: the cursor must not pass it unread.
        await self._outcomes.hand_over([*resolution.refused, *sorted(resolution.absent)], step)
        return resolution.found

    def _count(self, word: str, number: int) -> None:
        if number and not self._again:
            self._counts[word] += number

    def _told(self, pages: int = 1) -> None:
        self._pages += pages
        self._report(self._progress())

    def _progress(self, done: bool = False) -> Progress:
        return Progress(
            self._mapping.module,
            self._pages,
            dict(self._counts),
            done,
            self._differences,
            untold=self._untold.count if self._untold is not None else 0,
        )
