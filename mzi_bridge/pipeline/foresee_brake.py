"""What the brake would hold back of changes that are only looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mzi_bridge.journal.records import HeldKind
from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.moodle.functions import PluginStatus
from mzi_bridge.pipeline.brake import brake_of
from mzi_bridge.pipeline.links import Links

HELD = "held"
DISCARDED = "discarded"


class ForeseenBrake:
    """The room that the brake leaves one module, used up as if the changes were made.

    Moodle is asked for it once, at the first change that takes something away.
    """

    def __init__(self, links: Links, mapping: ModuleMapping) -> None:
        self._links = links
        self._mapping = mapping
        self._left: int | None = None

    async def hold(self, kind: HeldKind, versions: Mapping[str, int]) -> dict[str, str]:
        """What would become of those that would not be applied: `held`, or `discarded` where the
        operator has decided against it.

        `versions` names the changes that take something away, in their order, as for `brake_of`.
        Raises what the links raise.
        """
        if not versions:
            return {}
        brake = await brake_of(self._links, self._mapping, kind, versions)
        words = dict.fromkeys(versions, HELD)
        for record_id in brake.confirmed:
            del words[record_id]
        words.update(dict.fromkeys(brake.discarded, DISCARDED))
        if not brake.holding:
            left = await self._room()
            through = [record_id for record_id, word in words.items() if word == HELD][:left]
            self._left = left - len(through)
            for record_id in through:
                del words[record_id]
        return words

    async def _room(self) -> int:
        if self._left is None:
            self._left = room(await self._links.moodle.status(), self._mapping.entity)
        return self._left


def takes_away(mapping: ModuleMapping, stored: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether the row brings a living one to a status that ends it."""
    return stored.get("deleted_at") is None and any(
        row.get(column) in values and stored.get(column) not in values
        for column, values in mapping.closing.items()
    )


def room(status: PluginStatus, entity: str) -> int:
    """How many changes of `entity` the plugin would still let through within the hour."""
    for count in status.counts:
        if count.entity == entity:
            by_percent = (count.rows - count.deleted) * status.brake.percent // 100
            return max(0, max(status.brake.minimum, by_percent) - count.closings)
    return 0
