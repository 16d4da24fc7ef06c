"""Rows of a subform in a record that is there already.

A row keeps its place only by its id, and whether rows that are not sent stay depends on the
version of the API: so each standing row is named, to be kept or to be deleted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mzi_bridge.mapping import JsonValue
from mzi_bridge.mapping.write_rules import WriteRows
from mzi_bridge.pipeline.links import Links

CODE = "code"
Rows = Sequence[Mapping[str, Any]]


async def standing_rows(links: Links, module: str, record_id: str, subform: str) -> Rows | None:
    """The rows the record has; None if the CRM shows no such record. Raises what a read does."""
    page = await links.zoho.records.by_id(module, record_id)
    if not page.records:
        return None
    rows = page.records[0].get(subform)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def merged(rule: WriteRows, wanted: Rows, standing: Rows) -> list[JsonValue]:
    """The wanted rows, each with the id of the standing row of its code; then the deletion of
    those that nobody wants."""
    name = next((field.name for field in rule.fields if field.fact == CODE), "")
    left = [row for row in standing if isinstance(row.get("id"), str)]
    rows: list[JsonValue] = []
    for row in wanted:
        same = next((old for old in left if name and old.get(name) == row.get(name)), None)
        if same is None:
            rows.append(dict(row))
        else:
            left.remove(same)
            rows.append({**row, "id": same["id"]})
    return [*rows, *({"id": old["id"], "_delete": None} for old in left)]


def is_settled(rule: WriteRows, wanted: Rows, standing: Rows) -> bool:
    """Whether the record has one row for each wanted one, and no other."""
    name = next((field.name for field in rule.fields if field.fact == CODE), "")
    codes = [sorted(str(row.get(name)) for row in rows) for rows in (wanted, standing)]
    return len(wanted) == len(standing) and codes[0] == codes[1]
