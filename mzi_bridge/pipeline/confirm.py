"""A walk over records that mostly stand in Moodle as they are: asked for, not sent again.

Moodle confirms such a row by its versions, and then has done all that an upsert would have done of
it. Whatever it does not confirm is sent whole right after, so nothing that a walk tells or keeps
depends on who was asked.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.moodle.errors import OF_ONE_FUNCTION, MoodleRefused
from mzi_bridge.moodle.functions import AS_USUAL, RowAnswer, WriteOptions
from mzi_bridge.pipeline.deliver import REFUSALS, Delivered, Projected, in_batches, write
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
        key = self._mapping.key_column

        async def call(batch: Sequence[str], *, options: WriteOptions) -> tuple[RowAnswer, ...]:
            asked = [{name: rows[i][name] for name in (key, *VERSIONS)} for i in batch]
            return await self._links.moodle.confirm_rows(self._mapping.entity, asked)

        try:
            answers = await in_batches(self._links, [(AS_USUAL, list(rows))], call, REFUSALS)
        except (*REFUSALS, MoodleRefused) as refusal:
            # If it is not of this function alone, the rows sent whole will meet it again.
            if refusal.reason not in OF_ONE_FUNCTION and isinstance(refusal, MoodleRefused):
                raise
            log.info("%s: rows cannot be confirmed: %s", self._mapping.module, refusal.reason)
            self._may_ask = False
            return frozenset()
        return frozenset(
            record_id
            for record_id, answer in answers
            if isinstance(answer, RowAnswer) and answer.action == STANDS
        )
