"""A link on which nothing can succeed now is paused, then tried with one probe."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from mzi_bridge.errors import PauseLink
from mzi_bridge.pipeline.links import Links

log = logging.getLogger(__name__)
PAUSE_SECONDS = 60.0
LONGEST_SECONDS = 3600.0
LINKS = ("zoho", "moodle")


async def pause_for(links: Links, pause: PauseLink) -> None:
    """Pauses the side that raised `pause`: for as long as it asked, else a minute.

    An hour at most: then a probe tells more than a number in a header.
    """
    until = links.clock.now() + min(pause.retry_after or PAUSE_SECONDS, LONGEST_SECONDS)
    log.error("link to %s paused: %s: %s", pause.link, pause.reason, pause)
    await links.journal.links.pause(pause.link, pause.reason, until)


async def seconds_paused(links: Links) -> float:
    """How long nothing is to be tried; 0 when both links are open or due for a probe."""
    states = [await links.journal.links.get(side) for side in LINKS]
    ends = [state.until for state in states if state is not None]
    return max(0.0, max(ends, default=0.0) - links.clock.now())


async def is_paused(links: Links) -> bool:
    """Whether a link is marked as paused, be its time up or not: then only a probe may go."""
    return any([await links.journal.links.get(side) is not None for side in LINKS])


async def resume(links: Links, sides: Sequence[str] = LINKS) -> None:
    """After a probe that reached these sides."""
    for side in sides:
        await links.journal.links.resume(side)
    log.info("links resumed: %s", ", ".join(sides))
