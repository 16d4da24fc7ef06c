"""Photos beside rows: which are to be looked at, and under which name they are dirty.

A photo is work of its own, so that it never delays or fails its student's row: in the journal it
is a dirty record of the module `<module>:photo`, with its own retries, pauses and dead letters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mzi_bridge.journal.records import Claim, Notice, Operation, Source
from mzi_bridge.mapping import ModuleMapping, Preset
from mzi_bridge.pipeline.deliver import Delivered
from mzi_bridge.pipeline.hold import Hold
from mzi_bridge.pipeline.links import Links

SUFFIX = ":photo"
"""No API name of a module holds a colon."""

STANDS = ("inserted", "updated", "unchanged")


def photo_key(module: str) -> str:
    """The name under which the photos of a module's records are dirty."""
    return f"{module}{SUFFIX}"


def is_photo_key(key: str) -> bool:
    return key.endswith(SUFFIX)


def photographed(preset: Preset, key: str) -> ModuleMapping | None:
    """The module whose photos are dirty under `key`; None if it is no such name, or the module
    is not mapped or has no photos."""
    module = key.removesuffix(SUFFIX)
    mapping = preset.modules.get(module) if module != key else None
    return mapping if mapping is not None and mapping.photo is not None else None


def worked_on(preset: Preset) -> frozenset[str]:
    """Every name under which this mapping has work: its modules, and their photos."""
    photos = {photo_key(m.module) for m in preset.modules.values() if m.photo is not None}
    return frozenset(preset.modules) | photos


async def leave_photos(links: Links, claim: Claim, hold: Hold, known: dict[str, Delivered]) -> None:
    """Ends what was dirty when photos were turned off. Turned on again, they are asked for anew."""
    held = await hold.held()
    await links.journal.photos.forget(claim.module.removesuffix(SUFFIX), sorted(held))
    known |= dict.fromkeys(held, Delivered("photos_off"))


async def want_photos(
    links: Links,
    mapping: ModuleMapping,
    delivered: Mapping[str, Delivered],
    *,
    noticed: bool,
) -> None:
    """Marks the photos of records that stand in Moodle now.

    All of them if a notice came (`noticed`): a new attachment need not change the record. Else
    those whose record has changed since its photo was last asked for, so that a sync of records
    that are as they were costs no call. Live rows go first, and a backfill's photos come last.
    """
    if mapping.photo is None:
        return
    versioned = mapping.modified_time_field is not None
    versions = {
        i: (outcome.version or 0) if versioned else 0
        for i, outcome in delivered.items()
        if outcome.action in STANDS
    }
    if not noticed:
        known = await links.journal.photos.get(mapping.module, list(versions))
        versions = {
            i: version
            for i, version in versions.items()
            if i not in known or known[i].version != version
        }
    await mark_photos(links, mapping, versions, Source.DELTA if noticed else Source.BACKFILL)
    await links.journal.photos.asked(mapping.module, versions)


async def mark_photos(
    links: Links, mapping: ModuleMapping, record_ids: Iterable[str], source: Source
) -> None:
    at = int(links.clock.now() * 1000)
    key = photo_key(mapping.module)
    notices = [Notice(key, i, Operation.UPDATE, at, source) for i in record_ids]
    if notices:
        await links.journal.inbox.mark(notices)
