"""The merging upsert: however many notices a record has, it has one row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Executable, case

from mzi_bridge.journal.engine import Database, InsertInto
from mzi_bridge.journal.records import Notice, Operation, Source
from mzi_bridge.journal.tables import inbox, inbox_modules


class Mark(Struct, frozen=True):
    """All that a group of notices says about one record; due at once unless `ready_at` says.
    `source` is that of the most urgent of them."""

    module: str
    record_id: str
    changed_at_ms: int | None
    deleted_at_ms: int | None
    priority: int
    source: Source
    noticed_at: float
    ready_at: float | None = None

    def merged(self, other: Mark) -> Mark:
        return Mark(
            self.module,
            self.record_id,
            newer(self.changed_at_ms, other.changed_at_ms),
            newer(self.deleted_at_ms, other.deleted_at_ms),
            min(self.priority, other.priority),
            other.source if other.priority < self.priority else self.source,
            min(self.noticed_at, other.noticed_at),
            _sooner(self.ready_at, other.ready_at),
        )


def mark_of(notice: Notice, now: float) -> Mark:
    deleted = notice.operation is Operation.DELETE
    return Mark(
        notice.module,
        notice.record_id,
        None if deleted else notice.noticed_at_ms,
        notice.noticed_at_ms if deleted else None,
        notice.source.priority,
        notice.source,
        now,
        now + notice.source.wait_seconds if notice.source.wait_seconds else None,
    )


def merge_marks(marks: Iterable[Mark]) -> list[Mark]:
    """One mark a record, sorted: every process then locks rows in one order, so none deadlock."""
    merged: dict[tuple[str, str], Mark] = {}
    for mark in marks:
        key = (mark.module, mark.record_id)
        merged[key] = merged[key].merged(mark) if key in merged else mark
    return [merged[key] for key in sorted(merged)]


def write_marks(
    connection: Connection, database: Database, tenant: str, marks: Sequence[Mark]
) -> None:
    """Makes the records dirty; `marks` as merge_marks() gives them.

    A record new to the inbox gets a row. One that is there: its generation grows, the newest
    times are kept, its attempts start again, and it is due now unless someone has it leased.
    """
    if not marks:
        return
    connection.execute(_merging(database.insert), [_row(tenant, mark) for mark in marks])
    modules = [
        {"tenant": tenant, "module": m, "turn": 0} for m in sorted({m.module for m in marks})
    ]
    connection.execute(_naming(database.insert), modules)


@cache
def _merging(insert: InsertInto) -> Executable:
    upsert = insert(inbox)
    return upsert.on_conflict_do_update(
        index_elements=[inbox.c.tenant, inbox.c.module, inbox.c.record_id],
        set_=_merged_columns(upsert.excluded),
    )


@cache
def _naming(insert: InsertInto) -> Executable:
    return insert(inbox_modules).on_conflict_do_nothing()


def _row(tenant: str, mark: Mark) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "module": mark.module,
        "record_id": mark.record_id,
        "generation": 1,
        "changed_at_ms": mark.changed_at_ms,
        "deleted_at_ms": mark.deleted_at_ms,
        "first_noticed_at": mark.noticed_at,
        "last_noticed_at": mark.noticed_at,
        "priority": mark.priority,
        "source": mark.source.value,
        "attempts": 0,
        "crashes": 0,
        "ready_at": mark.noticed_at if mark.ready_at is None else mark.ready_at,
        "last_reason": "",
    }


def _merged_columns(new: Any) -> Mapping[str, ColumnElement[Any] | Any]:
    old = inbox.c
    return {
        "generation": old.generation + 1,
        "changed_at_ms": _newer_column(old.changed_at_ms, new.changed_at_ms),
        "deleted_at_ms": _newer_column(old.deleted_at_ms, new.deleted_at_ms),
        "last_noticed_at": new.last_noticed_at,
        "priority": case((new.priority < old.priority, new.priority), else_=old.priority),
        "source": case((new.priority < old.priority, new.source), else_=old.source),
        "attempts": 0,
        "last_reason": "",
        # A leased row becomes ready when its lease ends; the settle sees the new generation.
        "ready_at": case(
            (old.lease_id.is_not(None), old.ready_at),
            (old.ready_at < new.ready_at, old.ready_at),
            else_=new.ready_at,
        ),
    }


def _sooner(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else min(one, other)


def newer(one: int | None, other: int | None) -> int | None:
    return max((ms for ms in (one, other) if ms is not None), default=None)


def _newer_column(old: ColumnElement[Any], new: ColumnElement[Any]) -> ColumnElement[Any]:
    # SQLite's max() is null if either is; PostgreSQL's greatest() is not: spell it out.
    return case((old.is_(None), new), (new.is_(None), old), (new > old, new), else_=old)
