"""What stands in Moodle: rows, in calls that the plugin takes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.moodle.functions import MAX_ROWS
from mzi_bridge.pipeline.links import Links

Stored = Mapping[str, Any]


async def stored_rows(
    links: Links, mapping: ModuleMapping, ids: Sequence[str]
) -> AsyncIterator[dict[str, Stored]]:
    """The rows of `ids` by id, call by call; ids without a row are left out."""
    for start in range(0, len(ids), MAX_ROWS):
        found = await links.moodle.rows(mapping.entity, ids[start : start + MAX_ROWS])
        yield {str(row[mapping.key_column]): row for row in found}


async def rows_of(links: Links, mapping: ModuleMapping, ids: Sequence[str]) -> dict[str, Stored]:
    """The rows of `ids`, all at once."""
    rows: dict[str, Stored] = {}
    async for found in stored_rows(links, mapping, ids):
        rows |= found
    return rows


def is_living(stored: Stored | None) -> bool:
    return stored is not None and stored.get("deleted_at") is None
