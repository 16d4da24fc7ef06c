"""A walk over records that mostly stand in Moodle as they are: asked for, not sent again.

Moodle confirms such a row by its versions, and then has done all that an upsert would have done of
it. Whatever it does not confirm is sent whole right after, so nothing that a walk tells or keeps
depends on who was asked.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from itertools import compress
from typing import Any

from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.moodle.errors import OF_ONE_FUNCTION, MoodleRefused
from mzi_bridge.pipeline.deliver import REFUSALS, Delivered, Projected, write
from mzi_bridge.pipeline.links import Links

log = logging.getLogger(__name__)
VERSIONS = ("modified_time", "read_time", "content_hash")
STANDS = "unchanged"


class Confirming:
    """Writes the loads of one walk. A load is asked for first if most of the one before it stood
    as it was, the first one if `asks`; where Moodle has no such function, none is."""

    def __init__(self, links: Links, mapping: ModuleMapping, *, asks: bool = False) -> None:
        self._links = links
        self._mapping = mapping
        self._asks = asks
        self._may_ask = True

    async def write(self, ready: Projected) -> dict[str, Delivered]:
        """As `deliver.write`; raises as it does."""
        asked = self._asks and self._may_ask
        standing = await self._standing(ready.rows) if asked else frozenset[str]()
        delivered = await write(self._links, self._mapping, ready, standing=standing)
        # A row may be unchanged that was not confirmed: of a person whom Moodle looks for.
        unchanged = sum(one.action == STANDS for one in delivered.values())
        self._asks = 2 * (len(standing) if asked else unchanged) > len(ready.rows)
        return delivered

    async def _standing(self, rows: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
        """What Moodle confirms; nothing where it refuses: rows sent whole meet that again."""
        try:
            return frozenset(await self._confirmed(rows))
        except REFUSALS as refusal:
            reason = refusal.reason
        except MoodleRefused as refusal:
            if refusal.reason not in OF_ONE_FUNCTION:
                raise
            reason, self._may_ask = refusal.reason, False
        log.info("%s: rows could not be confirmed: %s", self._mapping.module, reason)
        return frozenset()

    async def _confirmed(self, rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
        links, wanted = self._links, (self._mapping.key_column, *VERSIONS)
        confirmed: list[str] = []
        left = list(rows)
        while left:
            size = links.batches.now
            batch, left = left[:size], left[size:]
            asked = [{name: rows[i][name] for name in wanted} for i in batch]
            began = links.clock.now()
            stand = await links.moodle.confirm_rows(self._mapping.entity, asked)
            links.batches.answered(len(batch), links.clock.now() - began)
            confirmed += compress(batch, stand)
        return confirmed
