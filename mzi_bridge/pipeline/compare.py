"""Does Moodle hold what the CRM holds? Every id, and the hash of every row."""

from __future__ import annotations

from dataclasses import dataclass

from mzi_bridge.mapping import ModuleMapping, project
from mzi_bridge.moodle.functions import ManifestRow
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.resolve import resolve
from mzi_bridge.pipeline.walk import records_of, walk


@dataclass(frozen=True)
class Comparison:
    """CRM ids of one module by what is wrong; `agreed` counts the rest.

    `missing`: in the CRM only. `extra`: in Moodle only. `altered`: another content.
    `unreadable`: the mapping rejects the record, so Moodle cannot hold it.
    """

    module: str
    agreed: int
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    altered: tuple[str, ...]
    unreadable: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        return not (self.missing or self.extra or self.altered)


async def compare_module(links: Links, module: str) -> Comparison:
    """Reads the whole module from both sides. Raises what the links raise."""
    mapping = links.preset.modules[module]
    expected, unreadable = await _expected(links, mapping)
    standing = {row.id: row for row in await _manifest(links, mapping) if row.deleted_at is None}
    both = expected.keys() & standing.keys()
    altered = {i for i in both if expected[i] != standing[i].content_hash}
    return Comparison(
        module,
        agreed=len(both) - len(altered),
        missing=tuple(sorted(expected.keys() - standing.keys())),
        extra=tuple(sorted(standing.keys() - expected.keys() - unreadable)),
        altered=tuple(sorted(altered)),
        unreadable=tuple(sorted(unreadable)),
    )


async def _expected(links: Links, mapping: ModuleMapping) -> tuple[dict[str, str], set[str]]:
    hashes: dict[str, str] = {}
    unreadable: set[str] = set()
    async for step in walk(links, mapping.module, since=None):
        records = records_of(step)
        if mapping.needs_subform:
            records = (await resolve(links.zoho, mapping, list(records))).found
        for record_id, read in records.items():
            row = project(mapping, read.record, read.read_time).row
            if row is None:
                unreadable.add(record_id)
            else:
                hashes[record_id] = str(row["content_hash"])
    return hashes, unreadable


async def _manifest(links: Links, mapping: ModuleMapping) -> list[ManifestRow]:
    rows: list[ManifestRow] = []
    after = ""
    while True:
        page = await links.moodle.manifest(mapping.entity, after)
        rows += page.rows
        if not page.next:
            return rows
        after = page.next
