"""local_mzi_delete_records: tombstones, by the deletion's time on the CRM's clock."""

from __future__ import annotations

from typing import Any

from mzi_bridge.sandbox.moodle.envelope import decode_list, table_of
from mzi_bridge.sandbox.moodle.results import Action, batch_answer, row_result
from mzi_bridge.sandbox.moodle.site import Site
from mzi_bridge.sandbox.moodle.tables import EntityTable
from mzi_bridge.sandbox.moodle.validation import RowError, read_key, read_time


def delete_records(site: Site, entity: str, ids: str, versions: str) -> dict[str, Any]:
    """One answer per id, in order: deleted, unchanged, stale or rejected."""
    table = table_of(site, entity)
    limit = site.contract.max_records
    named = decode_list("ids", ids, limit)
    times = decode_list("versions", versions, limit, len(named))
    seen: set[str] = set()
    results = []
    for index, pair in enumerate(zip(named, times, strict=True)):
        zoho_id, version, errors = _read(*pair, seen)
        action: Action = "rejected" if errors else _bury(site, table, zoho_id, version)
        results.append(row_result(index, zoho_id, action, errors))
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


def _bury(site: Site, table: EntityTable, zoho_id: str, version: int) -> Action:
    stored = table.get(zoho_id)
    if stored is None:
        stored = table.create(zoho_id, site.now())
    elif stored.deleted:
        if version <= stored.row["deleted_at"]:
            return "unchanged"
    elif version < stored.row["synced_at"]:
        return "stale"
    stored.row["deleted_at"] = version
    stored.row["timemodified"] = site.now()
    return "deleted"
