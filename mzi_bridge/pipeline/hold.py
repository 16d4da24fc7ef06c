"""A claim in hand: its lease kept alive, and what of it passed to others meanwhile."""

from __future__ import annotations

import logging
import os
import socket

from mzi_bridge.errors import RetryLater
from mzi_bridge.journal.records import Claim
from mzi_bridge.pipeline.links import Links

log = logging.getLogger(__name__)
LEASE_SECONDS = 120.0


def this_process() -> str:
    """Who works, for people: host and process id."""
    return f"{socket.gethostname()}:{os.getpid()}"


class Hold:
    """A process that stood still longer than its lease finds here what is no longer its own."""

    def __init__(self, links: Links, claim: Claim, lease_seconds: float = LEASE_SECONDS) -> None:
        self._links = links
        self._claim = claim
        self._seconds = lease_seconds

    async def keep(self) -> None:
        """Extends the lease for as long as it is let."""
        while True:
            await self._links.clock.sleep(self._seconds / 3)
            try:
                await self._extend()
            except RetryLater as error:
                log.warning("lease not extended: %s", error)

    async def held(self) -> frozenset[str]:
        """The ids still under this claim's lease; asks the journal once the lease is up.

        Raises JournalUnavailable: then nothing may be written any more.
        """
        if self._links.clock.now() >= self._claim.lease_until:
            await self._extend()
        return frozenset(item.record_id for item in self._claim.items)

    async def _extend(self) -> None:
        before = len(self._claim.items)
        self._claim = await self._links.journal.inbox.extend(self._claim, self._seconds)
        if lost := before - len(self._claim.items):
            log.warning("%s: %d records passed to another worker", self._claim.module, lost)
