"""One module carried over, page by page: the state of a walk, with or without writing."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mzi_bridge.errors import MziError
from mzi_bridge.journal.records import HeldKind, Notice, Operation, Source
from mzi_bridge.journal.runs import Run
from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.pipeline import brake
from mzi_bridge.pipeline.deliver import Delivered, deliver
from mzi_bridge.pipeline.dry_run import FirstDifferences, compare_deletions, compare_page
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


class ModuleWalk:
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
        deletions = await compare_deletions(self._links, self._mapping, await self._stored_cursor())
        self._counts.update(deletions)
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
        await self._settle_held(delivered, step)
        await self._hand_over([i for i, d in delivered.items() if d.action in UNSETTLED], step)

    async def _settle_held(self, delivered: Mapping[str, Delivered], step: Step) -> None:
        held = {i: d for i, d in delivered.items() if d.action == "held"}
        module = self._mapping.module
        for reason in {outcome.reason for outcome in held.values()}:
            kinds = {i: d.closes or HeldKind.CLOSING for i, d in held.items() if d.reason == reason}
            await brake.hold(self._links, module, kinds, reason=reason, at=step.page.read_time)
        others = [i for i in delivered if i not in held]
        await self._hand_over(await brake.overtaken(self._links, module, others), step)

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
