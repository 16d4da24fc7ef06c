"""Living rows that the CRM does not show: deleted there, hidden, or not read?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mzi_bridge.errors import RetryLater
from mzi_bridge.mapping import ModuleMapping
from mzi_bridge.pipeline.brake import split_discarded
from mzi_bridge.pipeline.deleted_list import OVERLAP_SECONDS, deleted_since
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.reconcile.moodle import Stored
from mzi_bridge.zoho.records import ROW_LIMIT

FEW = 10
FEW_PERCENT = 2


@dataclass
class Extras:
    """`hidden` ids the CRM has after all; `deleted` id → time of the proven deletion (epoch s);
    `discarded` ids whose deletion the operator has decided
    against; `unproven` ids that it neither shows nor lists as deleted."""

    hidden: list[str] = field(default_factory=list)
    deleted: dict[str, int] = field(default_factory=dict)
    discarded: list[str] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)


async def explain(
    links: Links, mapping: ModuleMapping, rows: Mapping[str, Stored], living: int
) -> Extras:
    """What became of the records of `rows`, which no page and no bulk job of the CRM showed.

    Each is asked for by id, then looked up among the deleted. Raises RetryLater crm_incomplete
    when so many are there after all that the reading as a whole is worth nothing.
    """
    extras = Extras()
    ids = sorted(rows)
    for start in range(0, len(ids), ROW_LIMIT):
        extras.hidden += await _existing(links, mapping, ids[start : start + ROW_LIMIT])
        if len(extras.hidden) > max(FEW, living * FEW_PERCENT // 100):
            raise RetryLater(
                f"The CRM left out records of {mapping.module} that it has.",
                reason="crm_incomplete",
                fix="Nothing was concluded from what it left out. Try again later.",
            )
    gone = set(ids) - set(extras.hidden)
    if gone:
        since = min(int(rows[i].get("synced_at") or 0) for i in gone) - OVERLAP_SECONDS
        listed = await deleted_since(links, mapping.module, max(0, since))
        deleted = {i: at for i, at in listed.deleted_at.items() if i in gone}
        extras.unproven = sorted(gone - deleted.keys())
        extras.deleted, extras.discarded = await split_discarded(links, mapping.module, deleted)
    return extras


async def _existing(links: Links, mapping: ModuleMapping, ids: Sequence[str]) -> list[str]:
    page = await links.zoho.records.by_ids(mapping.module, ids)
    wanted = set(ids)
    return [str(record["id"]) for record in page.records if record.get("id") in wanted]
