"""Deletions whose proof may be out of date: is the record gone at this hour?"""

from __future__ import annotations

from collections.abc import Mapping

from mzi_bridge.errors import OperatorError
from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.pipeline.deleted_list import OVERLAP_SECONDS, deleted_pages
from mzi_bridge.pipeline.deliver import REFUSALS, Delivered, delete
from mzi_bridge.pipeline.isolate import Refusals
from mzi_bridge.pipeline.links import Links


async def confirm_late(
    links: Links,
    mapping: ModuleMapping,
    late: Mapping[str, int],
    refusals: Refusals = REFUSALS,
) -> dict[str, Delivered]:
    """Answers for those of `late` (id → epoch s of the proof) that the CRM still lists.

    Such a row was read after the deletion, from a CRM that lagged, or a notice that came after
    its proof may tell of a restore. The CRM's list of deleted records no longer names what was
    restored, so what it names now is deleted at this hour, which the tombstone then bears.
    """
    if not late:
        return {}
    # A notice is a little later than the deletion that the list tells.
    since = min(late.values()) - OVERLAP_SECONDS
    confirmed: dict[str, int] = {}
    try:
        async for page in deleted_pages(links, mapping.module, since):
            confirmed.update((r.id, page.read_time) for r in page.records if r.id in late)
    except OperatorError as refusal:
        # Not to be had now; it keeps nothing else of the batch from being settled.
        return dict.fromkeys(late, Delivered("failed", refusal.reason, refusal.message))
    return await delete(links, mapping, list(confirmed.items()), refusals)
