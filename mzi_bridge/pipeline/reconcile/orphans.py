"""Rows whose parent is not in Moodle: a payment of a student who never arrived."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct

from mzi_bridge.mapping import ModuleMapping, Preset
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.reconcile.drift import Finding, Kind
from mzi_bridge.pipeline.reconcile.mend import mend
from mzi_bridge.pipeline.reconcile.moodle import Stored, is_living, rows_of
from mzi_bridge.pipeline.resolve import resolve

GROUP = 100


class Orphan(Struct, frozen=True):
    """The row of `module` names in `column` a record of `parent` that Moodle does not show."""

    module: str
    record_id: str
    column: str
    parent: str
    parent_id: str


class Family:
    """Who names whom: a column called like another entity's key points at that entity.

    `living` holds the ids of the living rows by module.
    """

    def __init__(self, preset: Preset, living: Mapping[str, Iterable[str]]) -> None:
        self._preset = preset
        self._living = {module: set(ids) for module, ids in living.items()}
        self._parents = {
            mapping.module: _parents_of(mapping, preset) for mapping in preset.modules.values()
        }
        self._noted: list[Orphan] = []

    def note(self, module: str, record_id: str, stored: Stored) -> None:
        """Takes in a living row; to be told of each row that is looked at."""
        for column, parent in self._parents[module].items():
            parent_id = stored.get(column)
            if parent_id and parent_id not in self._living[parent]:
                self._noted.append(Orphan(module, record_id, column, parent, str(parent_id)))

    async def orphans(self, links: Links) -> list[Orphan]:
        """Those noted that are still without a parent, both rows read again."""
        noted, standing = self._noted, {}
        for module, ids in _by_module(
            [(o.parent, o.parent_id) for o in noted] + [(o.module, o.record_id) for o in noted]
        ).items():
            standing[module] = await rows_of(links, self._preset.modules[module], sorted(ids))
        return [
            orphan
            for orphan in noted
            if not is_living(standing[orphan.parent].get(orphan.parent_id))
            and is_living(row := standing[orphan.module].get(orphan.record_id))
            and row is not None
            and row.get(orphan.column) == orphan.parent_id
        ]


async def bring_parents(links: Links, orphans: Iterable[Orphan]) -> dict[tuple[str, str], str]:
    """Carries the parents over; for each that did not arrive, one word why."""
    failed: dict[tuple[str, str], str] = {}
    wanted = _by_module((orphan.parent, orphan.parent_id) for orphan in orphans)
    for module, all_ids in wanted.items():
        mapping, ids = links.preset.modules[module], sorted(all_ids)
        for start in range(0, len(ids), GROUP):
            group = ids[start : start + GROUP]
            resolution = await resolve(links.zoho, mapping, group)
            left = dict.fromkeys(resolution.absent, "parent_not_in_crm")
            left |= {i: error.reason for i, error in resolution.refused.items()}
            left |= await mend(links, mapping, resolution.found)
            failed |= {(module, i): reason for i, reason in left.items()}
    return failed


def as_finding(orphan: Orphan, reason: str = "") -> Finding:
    return Finding(Kind.ORPHAN, orphan.record_id, (orphan.column,), reason)


def _parents_of(mapping: ModuleMapping, preset: Preset) -> dict[str, str]:
    keys = {other.key_column: other.module for other in preset.modules.values()}
    return {
        column.name: keys[column.name]
        for column in mapping.columns
        if column.name in keys and column.name != mapping.key_column
    }


def _by_module(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    grouped: defaultdict[str, set[str]] = defaultdict(set)
    for module, record_id in pairs:
        grouped[module].add(record_id)
    return dict(grouped)
