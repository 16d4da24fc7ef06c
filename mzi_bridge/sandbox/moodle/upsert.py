"""local_mzi_upsert_*: the rules of a write, row by row.

Order of the checks: validation, tombstone, stale, unchanged, write. A tombstone is lifted
only by a record read from the CRM after it was set, whatever its Modified_Time says.
"""

from __future__ import annotations

from typing import Any, Final

from mzi_bridge.sandbox.moodle.envelope import decode_list, table_of
from mzi_bridge.sandbox.moodle.results import Action, batch_answer, row_result
from mzi_bridge.sandbox.moodle.site import Site
from mzi_bridge.sandbox.moodle.tables import EntityTable, Stored
from mzi_bridge.sandbox.moodle.validation import RowError, ValidRow, validate_row

LINK: Final = "moodle_user_id"


def upsert(site: Site, entity: str, records: str, count: int) -> dict[str, Any]:
    """One answer per record, in order; a bad row never fails its batch."""
    table = table_of(site, entity)
    sent = decode_list("records", records, site.contract.max_records, count)
    seen: set[str] = set()
    results = []
    for index, record in enumerate(sent):
        row = validate_row(table.entity, record)
        folded = row.zoho_id.lower()
        if folded and folded in seen:
            row.errors = [RowError(table.entity.key, "duplicate", "twice in one call")]
        seen.add(folded)
        action: Action = "rejected" if row.errors else _write(site, table, row)
        results.append(row_result(index, row.zoho_id, action, row.errors))
    return batch_answer(results)


def _write(site: Site, table: EntityTable, row: ValidRow) -> Action:
    stored = table.get(row.zoho_id)
    if stored is None:
        stored = table.create(row.zoho_id, site.now())
        _store(site, table, stored, row)
        return "inserted"
    if stored.deleted:
        if row.read_time <= stored.row["deleted_at"]:
            return "stale"
    elif row.modified_time < stored.row["modified_time"]:
        return "stale"
    elif row.content_hash == stored.row["content_hash"] and not _newly_linked(site, stored, row):
        return "unchanged"
    _store(site, table, stored, row)
    return "updated"


def _store(site: Site, table: EntityTable, stored: Stored, row: ValidRow) -> None:
    linked = is_person(table)
    user = _link(site, stored, row) if linked else None
    stored.row.update(row.columns)
    if linked:
        stored.row[LINK] = user
    stored.row.update(
        modified_time=row.modified_time,
        content_hash=row.content_hash,
        synced_at=row.read_time,
        deleted_at=None,
        timemodified=site.now(),
    )
    for name, rows in row.children.items():
        table.set_children(stored, name, rows)


def is_person(table: EntityTable) -> bool:
    """Students and teachers have a Moodle user; a request only carries a number."""
    return LINK in table.entity.columns and "academic_email" in table.entity.columns


def _newly_linked(site: Site, stored: Stored, row: ValidRow) -> bool:
    return (
        LINK in stored.row
        and "academic_email" in stored.row
        and stored.row[LINK] is None
        and _link(site, stored, row) is not None
    )


def _link(site: Site, stored: Stored, row: ValidRow) -> int | None:
    """The account now found, else the link that was there: it is never lowered to null."""
    person = {**stored.row, **row.columns}
    found = site.users.resolve(person, explicit=row.columns.get(LINK))
    return stored.row[LINK] if found is None else found
