"""The yardstick of a change: one read of the CRM and one call of Moodle for each notice.

The calls are made by the bridge's own clients over connections that stay open, with a token that
is at hand, and the row is that of the bridge; so what differs is that nothing travels together.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio

from mzi_bridge.app import open_bridge
from mzi_bridge.mapping import project
from mzi_bridge.pipeline.links import Links
from mzi_bridge.settings import Settings

AT_ONCE = 8


@dataclass(frozen=True)
class Naive:
    links: Links

    async def carry(self, module: str, ids: Sequence[str]) -> None:
        """Until Moodle has answered for each record."""
        gate = anyio.CapacityLimiter(AT_ONCE)

        async def one(record_id: str) -> None:
            async with gate:
                await self.carry_one(module, record_id)

        async with anyio.create_task_group() as tasks:
            for record_id in ids:
                tasks.start_soon(one, record_id)

    async def carry_one(self, module: str, record_id: str) -> None:
        mapping = self.links.preset.modules[module]
        page = await self.links.zoho.records.by_id(module, record_id)
        row = project(mapping, page.records[0], page.read_time).row
        assert row is not None
        [answer] = await self.links.moodle.upsert(mapping.entity, [row])
        assert answer.action in ("inserted", "updated"), answer


@asynccontextmanager
async def naive(values: Mapping[str, str]) -> AsyncIterator[Naive]:
    """`values`: settings as those of a bridge, with a journal of its own."""
    gates = {"MZI_ZOHO_PARALLEL": str(AT_ONCE), "MZI_MOODLE_PARALLEL": str(AT_ONCE)}
    settings = Settings.model_validate(dict(values) | gates)
    async with open_bridge(settings) as bridge:
        yield Naive(bridge.links)
