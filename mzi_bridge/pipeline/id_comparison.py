"""A poll of a module whose records bear no modification time: every id, both sides.

The list tells nothing of versions, so each listed record is compared with what stands in
Moodle, and only what differs is carried. A custom subform is not in the list: there the listed
fields are compared, and besides a slice of the records is read one by one at every poll, the
next slice at the next, so that a change within a subform that no notice told of is found after
some rounds at a bounded cost.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from mzi_bridge.mapping import ModuleMapping, diff, project
from mzi_bridge.moodle.functions import ManifestRow
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.manifest import whole_manifest
from mzi_bridge.pipeline.recycle_bin import compare_bin, mark_to_read
from mzi_bridge.pipeline.resolve import ReadRecord

MISSING = "missing_ids"
TURN = "subform_turn"
SLICE = 50
AGAIN_SECONDS = 86_400.0


class IdComparison:
    """One poll's comparison; `begin` it before the first page."""

    def __init__(self, links: Links, mapping: ModuleMapping) -> None:
        self._links = links
        self._mapping = mapping
        self._manifest: dict[str, ManifestRow] = {}
        self._listed: set[str] = set()
        self._turn = ""
        self._left = SLICE

    async def begin(self) -> None:
        self._manifest = await whole_manifest(self._links, self._mapping.entity)
        if self._mapping.needs_subform:
            cursors = self._links.journal.cursors
            self._turn = await cursors.get(self._mapping.module, TURN) or ""

    async def to_carry(self, listed: Mapping[str, ReadRecord]) -> dict[str, ReadRecord]:
        """Those of a page that differ from Moodle, or whose turn it is. Pages come by id."""
        self._listed.update(listed)
        if not self._mapping.needs_subform:
            return {i: read for i, read in listed.items() if not self._stands(i, read)}
        wanted = await self._differing(listed) | self._slice(sorted(listed))
        return {i: read for i, read in listed.items() if i in wanted}

    async def end(self, read_time: int) -> None:
        """After the last page: living rows that the list did not show are to be looked at.

        By themselves they are no reason to delete anything: they are read by id, and the CRM's
        whole list of deleted records is asked for proof. The same ids are looked at once a day.
        """
        if self._mapping.needs_subform:
            turn = self._turn if self._left <= 0 else ""
            await self._links.journal.cursors.set(self._mapping.module, TURN, turn)
        living = {row.id for row in self._manifest.values() if row.deleted_at is None}
        missing = sorted(living - self._listed)
        if missing and not await self._were_looked_at(missing):
            await mark_to_read(self._links, self._mapping.module, missing, read_time)
            await compare_bin(self._links, self._mapping, self._manifest)
            await self._remember(missing)

    def _stands(self, record_id: str, read: ReadRecord) -> bool:
        stored = self._manifest.get(record_id)
        if stored is None or stored.deleted_at is not None:
            return False
        row = project(self._mapping, read.record, read.read_time).row
        return row is not None and row["content_hash"] == stored.content_hash

    async def _differing(self, listed: Mapping[str, ReadRecord]) -> set[str]:
        known = [i for i in listed if i in self._manifest]
        rows = await self._links.moodle.rows(self._mapping.entity, known) if known else []
        stored = {str(row[self._mapping.key_column]): row for row in rows}
        return {i for i, read in listed.items() if self._differs(read, stored.get(i))}

    def _differs(self, read: ReadRecord, stored: Mapping[str, Any] | None) -> bool:
        if stored is None or stored.get("deleted_at") is not None:
            return True
        subforms = self._mapping.subforms
        shown = {name: value for name, value in read.record.items() if name not in subforms}
        row = project(self._mapping, shown, read.read_time).row
        return row is None or bool(diff(stored, row, self._mapping.child_keys))

    def _slice(self, ids: Iterable[str]) -> set[str]:
        turn = [record_id for record_id in ids if record_id > self._turn][: self._left]
        self._left -= len(turn)
        self._turn = turn[-1] if turn else self._turn
        return set(turn)

    async def _were_looked_at(self, missing: list[str]) -> bool:
        text = await self._links.journal.cursors.get(self._mapping.module, MISSING)
        last = json.loads(text) if text else {}
        age = self._links.clock.now() - last.get("at", 0.0)
        return last.get("ids") == _digest(missing) and 0 <= age < AGAIN_SECONDS

    async def _remember(self, missing: list[str]) -> None:
        seen = {"at": self._links.clock.now(), "ids": _digest(missing)}
        await self._links.journal.cursors.set(self._mapping.module, MISSING, json.dumps(seen))


def _digest(ids: list[str]) -> str:
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()
