"""How to look at each module for the credits that a run may take: pure arithmetic."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.zoho.records import PAGE_LIMIT

RUN_CREDITS = 300
"""What a run may take where both sides agree: cheap enough for every hour of the day."""
BULK_CREDITS = 56
"""A bulk job by Zoho's table, and asking a few times whether it is done."""
SECOND_LOOKS = 20
"""Credits put aside for reading again, by id, what differs at first sight."""


class Plan(Struct, frozen=True):
    """How to read one module of the CRM.

    `pages` None: every page, content and all. A number: ids and versions by one bulk job, and
    that many pages of content from where the last run stopped. `singly`: each record by id, too,
    where the mapping needs what no page carries.
    """

    pages: int | None = None
    singly: bool = False


def plan(
    mappings: Mapping[str, ModuleMapping], rows: Mapping[str, int], credits: int | None
) -> dict[str, Plan]:
    """A plan for each module of `rows` (how many rows Moodle holds); None: look at everything.

    What every id and version costs is spent in any case: a credit a page of 200, or a bulk job
    where that is less. The rest goes into content, first to modules that it can cover whole.
    """
    if credits is None:
        return {module: Plan(singly=mappings[module].needs_subform) for module in rows}
    pages = {module: -(-max(count, 1) // PAGE_LIMIT) for module, count in rows.items()}
    large = [module for module in pages if pages[module] > BULK_CREDITS]
    needed = sum(BULK_CREDITS if m in large else number for m, number in pages.items())
    rest = credits - needed - SECOND_LOOKS
    plans = {module: Plan() for module in pages}
    for left, module in enumerate(sorted(large, key=pages.__getitem__)):
        if pages[module] - BULK_CREDITS <= rest:
            rest -= pages[module] - BULK_CREDITS
            continue
        share = max(1, rest // (len(large) - left))
        plans[module] = Plan(pages=share)
        rest -= share
    return plans
