"""local_mzi_delete_records: tombstones, by the deletion's time on the CRM's clock."""

from __future__ import annotations

from typing import Any

from mzi_bridge.sandbox.moodle.brake import admitted
from mzi_bridge.sandbox.moodle.envelope import decode_list, table_of
from mzi_bridge.sandbox.moodle.options import read_options
from mzi_bridge.sandbox.moodle.results import Action, batch_answer, row_result
from mzi_bridge.sandbox.moodle.site import Site
from mzi_bridge.sandbox.moodle.tables import EntityTable
from mzi_bridge.sandbox.moodle.validation import RowError, read_key, read_time


def delete_records(
    site: Site, entity: str, ids: str, versions: str, options: str
) -> dict[str, Any]:
    """One answer per id, in order: deleted, unchanged, stale, held or rejected."""
    table = table_of(site, entity)
    limit = site.contract.max_records
    named = decode_list("ids", ids, limit)
    times = decode_list("versions", versions, limit, len(named))
    brake = read_options(table.entity, options).brake
    seen: set[str] = set()
    read = [_read(*pair, seen) for pair in zip(named, times, strict=True)]
    actions = [_decide(table, *deletion) for deletion in read]
    closing = [
        index
        for index, (zoho_id, _, _) in enumerate(read)
        if actions[index] == "deleted" and _lives(table, zoho_id)
    ]
    for index in closing[admitted(site, entity, brake, len(closing)) :]:
        actions[index] = "held"
    results = []
    for index, (zoho_id, version, errors) in enumerate(read):
        if actions[index] == "deleted":
            _bury(site, table, zoho_id, version)
        results.append(row_result(index, zoho_id, actions[index], errors))
    return batch_answer(results)


def _read(raw_id: Any, raw_version: Any, seen: set[str]) -> tuple[str, int, list[RowError]]:
    zoho_id, id_fault = read_key(raw_id)
    version, version_fault = read_time(raw_version)
    faults = (("ids", id_fault), ("versions", version_fault))
    errors = [RowError(name, *fault) for name, fault in faults if fault is not None]
    if zoho_id is None:
        return "", 0, errors
    if zoho_id.lower() in seen:
        errors = [RowError("ids", "duplicate", "twice in one call")]
    seen.add(zoho_id.lower())
    return zoho_id, version or 0, errors


def _decide(table: EntityTable, zoho_id: str, version: int, errors: list[RowError]) -> Action:
    if errors:
        return "rejected"
    stored = table.get(zoho_id)
    if stored is None:
        return "deleted"
    if stored.deleted:
        return "unchanged" if version <= stored.row["deleted_at"] else "deleted"
    return "stale" if version < stored.row["synced_at"] else "deleted"


def _lives(table: EntityTable, zoho_id: str) -> bool:
    stored = table.get(zoho_id)
    return stored is not None and not stored.deleted


def _bury(site: Site, table: EntityTable, zoho_id: str, version: int) -> None:
    stored = table.get(zoho_id) or table.create(zoho_id, site.now())
    stored.row["deleted_at"] = version
    stored.row["timemodified"] = site.now()
