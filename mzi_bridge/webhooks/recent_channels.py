"""Channels as they were read a moment ago: most notices come by few channels, one after the other.

Only what lets a notice in is taken from here. What would turn one away is looked at anew, so that a
token is good from the moment at which it is saved; one that is taken back may be good for a second
more, which asks for nothing but a look at a record.
"""

from __future__ import annotations

from mzi_bridge.clock import Clock
from mzi_bridge.pipeline.accept import ChannelRow
from mzi_bridge.webhooks.ports import ChannelLookup

RECENT_SECONDS = 1.0


class RecentChannels:
    def __init__(self, lookup: ChannelLookup, clock: Clock) -> None:
        self._lookup = lookup
        self._clock = clock
        self._rows: dict[str, tuple[float, ChannelRow]] = {}

    def recent(self, channel_id: str) -> ChannelRow | None:
        """As it was read within the last second."""
        read_at, row = self._rows.get(channel_id, (0.0, None))
        return row if 0 <= self._clock.now() - read_at < RECENT_SECONDS else None

    async def read(self, channel_id: str) -> ChannelRow | None:
        """As it stands now. Raises what the lookup raises."""
        asked_at = self._clock.now()
        row = await self._lookup(channel_id)
        self._rows.pop(channel_id, None)
        if row is not None:
            self._rows[channel_id] = asked_at, row
        return row
