"""Tombstones: set by proof of deletion, lifted only by a later read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.contract import ENTITIES, NOW, key_of, row
from tests.support.moodle_records import new_ids
from tests.support.real_moodle import Rest

EVERY = pytest.mark.parametrize("entity", sorted(ENTITIES))


def delete(rest: Rest, entity: str, ids: list[Any], versions: list[Any]) -> list[dict[str, Any]]:
    """Confirmed, so that no test of this file wears the brake out."""
    results = rest.delete(entity, ids, versions, brake="confirmed")
    assert len(results) == len(ids)
    return results


def action(rest: Rest, entity: str, zoho_id: str, version: int) -> str:
    [result] = delete(rest, entity, [zoho_id], [version])
    assert (result["id"], result["errors"]) == (zoho_id, [])
    return str(result["action"])


def upsert(rest: Rest, entity: str, record: dict[str, Any]) -> str:
    [result] = rest.upsert(entity, [record])
    assert not result["errors"], result
    return str(result["action"])


def deleted_at(rest: Rest, entity: str, zoho_id: str) -> int | None:
    found: int | None = rest.rows(entity, [zoho_id])[zoho_id]["deleted_at"]
    return found


@EVERY
def test_a_deletion_leaves_the_row_under_a_tombstone(rest: Rest, entity: str) -> None:
    record = row(entity)
    zoho_id = record[key_of(entity)]
    upsert(rest, entity, record)
    assert action(rest, entity, zoho_id, NOW + 5) == "deleted"
    found = rest.rows(entity, [zoho_id])[zoho_id]
    assert (found["deleted_at"], found["content_hash"]) == (NOW + 5, record["content_hash"])
    assert (found["modified_time"], found["synced_at"]) == (NOW, NOW)


@EVERY
def test_deleting_again_changes_nothing_unless_later(rest: Rest, entity: str) -> None:
    [zoho_id] = new_ids(1)
    upsert(rest, entity, row(entity, zoho_id))
    versions = (NOW + 5, NOW + 5, NOW + 4, NOW + 6)
    assert [action(rest, entity, zoho_id, version) for version in versions] == [
        "deleted",
        "unchanged",
        "unchanged",
        "deleted",
    ]
    assert deleted_at(rest, entity, zoho_id) == NOW + 6


@EVERY
def test_a_deletion_older_than_the_last_read_is_stale(rest: Rest, entity: str) -> None:
    [zoho_id] = new_ids(1)
    upsert(rest, entity, row(entity, zoho_id, at=NOW, read=NOW + 10))
    assert action(rest, entity, zoho_id, NOW + 9) == "stale"
    assert deleted_at(rest, entity, zoho_id) is None
    assert action(rest, entity, zoho_id, NOW + 10) == "deleted"


@EVERY
def test_a_late_stale_update_cannot_bring_a_record_back(rest: Rest, entity: str) -> None:
    [zoho_id] = new_ids(1)
    upsert(rest, entity, row(entity, zoho_id))
    action(rest, entity, zoho_id, NOW + 5)
    for read in (NOW + 4, NOW + 5):
        assert upsert(rest, entity, row(entity, zoho_id, at=NOW + 99, read=read)) == "stale"
    assert deleted_at(rest, entity, zoho_id) == NOW + 5


@EVERY
def test_a_read_after_the_deletion_lifts_it_whatever_its_version(rest: Rest, entity: str) -> None:
    [zoho_id] = new_ids(1)
    record = row(entity, zoho_id, at=NOW)
    upsert(rest, entity, record)
    action(rest, entity, zoho_id, NOW + 5)
    restored = row(entity, zoho_id, at=NOW - 50, read=NOW + 6)
    assert upsert(rest, entity, restored) == "updated"
    found = rest.rows(entity, [zoho_id])[zoho_id]
    assert found["deleted_at"] is None
    assert (found["modified_time"], found["synced_at"]) == (NOW - 50, NOW + 6)


@EVERY
def test_the_same_content_lifts_a_tombstone_too(rest: Rest, entity: str) -> None:
    [zoho_id] = new_ids(1)
    record = row(entity, zoho_id)
    upsert(rest, entity, record)
    action(rest, entity, zoho_id, NOW + 5)
    assert upsert(rest, entity, {**record, "read_time": NOW + 6}) == "updated"
    assert deleted_at(rest, entity, zoho_id) is None


@EVERY
def test_a_deletion_that_comes_first_stops_the_update_behind_it(rest: Rest, entity: str) -> None:
    [zoho_id] = new_ids(1)
    assert action(rest, entity, zoho_id, NOW + 5) == "deleted"
    assert upsert(rest, entity, row(entity, zoho_id, at=NOW, read=NOW + 2)) == "stale"
    assert action(rest, entity, zoho_id, NOW + 5) == "unchanged"
    assert upsert(rest, entity, row(entity, zoho_id, at=NOW, read=NOW + 6)) == "updated"


def test_deleting_many_answers_row_by_row(rest: Rest) -> None:
    ids = new_ids(4)
    rest.upsert("grades", [row("grades", zoho_id, read=NOW + 10) for zoho_id in ids[:3]])
    delete(rest, "grades", [ids[1]], [NOW + 20])
    results = delete(rest, "grades", ids, [NOW + 20, NOW + 20, NOW + 1, NOW + 20])
    actions = [result["action"] for result in results]
    assert actions == ["deleted", "unchanged", "stale", "deleted"]


@pytest.mark.parametrize(
    ("zoho_id", "version", "field", "code"),
    [
        (5, NOW, "ids", "wrong_type"),
        (None, NOW, "ids", "required"),
        ("", NOW, "ids", "required"),
        ("7" * 31, NOW, "ids", "too_long"),
        ("not an id", NOW, "ids", "invalid_value"),
        ("7300", "now", "versions", "wrong_type"),
        ("7300", None, "versions", "required"),
        ("7300", -1, "versions", "out_of_range"),
        ("7300", True, "versions", "wrong_type"),
    ],
)
def test_a_wrong_id_or_version_is_refused_by_name(
    rest: Rest, zoho_id: Any, version: Any, field: str, code: str
) -> None:
    [good] = new_ids(1)
    results = delete(rest, "students", [good, zoho_id], [NOW, version])
    assert [result["action"] for result in results] == ["deleted", "rejected"]
    faults = [(error["field"], error["code"]) for error in results[1]["errors"]]
    assert faults == [(field, code)]


def test_the_same_id_twice_in_a_call_is_a_duplicate(rest: Rest) -> None:
    [zoho_id] = new_ids(1)
    results = delete(rest, "students", [zoho_id, zoho_id], [NOW, NOW + 1])
    assert [result["action"] for result in results] == ["deleted", "rejected"]
    assert results[1]["errors"][0]["code"] == "duplicate"
    assert deleted_at(rest, "students", zoho_id) == NOW


def test_deleting_nothing_is_an_empty_answer(rest: Rest) -> None:
    assert delete(rest, "students", [], []) == []


def test_a_deletion_in_one_entity_leaves_the_same_id_in_another(rest: Rest) -> None:
    [zoho_id] = new_ids(1)
    for entity in ("students", "teachers"):
        upsert(rest, entity, row(entity, zoho_id))
    action(rest, "students", zoho_id, NOW + 1)
    assert deleted_at(rest, "teachers", zoho_id) is None
