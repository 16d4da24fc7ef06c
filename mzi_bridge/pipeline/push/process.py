"""One claim of owed writes, from sealed facts to settled."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from mzi_bridge.journal.push_records import (
    ClaimedPush,
    PushClaim,
    PushOutcome,
    PushOutcomeKind,
    PushStep,
)
from mzi_bridge.mapping import JsonValue, WriteRule
from mzi_bridge.pipeline import backoff
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.process import MOST_CRASHES
from mzi_bridge.pipeline.push.ending import UNCHANGED, Pushed, bury_all, carry_out
from mzi_bridge.pipeline.push.hold import PushHold
from mzi_bridge.pipeline.push.outcomes import is_settled, merged, standing_rows
from mzi_bridge.pipeline.push.prepare import ROWS_SENT, Prepared, Unfit, prepare
from mzi_bridge.pipeline.push.quiet import Quiet
from mzi_bridge.pipeline.push.requests import push_requests
from mzi_bridge.pipeline.push.rows import ToWrite, Written, write_rows
from mzi_bridge.pipeline.push.unique_key import UniqueKeys

LOOKS = 3
"""So often a record that the CRM does not show, or shows to be in the way, is tried again."""


async def push(
    links: Links,
    claim: PushClaim,
    jitter: Callable[[], float] = random.random,
    hold: PushHold | None = None,
    keys: UniqueKeys | None = None,
    quiet: Quiet | None = None,
) -> Pushed:
    """Writes and settles `claim`; what `hold` has lost is left alone. `keys` and `quiet` are what
    this process remembers.

    Never raises for a fault of the CRM, of a record or of this program: each write is settled as
    done, to be tried again, or dead with a reason. A pause costs no attempt. Raises
    JournalUnavailable; the lease then runs out and the writes are claimed again.
    """
    rule = links.preset.writes.get(claim.kind)
    if rule is None:
        what = f"The mapping has no [writes.{claim.kind}]."
        return await bury_all(links, claim, "not_mapped", what)
    if claim.items[0].crashes >= MOST_CRASHES:
        what = f"Its process died or hung {MOST_CRASHES} times in a row."
        return await bury_all(links, claim, "poison", what)
    hold = hold or PushHold(links, claim)
    if rule.mark is not None:
        return await push_requests(links, rule, claim, jitter, hold, quiet or Quiet())
    work = _Work(links, rule, claim, hold, keys or UniqueKeys(), jitter)
    return await carry_out(links, claim, rule.module, work.write, work.ended, jitter)


class _Work:
    def __init__(
        self,
        links: Links,
        rule: WriteRule,
        claim: PushClaim,
        hold: PushHold,
        keys: UniqueKeys,
        jitter: Callable[[], float],
    ) -> None:
        self._links = links
        self._rule = rule
        self._claim = claim
        self._hold = hold
        self._keys = keys
        self._jitter = jitter
        self._known: dict[str, Written] = {}
        self._prepared: dict[str, Prepared] = {}
        self._unchanged: set[str] = set()

    async def write(self) -> None:
        """Fills what is known step by step; what a later step meets takes nothing back."""
        wanted: list[Prepared] = []
        for item in self._claim.items:
            found = prepare(self._rule, item)
            if isinstance(found, Unfit):
                self._known[item.record_key] = Written(None, None, found.reason, found.message)
                continue
            self._prepared[item.record_key] = found
            if found.is_known_to_stand(item):
                self._known[item.record_key] = Written(item.crm_id)
                self._unchanged.add(item.record_key)
            else:
                wanted.append(found)
        held = await self._hold.held()
        items = {item.record_key: item for item in self._claim.items}
        rows = [await self._row(one, items[one.key]) for one in wanted if one.key in held]
        if rows:
            await self._keys.require(self._links, self._rule)
            await self._note_rows(rows, items)
        written: dict[str, Written] = {}
        try:
            await write_rows(self._links, self._rule, rows, written)
        finally:
            self._known |= {key: one for key, one in written.items() if not one.blind}
        await self._repair({key: one for key, one in written.items() if one.blind})

    async def _note_rows(self, rows: Sequence[ToWrite], items: Mapping[str, ClaimedPush]) -> None:
        """Kept before they are sent: should the answer be lost and the rows be gone in Moodle by
        the next try, they are known to have been ours."""
        subform = None if self._rule.rows is None else self._rule.rows.subform
        first = [
            PushStep(one.key, ROWS_SENT)
            for one in rows
            if one.row.get(subform or "") and items[one.key].step != ROWS_SENT
        ]
        if first:
            await self._links.journal.pushes.step(self._claim, first)

    async def _row(self, one: Prepared, item: ClaimedPush) -> ToWrite:
        """The row with its subform, where that has changed or the record is new."""
        row, rule = dict(one.row), self._rule.rows
        if rule is None or one.rows is None or one.rows_hash == item.rows_hash:
            return ToWrite(one.key, row, one.extra, one.crm_id)
        if one.crm_id is None:
            rows: dict[str, JsonValue] = {rule.subform: [*one.rows]} if one.rows else {}
            return ToWrite(one.key, row | rows, one.extra)
        standing = await standing_rows(self._links, self._rule.module, one.crm_id, rule.subform)
        row[rule.subform] = merged(rule, one.rows, standing or [])
        # A record that is gone is made anew.
        crm_id = one.crm_id if standing is not None else None
        return ToWrite(one.key, row, one.extra, crm_id)

    async def _repair(self, blind: Mapping[str, Written]) -> None:
        """Records that were taken for new and were not: the rows they had before may stand
        beside those that were sent."""
        rule = self._rule.rows
        mended: list[ToWrite] = []
        for key, written in blind.items():
            rows = self._prepared[key].rows
            if rule is None or rows is None or self._prepared[key].rows_hash is None:
                continue
            if written.crm_id is None:
                continue
            standing = await standing_rows(
                self._links, self._rule.module, written.crm_id, rule.subform
            )
            if standing is not None and not is_settled(rule, rows, standing):
                row = {rule.subform: merged(rule, rows, standing)}
                mended.append(ToWrite(key, row, crm_id=written.crm_id))
        again: dict[str, Written] = {}
        await write_rows(self._links, replace(self._rule, key=None), mended, again)
        self._known |= {**blind, **again}

    def ended(self, now: float) -> Mapping[str, PushOutcome]:
        items = {item.record_key: item for item in self._claim.items}
        return {
            key: self._outcome(items[key], written, now) for key, written in self._known.items()
        }

    def _outcome(self, item: ClaimedPush, written: Written, now: float) -> PushOutcome:
        if not written.ok:
            if written.again and item.attempts + 1 < LOOKS:
                at = now + backoff.delay(item.attempts + 1, self._jitter())
                return PushOutcome(
                    item.record_key, PushOutcomeKind.RETRY, written.reason, retry_at=at
                )
            return PushOutcome(
                item.record_key, PushOutcomeKind.DEAD, written.reason, written.message
            )
        prepared = self._prepared[item.record_key]
        at_ms = None if written.modified_time is None else written.modified_time * 1000
        return PushOutcome(
            item.record_key,
            PushOutcomeKind.DONE,
            UNCHANGED if item.record_key in self._unchanged else "",
            crm_id=written.crm_id,
            content_hash=prepared.content_hash,
            rows_hash=prepared.rows_hash,
            written_ms=at_ms,
        )
