"""local_mzi_confirm_rows: what an upsert would find unchanged, told by the versions alone."""

from __future__ import annotations

from typing import Any

from mzi_bridge.sandbox.moodle.envelope import decode_list, table_of
from mzi_bridge.sandbox.moodle.results import Action, batch_answer, row_result
from mzi_bridge.sandbox.moodle.site import Site
from mzi_bridge.sandbox.moodle.tables import EntityTable
from mzi_bridge.sandbox.moodle.upsert import raise_versions, stands, validated
from mzi_bridge.sandbox.moodle.validation import ValidRow


def confirm_rows(site: Site, entity: str, records: str, count: int) -> dict[str, Any]:
    """The answers of those alone that are not confirmed, in order: differs or rejected."""
    table = table_of(site, entity)
    rows = validated(table, decode_list("records", records, site.contract.max_records, count))
    actions = [_confirmed(site, table, row) for row in rows]
    others = [
        row_result(index, row.zoho_id, action, row.errors)
        for index, (row, action) in enumerate(zip(rows, actions, strict=True))
        if action != "unchanged"
    ]
    return batch_answer(others) | {"count": len(rows)}


def _confirmed(site: Site, table: EntityTable, row: ValidRow) -> Action:
    if row.errors:
        return "rejected"
    stored = table.get(row.zoho_id)
    if stored is None or not stands(site, table, row):
        return "differs"
    raise_versions(stored, row)
    return "unchanged"
