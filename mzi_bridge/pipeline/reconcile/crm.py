"""The first look at one module of the CRM: every id and version, and content as planned."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.reconcile.budget import Plan
from mzi_bridge.pipeline.reconcile.seen import UNSHOWN, Seen, Shape, see
from mzi_bridge.pipeline.resolve import resolve
from mzi_bridge.pipeline.walk import Step, records_of, walk

CURSOR = "reconcile"
SINGLE_GROUP = 100
Told = Callable[[int], None]
"""Told how many more records were read."""


@dataclass
class FirstLook:
    """`seen` by id. `started`: the CRM's time, in epoch seconds, when it was first asked.
    `shapes` of the rows whose content was read; `next_page` for the next run, if in part."""

    started: int | None = None
    seen: dict[str, Seen] = field(default_factory=dict)
    shapes: set[Shape] = field(default_factory=set)
    next_page: int | None = None

    def take(self, mapping: ModuleMapping, step: Step) -> None:
        if self.started is None:
            self.started = step.page.read_time
        for record_id, read in records_of(step).items():
            seen = see(mapping, read, whole=not mapping.needs_subform)
            self.seen[record_id] = seen
            shape = seen.left_out(mapping)
            if shape is not None:
                self.shapes.add(shape)


async def first_look(links: Links, mapping: ModuleMapping, plan: Plan, told: Told) -> FirstLook:
    """Raises what the CRM's links raise; a look that broke off is none."""
    look = FirstLook()
    if plan.pages is not None:
        await _part(links, mapping, plan.pages, look, told)
        return look
    async for step in walk(links, mapping.module, since=None):
        look.take(mapping, step)
        told(len(step.page.records))
    if plan.singly:
        await _singly(links, mapping, look)
    return look


async def settle_cursor(links: Links, mapping: ModuleMapping, look: FirstLook) -> None:
    """Moves on to the next pages; only once what was read has been dealt with."""
    if look.next_page is not None:
        await links.journal.cursors.set(mapping.module, CURSOR, str(look.next_page))


async def _part(
    links: Links, mapping: ModuleMapping, pages: int, look: FirstLook, told: Told
) -> None:
    """The content of some pages, then every version: a page is never newer than its version."""
    async with aclosing(_pages_in_turn(links, mapping, pages)) as steps:
        async for step in steps:
            look.take(mapping, step)
            look.next_page = step.number + 1 if step.page.more else 1
    # A module may lack the field that the mapping names; a job that asks for it is refused.
    has_versions = any(seen.version is not None for seen in look.seen.values())
    field = mapping.modified_time_field if has_versions else None
    versions = await links.zoho.bulk.versions(mapping.module, field)
    told(len(versions))
    for record_id, version in versions.items():
        known = look.seen.get(record_id)
        # One that changed between page and job is known by its newer version alone.
        if known is None or (known.version or 0) < version:
            look.seen[record_id] = Seen(version or None)


async def _pages_in_turn(
    links: Links, mapping: ModuleMapping, pages: int
) -> AsyncGenerator[Step, None]:
    """`pages` pages from where the last run stopped, and on from the first after the last."""
    kept = await links.journal.cursors.get(mapping.module, CURSOR)
    number, left, wrapped = int(kept or 1), pages, False
    while left:
        more = True
        async with aclosing(walk(links, mapping.module, since=None, first_page=number)) as steps:
            async for step in steps:
                yield step
                left, more = left - 1, step.page.more
                if not left:
                    return
        if more or wrapped or number == 1:
            return
        number, wrapped = 1, True


async def _singly(links: Links, mapping: ModuleMapping, look: FirstLook) -> None:
    """Each record by id, with its subforms. What the list alone showed is asked for again."""
    ids = list(look.seen)
    for start in range(0, len(ids), SINGLE_GROUP):
        resolution = await resolve(links.zoho, mapping, ids[start : start + SINGLE_GROUP])
        for record_id, read in resolution.found.items():
            look.seen[record_id] = see(mapping, read, whole=True)
        for record_id in resolution.absent:
            look.seen[record_id] = Seen(None, fault=UNSHOWN)
