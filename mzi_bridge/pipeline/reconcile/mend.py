"""Writing records again: exactly those handed in, whatever Moodle thinks it has."""

from __future__ import annotations

from collections.abc import Mapping

from mzi_bridge.journal.history import RECONCILE
from mzi_bridge.journal.records import Notice, Operation, Source
from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.pipeline.deliver import deliver
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.photos import want_photos
from mzi_bridge.pipeline.record_keeping import keep_changes, note_actions
from mzi_bridge.pipeline.resolve import ReadRecord

WRITTEN = ("inserted", "updated", "unchanged")
FOR_THE_WORKER = ("rejected", "failed", "held")


async def mend(
    links: Links,
    mapping: ModuleMapping,
    records: Mapping[str, ReadRecord],
    *,
    rewrite: bool = True,
) -> dict[str, str]:
    """Writes `records`, read from the CRM just now; of each that was not written, why not.

    With `rewrite` an equal hash is no reason to leave a row alone: its columns may have been
    altered under it. What Moodle rejects or holds goes to the worker, which accounts for it.
    """
    if not records:
        return {}
    delivered = await deliver(links, mapping, records, rewrite=rewrite)
    await want_photos(links, mapping, delivered, noticed=False)
    note_actions(links, mapping.entity, (result.action for result in delivered.values()))
    await keep_changes(links, mapping.module, delivered, RECONCILE)
    notices = [
        Notice(mapping.module, i, Operation.UPDATE, records[i].read_time * 1000, Source.OPERATOR)
        for i, result in delivered.items()
        if result.action in FOR_THE_WORKER
    ]
    if notices:
        await links.journal.inbox.mark(notices)
    return {
        i: result.reason or result.action
        for i, result in delivered.items()
        if result.action not in WRITTEN
    }
