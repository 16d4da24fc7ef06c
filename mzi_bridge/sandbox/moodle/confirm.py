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
    """One answer per record, in order: unchanged, differs or rejected."""
    table = table_of(site, entity)
    rows = validated(table, decode_list("records", records, site.contract.max_records, count))
    return batch_answer(
        [
            row_result(index, row.zoho_id, _confirmed(site, table, row), row.errors)
            for index, row in enumerate(rows)
        ]
    )


def _confirmed(site: Site, table: EntityTable, row: ValidRow) -> Action:
    if row.errors:
        return "rejected"
    stored = table.get(row.zoho_id)
    if stored is None or not stands(site, table, row):
        return "differs"
    raise_versions(stored, row)
    return "unchanged"
