"""Whenever notices may have been missed, the modules are polled at once.

Each poll goes back to its cursor: the CRM's hour of the last one that was settled whole, less
the overlap. So however long the gap was, it is covered.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection
from typing import ParamSpec, TypeVar

from mzi_bridge.journal.errors import JournalUnavailable
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.module_walk import CURSOR

log = logging.getLogger(__name__)
LOOK_SECONDS = 5.0
Given = ParamSpec("Given")
Answer = TypeVar("Answer")


async def ask_polls(links: Links, reason: str, modules: Collection[str] | None = None) -> None:
    """Polls these modules, or all, as soon as may be; `reason` is a machine word.

    A module that was never read is left to its schedule: it has no last good moment.
    """
    wanted = links.preset.modules if modules is None else modules
    read = [m for m in wanted if await links.journal.cursors.get(m, CURSOR) is not None]
    if read:
        log.info("a gap (%s): %d modules are polled at once", reason, len(read))
        await links.journal.polls.ask(read, reason)


class NoticeGap:
    """Remembers that notices were turned away for want of a journal, until it is written.

    It is kept in memory, for the journal is away; should the process end meanwhile, the next
    one polls at its start.
    """

    def __init__(self, links: Links) -> None:
        self._links = links
        self.is_open = False

    def guarded(
        self, take: Callable[Given, Awaitable[Answer]]
    ) -> Callable[Given, Awaitable[Answer]]:
        """`take`, a part of accepting notices, watched for a journal out of reach."""

        async def watched(*given: Given.args, **named: Given.kwargs) -> Answer:
            try:
                return await take(*given, **named)
            except JournalUnavailable:
                self.is_open = True
                raise

        return watched

    async def watch(self) -> None:
        """Asks for the polls as soon as the journal is back."""
        while True:
            await self.close()
            await self._links.clock.sleep(LOOK_SECONDS)

    async def close(self) -> None:
        if not self.is_open:
            return
        self.is_open = False
        try:
            await ask_polls(self._links, "journal_unavailable")
        except JournalUnavailable:
            self.is_open = True
