"""Photos that nobody told of: each is looked at again after so many days."""

from __future__ import annotations

from mzi_bridge.journal.records import Source
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.photos import mark_photos
from mzi_bridge.pipeline.supervise import every

ROUND_SECONDS = 3600.0
DAY = 86_400.0
AT_ONCE = 500


async def look_again(links: Links, days: float) -> None:
    """Every hour, the photos that were not asked for within `days`."""
    await every(links.clock, ROUND_SECONDS, "photos not looked at", lambda: one_round(links, days))


async def one_round(links: Links, days: float) -> int:
    """How many photos were marked: of each module the longest unseen, some hundreds at most."""
    return await _mark_unseen(links, links.clock.now() - days * DAY)


async def every_photo(links: Links) -> int:
    """Marks every photo that was ever asked for, as after Moodle lost its files; how many."""
    before, total = links.clock.now(), 0
    while marked := await _mark_unseen(links, before):
        total += marked
    return total


async def _mark_unseen(links: Links, before: float) -> int:
    marked = 0
    for mapping in links.preset.modules.values():
        if mapping.photo is not None:
            unseen = await links.journal.photos.longest_unseen(mapping.module, before, AT_ONCE)
            await mark_photos(links, mapping, unseen, Source.BACKFILL)
            await links.journal.photos.asked_again(mapping.module, unseen)
            marked += len(unseen)
    return marked
