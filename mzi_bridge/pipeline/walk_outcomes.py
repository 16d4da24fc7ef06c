"""What follows from the rows that a walk has written: kept, held back, or left to the worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mzi_bridge.journal.records import HeldKind, Notice, Operation, Source
from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.pipeline import brake
from mzi_bridge.pipeline.deliver import Delivered
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.record_keeping import keep_changes, note_actions
from mzi_bridge.pipeline.walk import Step

UNSETTLED = ("rejected", "stale", "failed")


class WalkOutcomes:
    """`source` names the walk in the history of what it changed. A dry run leaves nothing."""

    def __init__(self, links: Links, mapping: ModuleMapping, source: Source, dry_run: bool) -> None:
        self._links = links
        self._mapping = mapping
        self._source = source
        self._dry_run = dry_run

    async def settle(self, delivered: Mapping[str, Delivered], step: Step) -> None:
        """`step` is the last page of the load: what it leaves was read then or before."""
        # What the worker will not settle: the rows that this walk itself has changed.
        note_actions(self._links, self._mapping.entity, (one.action for one in delivered.values()))
        await keep_changes(self._links, self._mapping.module, delivered, self._source.turn)
        await self._settle_held(delivered, step)
        await self.hand_over([i for i, d in delivered.items() if d.action in UNSETTLED], step)

    async def release_held(self, ids: Sequence[str], step: Step) -> None:
        """Leaves to the worker what the CRM has taken back since it was held."""
        overtaken = await brake.overtaken(self._links, self._mapping.module, ids)
        await self.hand_over(overtaken, step)

    async def hand_over(self, ids: Sequence[str], step: Step) -> None:
        """Leaves what did not arrive to the worker, which alone writes dead letters."""
        if ids and not self._dry_run:
            at = step.page.read_time * 1000
            module = self._mapping.module
            await self._links.journal.inbox.mark(
                [Notice(module, i, Operation.UPDATE, at, Source.BACKFILL) for i in ids]
            )

    async def _settle_held(self, delivered: Mapping[str, Delivered], step: Step) -> None:
        held = {i: d for i, d in delivered.items() if d.action == "held"}
        module = self._mapping.module
        # A read is dated early on purpose: never before the version that it has shown.
        at = {i: max(step.page.read_time, d.version or 0) for i, d in held.items()}
        for reason in {outcome.reason for outcome in held.values()}:
            kinds = {i: d.closes or HeldKind.CLOSING for i, d in held.items() if d.reason == reason}
            await brake.hold(self._links, module, kinds, reason=reason, at=at)
        await self.release_held([i for i in delivered if i not in held], step)
