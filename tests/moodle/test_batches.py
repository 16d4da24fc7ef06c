"""Batches on a real database: whole, in order, and side by side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.moodle_records import new_ids, student
from tests.support.real_moodle import Rest

FULL_BATCH = 500
WIDE: dict[str, Any] = {
    f: f"{f} of a student"
    for f in ("first_name", "last_name", "display_name", "nationality", "address", "city")
}


def actions(results: list[dict[str, Any]]) -> list[str]:
    return [result["action"] for result in results]


def test_a_full_batch_arrives_whole_and_in_order(rest: Rest) -> None:
    ids = new_ids(FULL_BATCH)
    results = rest.upsert("students", [student(zoho_id, **WIDE) for zoho_id in ids])
    assert [result["id"] for result in results] == ids
    assert [result["index"] for result in results] == list(range(FULL_BATCH))
    assert set(actions(results)) == {"inserted"}
    stored = rest.rows("students", ids)
    assert stored.keys() == set(ids)
    assert all(row["city"] == WIDE["city"] for row in stored.values())


def test_a_batch_of_more_values_than_php_takes_variables_arrives_whole(rest: Rest) -> None:
    wide = {**WIDE, "phone": "1", "gender": "x", "country": "y"}
    records = [student(zoho_id, **wide) for zoho_id in new_ids(FULL_BATCH)]
    limit = rest.call("local_mzi_get_status")["max_input_vars"]
    assert sum(len(record) for record in records) > limit
    assert actions(rest.upsert("students", records)) == ["inserted"] * FULL_BATCH


def test_the_same_batch_again_changes_nothing(rest: Rest) -> None:
    records = [student(zoho_id, **WIDE) for zoho_id in new_ids(FULL_BATCH)]
    rest.upsert("students", records)
    assert set(actions(rest.upsert("students", records))) == {"unchanged"}


def test_a_full_batch_of_changes_is_stored_row_by_row(rest: Rest) -> None:
    ids = new_ids(FULL_BATCH)
    rest.upsert("students", [student(zoho_id, **WIDE) for zoho_id in ids])
    changed = [student(zoho_id, at=1_700_000_001, city=zoho_id) for zoho_id in ids]
    assert set(actions(rest.upsert("students", changed))) == {"updated"}
    stored = rest.rows("students", ids)
    assert all(row["city"] == zoho_id for zoho_id, row in stored.items())
    assert all(row["first_name"] == WIDE["first_name"] for row in stored.values())


def test_one_bad_row_fails_alone(rest: Rest) -> None:
    ids = new_ids(FULL_BATCH)
    records = [student(zoho_id, **WIDE) for zoho_id in ids]
    records[250]["birth_date"] = "yesterday"
    results = rest.upsert("students", records)
    assert results[250]["action"] == "rejected"
    assert [error["field"] for error in results[250]["errors"]] == ["birth_date"]
    assert actions(results).count("inserted") == FULL_BATCH - 1
    assert rest.rows("students", ids).keys() == set(ids) - {ids[250]}


@pytest.mark.parametrize(
    "text",
    [
        "ليلى عبد الله",
        "İçöğüş",
        "👩🏽‍🎓 𝒜",
        'O\'Brien \\ "x" ; -- %s {user}',
        "<b>&amp;</b>",
        " a\t\nb ",
    ],
)
def test_text_comes_back_as_it_went(rest: Rest, text: str) -> None:
    [zoho_id] = new_ids(1)
    rest.upsert("students", [student(zoho_id, first_name=text, address=text)])
    row = rest.rows("students", [zoho_id])[zoho_id]
    assert (row["first_name"], row["address"]) == (text, text)


def test_four_writers_of_one_new_batch_do_not_hurt_each_other(rest: Rest) -> None:
    ids = new_ids(50)
    batches = [
        [student(zoho_id, at=1_700_000_000 + n, city=f"city {n}") for zoho_id in ids]
        for n in range(4)
    ]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda batch: rest.upsert("students", batch), batches))
    allowed = {"inserted", "updated", "stale"}
    assert all(set(actions(results)) <= allowed for results in answers)
    stored = rest.rows("students", ids)
    assert {row["city"] for row in stored.values()} == {"city 3"}


def test_the_manifest_pages_through_every_row_once(rest: Rest) -> None:
    ids = sorted(new_ids(25))
    rest.upsert("students", [student(zoho_id) for zoho_id in ids])
    after, seen = str(int(ids[0]) - 1).zfill(19), list[str]()
    while True:
        page = rest.call("local_mzi_get_manifest", entity="students", after=after, limit=7)
        seen += [row["id"] for row in page["rows"]]
        if not page["next"]:
            break
        after = page["next"]
    assert seen == ids


def test_a_delete_of_a_full_batch_leaves_tombstones(rest: Rest) -> None:
    ids = new_ids(FULL_BATCH)
    rest.upsert("students", [student(zoho_id) for zoho_id in ids])
    results = rest.delete("students", ids, [1_700_000_005] * FULL_BATCH, brake="confirmed")
    assert set(actions(results)) == {"deleted"}
    stored = rest.rows("students", ids)
    assert {row["deleted_at"] for row in stored.values()} == {1_700_000_005}
