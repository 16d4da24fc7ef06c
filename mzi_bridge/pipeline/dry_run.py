"""What a sync would do to one page of records, or to deletions, without doing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from mzi_bridge.mapping import ModuleMapping, project
from mzi_bridge.moodle.functions import MAX_ROWS
from mzi_bridge.pipeline.deleted_list import CURSOR, deleted_since
from mzi_bridge.pipeline.foresee import Changes, foresee, foresee_deletion
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.resolve import ReadRecord, resolve

FirstDifferences = tuple[tuple[str, Changes], ...]
SHOWN_A_PAGE = 3


async def compare_page(
    links: Links, mapping: ModuleMapping, records: Mapping[str, ReadRecord]
) -> tuple[Counter[str], FirstDifferences]:
    """Counts by the action that would follow, and the first records that would change."""
    counts: Counter[str] = Counter()
    differences: list[tuple[str, Changes]] = []
    stored = await _stored(links, mapping, list(records))
    for record_id, read in records.items():
        projection = project(mapping, read.record, read.read_time)
        if projection.row is None:
            counts["rejected"] += 1
            continue
        action, changes = foresee(mapping, stored.get(record_id), projection.row)
        counts[action] += 1
        if changes and len(differences) < SHOWN_A_PAGE:
            differences.append((record_id, changes))
    return counts, tuple(differences)


async def compare_deletions(links: Links, mapping: ModuleMapping) -> Counter[str]:
    """Counts of what would become of records that the CRM has listed as deleted since the last
    sync: nothing where there was none. One that it shows by id all the same is left alone."""
    cursor = await links.journal.cursors.get(mapping.module, CURSOR)
    if cursor is None:
        return Counter()
    deleted_at = (await deleted_since(links, mapping.module, int(cursor))).deleted_at
    gone = sorted((await resolve(links.zoho, mapping, list(deleted_at))).absent)
    stored = await _stored(links, mapping, gone)
    return Counter(foresee_deletion(stored.get(i), deleted_at[i]) for i in gone)


async def _stored(
    links: Links, mapping: ModuleMapping, ids: Sequence[str]
) -> dict[str, Mapping[str, Any]]:
    rows: list[dict[str, Any]] = []
    for start in range(0, len(ids), MAX_ROWS):
        rows += await links.moodle.rows(mapping.entity, ids[start : start + MAX_ROWS])
    return {str(row[mapping.key_column]): row for row in rows}
