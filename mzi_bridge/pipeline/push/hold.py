"""Owed writes in hand: their lease kept alive, and what passed to others meanwhile."""

from __future__ import annotations

import logging

from mzi_bridge.errors import RetryLater
from mzi_bridge.journal.push_records import PushClaim
from mzi_bridge.pipeline.hold import LEASE_SECONDS
from mzi_bridge.pipeline.links import Links

log = logging.getLogger(__name__)


class PushHold:
    """A process that stood still longer than its lease finds here what is no longer its own."""

    def __init__(
        self, links: Links, claim: PushClaim, lease_seconds: float = LEASE_SECONDS
    ) -> None:
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
        """The keys still under this claim's lease; asks the journal once the lease is up.

        Raises JournalUnavailable: then nothing may be written any more.
        """
        if self._links.clock.now() >= self._claim.lease_until:
            await self._extend()
        return frozenset(item.record_key for item in self._claim.items)

    async def _extend(self) -> None:
        before = len(self._claim.items)
        self._claim = await self._links.journal.pushes.extend(self._claim, self._seconds)
        if lost := before - len(self._claim.items):
            log.warning("%s: %d writes passed to another pusher", self._claim.kind, lost)
