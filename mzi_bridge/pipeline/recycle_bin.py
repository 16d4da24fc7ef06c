"""The CRM's recycle bin against Moodle's tombstones: what neither a notice nor a poll told.

A record restored from the bin keeps its modification time, so no delta poll finds it; and a
deletion may be older than the cursor. Both show when the whole list of deleted records is laid
beside the manifest. Costs two credits for each 200 deletions of the last months.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from mzi_bridge.journal.records import Notice, Operation, Source
from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.moodle.functions import ManifestRow
from mzi_bridge.pipeline.brake import split_discarded
from mzi_bridge.pipeline.deleted_list import deleted_since, mark_deleted
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.manifest import whole_manifest

log = logging.getLogger(__name__)
CURSOR = "recycle_bin"
PERIOD_SECONDS = 86_400.0
BIN_SECONDS = 60 * 86_400
"""How long the CRM keeps what can be restored."""


async def compare_bin_daily(links: Links, mapping: ModuleMapping) -> None:
    """`compare_bin`, if the last one is a day old. The first is a day after the first call."""
    now = links.clock.now()
    last = await links.journal.cursors.get(mapping.module, CURSOR)
    if last is not None and 0 <= now - float(last) < PERIOD_SECONDS:
        return
    if last is not None:
        await compare_bin(links, mapping, await whole_manifest(links, mapping.entity))
    await links.journal.cursors.set(mapping.module, CURSOR, str(now))


async def compare_bin(
    links: Links, mapping: ModuleMapping, manifest: Mapping[str, ManifestRow]
) -> None:
    """Marks living rows that the list names as deleted, with their proof, but for those that the
    operator has decided to keep, and tombstones that it names no longer, to be read: only a
    record read after it lifts a tombstone."""
    listed = await deleted_since(links, mapping.module, None)
    gone = {
        record_id: at
        for record_id, at in listed.deleted_at.items()
        if record_id in manifest and manifest[record_id].deleted_at is None
    }
    gone, _ = await split_discarded(links, mapping.module, gone)
    earliest = listed.read_time - BIN_SECONDS
    back = [
        row.id
        for row in manifest.values()
        if row.deleted_at is not None
        and row.deleted_at >= earliest
        and row.id not in listed.deleted_at
    ]
    if gone or back:
        log.info("%s: %d untold deletions, %d restored?", mapping.module, len(gone), len(back))
    await mark_deleted(links, mapping.module, gone.items())
    await mark_to_read(links, mapping.module, back, listed.read_time)


async def mark_to_read(links: Links, module: str, ids: list[str], at: int) -> None:
    """Makes records dirty without any proof: whoever finds them absent leaves them alone."""
    if ids:
        await links.journal.inbox.mark(
            [Notice(module, i, Operation.UPDATE, at * 1000, Source.DELTA) for i in ids]
        )
