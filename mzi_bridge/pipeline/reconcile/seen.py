"""What one look at the CRM shows of a record, and how the row in Moodle compares with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from mzi_bridge.mapping import ModuleMapping, diff, project
from mzi_bridge.mapping.standing import LINK, is_person, stands_as_written
from mzi_bridge.pipeline.reconcile.drift import Finding, Kind
from mzi_bridge.pipeline.resolve import ReadRecord

IN_DOUBT = "in_doubt"
"""Reason of a finding that only the whole record can confirm."""
UNSHOWN = "not_shown_by_id"
"""Reason of a finding about a record that the CRM lists but did not show by its id."""
Shape = frozenset[str]
"""Names of the mapped columns that a row was written without."""


class Seen(Struct, frozen=True):
    """`version` is the record's own, None if it has none. `row` is None where only the version
    was read; not `whole`: it lacks what the CRM's lists do not carry. `fault` says why the
    mapping rejects the record."""

    version: int | None
    row: Mapping[str, Any] | None = None
    whole: bool = False
    fault: str = ""

    def left_out(self, mapping: ModuleMapping) -> Shape | None:
        """The columns a row written from this record lacks; None if its content was not read."""
        if self.row is None:
            return None
        names = {column.name for column in mapping.columns}
        names.update(child.name for child in mapping.children)
        unseen = frozenset() if self.whole else subform_columns(mapping)
        return frozenset(names - unseen - self.row.keys())


def see(mapping: ModuleMapping, read: ReadRecord, *, whole: bool) -> Seen:
    """The record as read; `whole` when its subforms came with it, or it needs none."""
    projection = project(mapping, read.record, read.read_time)
    if projection.row is None:
        named = "; ".join(f"{fault.column}: {fault.code}" for fault in projection.faults)
        return Seen(None, fault=named)
    field = mapping.modified_time_field
    has_version = field is not None and read.record.get(field) not in (None, "")
    row: Mapping[str, Any] = projection.row
    version: int | None = row["modified_time"] if has_version else None
    if whole:
        return Seen(version, row, True)
    unseen = subform_columns(mapping)
    return Seen(version, {name: value for name, value in row.items() if name not in unseen})


def subform_columns(mapping: ModuleMapping) -> Shape:
    """Columns and child lists that come from subforms, which no list of the CRM carries."""
    columns = {column.name for column in mapping.columns if column.subforms}
    return frozenset(columns | {child.name for child in mapping.children if child.subforms})


def judge(
    mapping: ModuleMapping,
    record_id: str,
    seen: Seen,
    stored: Mapping[str, Any] | None,
    shapes: Iterable[Shape] = (),
) -> Finding | None:
    """What is wrong with `stored`, the row in Moodle; None when it agrees with what was seen.

    A row whose content was not seen whole must stand as it was written, with all columns or
    with one of `shapes` left out; else it is altered, IN_DOUBT.
    """
    if seen.fault or stored is None or stored.get("deleted_at") is not None:
        return not_standing(record_id, seen)
    held = stored["modified_time"]
    if seen.version is not None and held < seen.version:
        return Finding(Kind.STALE, record_id)
    columns = changed_columns(mapping, stored, seen)
    if seen.version is not None and held > seen.version:
        columns = (*columns, "modified_time")
    if columns:
        return Finding(Kind.ALTERED, record_id, columns)
    if not seen.whole and not stands_as_written(mapping, stored, _shapes(mapping, seen, shapes)):
        return Finding(Kind.ALTERED, record_id, reason=IN_DOUBT)
    return None


def not_standing(record_id: str, seen: Seen) -> Finding:
    """What is wrong where Moodle shows no living row, or could hold none."""
    if seen.fault:
        return Finding(Kind.UNREADABLE, record_id, reason=seen.fault)
    return Finding(Kind.MISSING, record_id)


def changed_columns(
    mapping: ModuleMapping, stored: Mapping[str, Any], seen: Seen
) -> tuple[str, ...]:
    """Names of the columns that hold something else; `content_hash` if nothing but that does."""
    if seen.row is None:
        return ()
    changes = diff(stored, seen.row, mapping.child_keys)
    # Which Moodle user a person is, the plugin decides: no content of the CRM's.
    own = {LINK} if is_person(stored) else set()
    columns = tuple(change.column for change in changes if change.column not in own)
    if not columns and seen.whole and stored.get("content_hash") != seen.row["content_hash"]:
        return ("content_hash",)
    return columns


def _shapes(mapping: ModuleMapping, seen: Seen, learnt: Iterable[Shape]) -> tuple[Shape, ...]:
    own = seen.left_out(mapping)
    return (own,) if own is not None else (frozenset(), *learnt)
