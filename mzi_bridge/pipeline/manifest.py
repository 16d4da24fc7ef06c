"""What stands in Moodle, by id and version."""

from __future__ import annotations

from mzi_bridge.moodle.functions import ManifestRow
from mzi_bridge.pipeline.links import Links


async def whole_manifest(links: Links, entity: str) -> dict[str, ManifestRow]:
    """Every row of the entity by CRM id, tombstones included."""
    rows: dict[str, ManifestRow] = {}
    after = ""
    while True:
        page = await links.moodle.manifest(entity, after)
        rows.update((row.id, row) for row in page.rows)
        if not page.next:
            return rows
        after = page.next
