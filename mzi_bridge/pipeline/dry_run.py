"""What a sync would do to pages of records and to deletions, without doing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from mzi_bridge.journal.records import HeldKind
from mzi_bridge.mapping import ModuleMapping, project
from mzi_bridge.moodle.functions import MAX_ROWS
from mzi_bridge.pipeline.brake import versions_of
from mzi_bridge.pipeline.deleted_list import CURSOR, deleted_since
from mzi_bridge.pipeline.foresee import Changes, foresee, foresee_deletion
from mzi_bridge.pipeline.foresee_brake import ForeseenBrake, takes_away
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.resolve import ReadRecord, resolve

FirstDifferences = tuple[tuple[str, Changes], ...]
SHOWN_A_PAGE = 3


class DryRun:
    """One module's; the brake counts what all its pages and deletions would take away."""

    def __init__(self, links: Links, mapping: ModuleMapping) -> None:
        self._links = links
        self._mapping = mapping
        self._brake = ForeseenBrake(links, mapping)

    async def compare_page(
        self, records: Mapping[str, ReadRecord]
    ) -> tuple[Counter[str], FirstDifferences]:
        """Counts by the action that would follow, and the first records that would change."""
        mapping = self._mapping
        actions: dict[str, str] = {}
        changes: dict[str, Changes] = {}
        closing: dict[str, Mapping[str, Any]] = {}
        stored = await _stored(self._links, mapping, list(records))
        for record_id, read in records.items():
            row = project(mapping, read.record, read.read_time).row
            if row is None:
                actions[record_id] = "rejected"
                continue
            stands = stored.get(record_id)
            actions[record_id], changes[record_id] = foresee(mapping, stands, row)
            if actions[record_id] == "updated" and takes_away(mapping, stands or {}, row):
                closing[record_id] = row
        actions.update(await self._brake.hold(HeldKind.CLOSING, versions_of(mapping, closing)))
        differing = [(record_id, found) for record_id, found in changes.items() if found]
        return Counter(actions.values()), tuple(differing[:SHOWN_A_PAGE])

    async def compare_deletions(self) -> Counter[str]:
        """Counts of what would become of records that the CRM has listed as deleted since the
        last sync: nothing where there was none. One that it shows by id all the same is left
        alone."""
        links, mapping = self._links, self._mapping
        cursor = await links.journal.cursors.get(mapping.module, CURSOR)
        if cursor is None:
            return Counter()
        deleted_at = (await deleted_since(links, mapping.module, int(cursor))).deleted_at
        gone = sorted((await resolve(links.zoho, mapping, list(deleted_at))).absent)
        stored = await _stored(links, mapping, gone)
        actions = {i: foresee_deletion(stored.get(i), deleted_at[i]) for i in gone}
        living = {
            i: deleted_at[i]
            for i, action in actions.items()
            if action == "deleted" and i in stored and stored[i].get("deleted_at") is None
        }
        actions.update(await self._brake.hold(HeldKind.DELETE, living))
        return Counter(actions.values())


async def _stored(
    links: Links, mapping: ModuleMapping, ids: Sequence[str]
) -> dict[str, Mapping[str, Any]]:
    rows: list[dict[str, Any]] = []
    for start in range(0, len(ids), MAX_ROWS):
        rows += await links.moodle.rows(mapping.entity, ids[start : start + MAX_ROWS])
    return {str(row[mapping.key_column]): row for row in rows}
