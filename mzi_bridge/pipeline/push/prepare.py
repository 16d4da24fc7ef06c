"""From sealed facts to a row that can be sent, or the reason why it is not."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct

from mzi_bridge.journal.push_records import ClaimedPush
from mzi_bridge.mapping import JsonValue, WriteRule, content_hash, project_write
from mzi_bridge.mapping.write_rules import KINDS

log = logging.getLogger(__name__)


ROWS_SENT = "rows"
"""The step of a record that may have rows of ours, answered or not."""


@dataclass(frozen=True)
class Prepared:
    """A record's fields, and the rows of its subform beside them (None where none are told).

    `crm_id`: the record, if it is known.
    """

    key: str
    row: Mapping[str, JsonValue] = field(repr=False)
    extra: Mapping[str, JsonValue] = field(repr=False)
    rows: list[dict[str, Any]] | None = field(repr=False)
    crm_id: str | None
    content_hash: str
    rows_hash: str | None

    def is_known_to_stand(self, item: ClaimedPush) -> bool:
        """Whether this very content was the last that was written."""
        return item.crm_id is not None and item.content_hash == self.content_hash


class Unfit(Struct, frozen=True):
    """Nothing can be sent; `message` names fields, never a value."""

    reason: str
    message: str


def prepare(rule: WriteRule, item: ClaimedPush) -> Prepared | Unfit:
    """The row of an owed write. A field whose value cannot be sent is left out, but for those
    without which the record could not be told from others."""
    if item.facts is None:
        return Unfit("sealed_lost", "No key of MZI_SECRET_KEY opens what was to be written.")
    facts: dict[str, Any] = json.loads(item.facts)
    row, faults = project_write(rule, facts, new=False)
    for fault in faults:
        log.warning("field left out: %s %s: %s", rule.kind, fault.column, fault.code)
    if rule.key is not None and not row.get(rule.key):
        return Unfit("projection", f"{rule.key} cannot be filled.")
    rows: Any = row.pop(rule.rows.subform, None) if rule.rows is not None else None
    by_id = KINDS[rule.kind].named_by == "id"
    return Prepared(
        key=item.record_key,
        row=row,
        extra=rule.insert,
        rows=rows,
        crm_id=item.record_key if by_id else item.crm_id or facts.get("crm_id"),
        content_hash=content_hash({"row": row, "rows": rows}),
        # Where no row was ever sent, none is looked for to be taken away.
        rows_hash=content_hash({"rows": rows}) if rows or _has_rows(item) else None,
    )


def _has_rows(item: ClaimedPush) -> bool:
    return item.rows_hash is not None or item.step == ROWS_SENT
