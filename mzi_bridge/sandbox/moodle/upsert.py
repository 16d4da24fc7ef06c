"""local_mzi_upsert_*: the rules of a write, row by row.

Order of the checks: validation, tombstone, stale, unchanged, brake, write. A tombstone is
lifted only by a record read from the CRM after it was set, whatever its Modified_Time says.
Of two records of one Modified_Time the one that was read later wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from mzi_bridge.sandbox.moodle.brake import admitted
from mzi_bridge.sandbox.moodle.envelope import decode_list, table_of
from mzi_bridge.sandbox.moodle.options import WriteOptions, read_options
from mzi_bridge.sandbox.moodle.requests import ENTITY as REQUESTS
from mzi_bridge.sandbox.moodle.requests import follow_arriving
from mzi_bridge.sandbox.moodle.results import Action, batch_answer, row_result
from mzi_bridge.sandbox.moodle.site import Site
from mzi_bridge.sandbox.moodle.tables import EntityTable, Stored
from mzi_bridge.sandbox.moodle.validation import RowError, ValidRow, validate_row

LINK: Final = "moodle_user_id"
BY_HAND: Final = "link_by_hand"


def upsert(site: Site, entity: str, records: str, count: int, options: str) -> dict[str, Any]:
    """One answer per record, in order; a bad row never fails its batch."""
    table = table_of(site, entity)
    sent = decode_list("records", records, site.contract.max_records, count)
    wanted = read_options(table.entity, options)
    rows = validated(table, sent)
    if entity == REQUESTS:
        follow_arriving(site, rows)
    actions = [_decide(site, table, row, wanted) for row in rows]
    for index in _over_the_cap(site, entity, table, rows, actions, wanted):
        actions[index] = "held"
    for row, action in zip(rows, actions, strict=True):
        _carry_out(site, table, row, action)
    return batch_answer(
        [
            row_result(index, row.zoho_id, action, row.errors)
            for index, (row, action) in enumerate(zip(rows, actions, strict=True))
        ]
    )


def validated(table: EntityTable, sent: list[Any]) -> list[ValidRow]:
    """Every record read; of two with one id the second is refused."""
    seen: set[str] = set()
    rows = []
    for record in sent:
        row = validate_row(table.entity, record)
        folded = row.zoho_id.lower()
        if folded and folded in seen:
            row.errors = [RowError(table.entity.key, "duplicate", "twice in one call")]
        seen.add(folded)
        rows.append(row)
    return rows


def _over_the_cap(
    site: Site,
    entity: str,
    table: EntityTable,
    rows: Sequence[ValidRow],
    actions: Sequence[Action],
    wanted: WriteOptions,
) -> list[int]:
    closing = [
        index
        for index, (row, action) in enumerate(zip(rows, actions, strict=True))
        if action == "updated" and _closes(table, row, wanted)
    ]
    return closing[admitted(site, entity, wanted.brake, len(closing)) :]


def _carry_out(site: Site, table: EntityTable, row: ValidRow, action: Action) -> None:
    if action == "inserted":
        _store(site, table, table.create(row.zoho_id, site.now()), row)
    stored = table.get(row.zoho_id)
    if stored is not None and action == "updated":
        _store(site, table, stored, row)
    if stored is not None and action == "unchanged":
        raise_versions(stored, row)


def _decide(site: Site, table: EntityTable, row: ValidRow, wanted: WriteOptions) -> Action:
    if row.errors:
        return "rejected"
    stored = table.get(row.zoho_id)
    if stored is None:
        return "inserted"
    if stored.deleted:
        return "updated" if row.read_time > stored.row["deleted_at"] else "stale"
    if row.modified_time < stored.row["modified_time"]:
        return "stale"
    if row.content_hash == stored.row["content_hash"]:
        again = wanted.rewrite or _newly_linked(site, stored, row)
        return "updated" if again else "unchanged"
    same_version = row.modified_time == stored.row["modified_time"]
    read_before = row.read_time < stored.row["synced_at"]
    return "stale" if same_version and read_before else "updated"


def stands(site: Site, table: EntityTable, row: ValidRow) -> bool:
    """Whether an upsert would find the record unchanged, and look for nobody."""
    return not _is_open(table, row) and _decide(site, table, row, WriteOptions()) == "unchanged"


def _is_open(table: EntityTable, row: ValidRow) -> bool:
    """Whether the person's Moodle user is still to be looked for."""
    stored = table.get(row.zoho_id)
    if stored is None or not is_person(table):
        return False
    return stored.row[LINK] is None and not stored.row.get(BY_HAND)


def _closes(table: EntityTable, row: ValidRow, wanted: WriteOptions) -> bool:
    stored = table.get(row.zoho_id)
    return (stored is not None and not stored.deleted) and any(
        row.columns.get(column) in values and stored.row[column] not in values
        for column, values in wanted.closing.items()
    )


def raise_versions(stored: Stored, row: ValidRow) -> None:
    """All that a write does of an unchanged record."""
    stored.row["modified_time"] = max(stored.row["modified_time"], row.modified_time)
    stored.row["synced_at"] = max(stored.row["synced_at"], row.read_time)


def _store(site: Site, table: EntityTable, stored: Stored, row: ValidRow) -> None:
    linked = is_person(table)
    user = _link(site, stored, row) if linked else None
    same = row.content_hash == stored.row["content_hash"] and not stored.deleted
    stored.row.update(row.columns)
    if linked:
        stored.row[LINK] = user
    stored.row.update(
        modified_time=row.modified_time,
        content_hash=row.content_hash,
        synced_at=max(row.read_time, stored.row["synced_at"]) if same else row.read_time,
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
    """The account now found, else the link that was there: it is never lowered to null, and
    what a person decided stands."""
    held: int | None = stored.row[LINK]
    if stored.row.get(BY_HAND):
        return held
    person = {**stored.row, **row.columns}
    found = site.users.resolve(person, explicit=row.columns.get(LINK))
    return held if found is None else found
