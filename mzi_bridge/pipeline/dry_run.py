"""What a sync would do to one page of records, without doing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from mzi_bridge.mapping import FieldChange, ModuleMapping, diff, project
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.resolve import ReadRecord

FirstDifferences = tuple[tuple[str, tuple[FieldChange, ...]], ...]
SHOWN_A_PAGE = 3


async def compare_page(
    links: Links, mapping: ModuleMapping, records: Mapping[str, ReadRecord]
) -> tuple[Counter[str], FirstDifferences]:
    """Counts by the action that would follow, and the first records that would change."""
    counts: Counter[str] = Counter()
    differences: list[tuple[str, tuple[FieldChange, ...]]] = []
    stored = await _stored(links, mapping, list(records))
    for record_id, read in records.items():
        projection = project(mapping, read.record, read.read_time)
        if projection.row is None:
            counts["rejected"] += 1
            continue
        action, changes = _would(mapping, stored.get(record_id), projection.row)
        counts[action] += 1
        if changes and len(differences) < SHOWN_A_PAGE:
            differences.append((record_id, changes))
    return counts, tuple(differences)


def _would(
    mapping: ModuleMapping, stored: Mapping[str, Any] | None, row: Mapping[str, Any]
) -> tuple[str, tuple[FieldChange, ...]]:
    changes = diff(stored or {}, row, mapping.child_keys)
    if stored is None:
        return "inserted", changes
    if stored.get("deleted_at") is not None:
        lifted = row["read_time"] > stored["deleted_at"]
        return ("updated", changes) if lifted else ("stale", ())
    if row["modified_time"] < stored["modified_time"]:
        return "stale", ()
    if row["content_hash"] == stored["content_hash"]:
        return "unchanged", ()
    if row["modified_time"] == stored["modified_time"] and row["read_time"] < stored["synced_at"]:
        return "stale", ()
    return "updated", changes


async def _stored(
    links: Links, mapping: ModuleMapping, ids: Sequence[str]
) -> dict[str, Mapping[str, Any]]:
    rows = await links.moodle.rows(mapping.entity, ids) if ids else []
    return {str(row[mapping.key_column]): row for row in rows}
