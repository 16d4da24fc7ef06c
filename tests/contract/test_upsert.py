"""A write: inserted, updated, unchanged, stale; absent is not empty; what was sent comes back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.contract import (
    ENTITIES,
    FITTING,
    NOW,
    columns_of,
    first_text,
    full_values,
    key_of,
    one,
    row,
)
from tests.support.moodle_records import new_ids
from tests.support.real_moodle import Rest

EVERY = pytest.mark.parametrize("entity", sorted(ENTITIES))


def actions(rest: Rest, entity: str, *rows: dict[str, Any]) -> list[str]:
    results = rest.upsert(entity, list(rows))
    assert [result["index"] for result in results] == list(range(len(rows)))
    assert not any(result["errors"] for result in results), results
    return [result["action"] for result in results]


def stored(rest: Rest, entity: str, zoho_id: str) -> dict[str, Any]:
    return rest.rows(entity, [zoho_id])[zoho_id]


@EVERY
@pytest.mark.parametrize("pick", range(5))
def test_every_column_comes_back_as_it_was_sent(rest: Rest, entity: str, pick: int) -> None:
    values = full_values(entity, pick)
    sent = row(entity, **values)
    assert actions(rest, entity, sent) == ["inserted"]
    found = stored(rest, entity, sent[key_of(entity)])
    assert {name: found[name] for name in values} == values


@EVERY
def test_a_new_row_bears_its_version_and_no_tombstone(rest: Rest, entity: str) -> None:
    sent = row(entity, at=NOW, read=NOW + 7)
    actions(rest, entity, sent)
    found = stored(rest, entity, sent[key_of(entity)])
    assert found["modified_time"] == NOW
    assert found["synced_at"] == NOW + 7
    assert found["content_hash"] == sent["content_hash"]
    assert found["deleted_at"] is None
    assert found["timecreated"] == found["timemodified"] > NOW


@EVERY
def test_a_row_without_any_column_is_a_row_of_nulls(rest: Rest, entity: str) -> None:
    sent = row(entity)
    assert actions(rest, entity, sent) == ["inserted"]
    found = stored(rest, entity, sent[key_of(entity)])
    assert {found[name] for name in columns_of(entity)} == {None}


@EVERY
def test_the_same_content_again_is_unchanged(rest: Rest, entity: str) -> None:
    sent = row(entity, **full_values(entity))
    actions(rest, entity, sent)
    before = stored(rest, entity, sent[key_of(entity)])
    assert actions(rest, entity, sent) == ["unchanged"]
    assert stored(rest, entity, sent[key_of(entity)]) == before


@EVERY
def test_an_unchanged_row_bears_the_later_versions(rest: Rest, entity: str) -> None:
    sent = row(entity, **full_values(entity))
    actions(rest, entity, sent)
    before = stored(rest, entity, sent[key_of(entity)])
    later = {**sent, "modified_time": NOW + 5, "read_time": NOW + 9}
    earlier = {**sent, "modified_time": NOW + 5, "read_time": NOW + 8}
    assert actions(rest, entity, later) + actions(rest, entity, earlier) == ["unchanged"] * 2
    after = {**before, "modified_time": NOW + 5, "synced_at": NOW + 9}
    assert stored(rest, entity, sent[key_of(entity)]) == after


@EVERY
def test_an_older_version_behind_an_unchanged_one_is_stale(rest: Rest, entity: str) -> None:
    column = first_text(entity)
    sent = row(entity, **one(column, "now"))
    again = {**sent, "modified_time": NOW + 5, "read_time": NOW + 9}
    between = row(entity, sent[key_of(entity)], at=NOW + 4, read=NOW + 4, **one(column, "then"))
    assert actions(rest, entity, sent) + actions(rest, entity, again) == ["inserted", "unchanged"]
    assert actions(rest, entity, between) == ["stale"]
    assert stored(rest, entity, sent[key_of(entity)])[column] == "now"


@EVERY
def test_another_content_updates(rest: Rest, entity: str) -> None:
    before = row(entity, **full_values(entity, 0))
    after = row(entity, before[key_of(entity)], at=NOW + 1, **full_values(entity, 1))
    assert actions(rest, entity, before) + actions(rest, entity, after) == ["inserted", "updated"]
    found = stored(rest, entity, before[key_of(entity)])
    values = full_values(entity, 1)
    assert {name: found[name] for name in values} == values
    assert found["modified_time"] == NOW + 1


@EVERY
def test_a_stale_write_never_wins(rest: Rest, entity: str) -> None:
    column = first_text(entity)
    now = row(entity, **one(column, "now"))
    late = row(entity, now[key_of(entity)], at=NOW - 1, read=NOW + 60, **one(column, "before"))
    actions(rest, entity, now)
    assert actions(rest, entity, late) == ["stale"]
    assert stored(rest, entity, now[key_of(entity)])[column] == "now"


@EVERY
def test_a_write_of_the_same_second_is_accepted(rest: Rest, entity: str) -> None:
    column = first_text(entity)
    first = row(entity, **one(column, "first"))
    actions(rest, entity, first)
    second = row(entity, first[key_of(entity)], **one(column, "second"))
    assert actions(rest, entity, second) == ["updated"]
    assert stored(rest, entity, first[key_of(entity)])[column] == "second"


@EVERY
def test_an_absent_column_is_left_alone(rest: Rest, entity: str) -> None:
    values = full_values(entity)
    column = first_text(entity)
    sent = row(entity, **values)
    actions(rest, entity, sent)
    actions(rest, entity, row(entity, sent[key_of(entity)], at=NOW + 1, **one(column, "alone")))
    found = stored(rest, entity, sent[key_of(entity)])
    assert {name: found[name] for name in values} == {**values, column: "alone"}


@EVERY
def test_null_clears_every_column(rest: Rest, entity: str) -> None:
    values = full_values(entity)
    sent = row(entity, **values)
    actions(rest, entity, sent)
    nulls = dict.fromkeys(values)
    cleared = row(entity, sent[key_of(entity)], at=NOW + 1, **nulls)
    assert actions(rest, entity, cleared) == ["updated"]
    found = stored(rest, entity, sent[key_of(entity)])
    assert {name: found[name] for name in values} == nulls


def test_an_empty_text_is_kept_apart_from_null(rest: Rest) -> None:
    empty, null = row("students", first_name=""), row("students", first_name=None)
    actions(rest, "students", empty, null)
    key = key_of("students")
    assert stored(rest, "students", empty[key])["first_name"] == ""
    assert stored(rest, "students", null[key])["first_name"] is None


def test_a_batch_answers_row_by_row_in_order(rest: Rest) -> None:
    ids = new_ids(4)
    old = [row("payments", zoho_id, note="old") for zoho_id in ids[:3]]
    actions(rest, "payments", *old)
    batch = [
        row("payments", ids[3], note="new"),
        old[0],
        row("payments", ids[1], at=NOW + 1, note="newer"),
        row("payments", ids[2], at=NOW - 1, note="older"),
    ]
    assert actions(rest, "payments", *batch) == ["inserted", "unchanged", "updated", "stale"]


def test_rows_of_one_batch_need_not_name_the_same_columns(rest: Rest) -> None:
    ids = new_ids(2)
    whole = [row("students", zoho_id, **full_values("students")) for zoho_id in ids]
    actions(rest, "students", *whole)
    actions(
        rest,
        "students",
        row("students", ids[0], at=NOW + 1, city="Amman"),
        row("students", ids[1], at=NOW + 1, country=None, birth_date="2000-01-01"),
    )
    found = rest.rows("students", ids)
    expected = full_values("students")
    assert {n: found[ids[0]][n] for n in expected} == {**expected, "city": "Amman"}
    changed = {**expected, "country": None, "birth_date": "2000-01-01"}
    assert {n: found[ids[1]][n] for n in expected} == changed


def test_a_batch_of_five_hundred_is_taken_whole(rest: Rest) -> None:
    ids = new_ids(500)
    batch = [row("enrollments", zoho_id, enrollment_type="Normal") for zoho_id in ids]
    assert set(actions(rest, "enrollments", *batch)) == {"inserted"}
    assert set(actions(rest, "enrollments", *batch)) == {"unchanged"}
    assert set(rest.rows("enrollments", ids)) == set(ids)


def test_an_empty_batch_is_an_empty_answer(rest: Rest) -> None:
    assert rest.call("local_mzi_upsert_units", records="[]", count=0) == {"count": 0, "results": []}


@pytest.mark.parametrize("text", FITTING["text"])
def test_text_of_any_script_comes_back_letter_for_letter(rest: Rest, text: str) -> None:
    sent = row("students", display_name=text, address=text * 200)
    actions(rest, "students", sent)
    found = stored(rest, "students", sent["zoho_student_id"])
    assert (found["display_name"], found["address"]) == (text, text * 200)


@pytest.mark.parametrize(
    ("sent", "kept"), [("0012.50", "12.50"), ("-0.00", "0.00"), ("-1.05", "-1.05")]
)
def test_money_comes_back_in_its_plain_form(rest: Rest, sent: str, kept: str) -> None:
    record = row("payments", amount=sent)
    actions(rest, "payments", record)
    assert stored(rest, "payments", record["zoho_payment_id"])["amount"] == kept


def test_true_and_false_are_no_numbers_for_an_int_column(rest: Rest) -> None:
    [result] = rest.upsert("units", [row("units", credit=True)])
    assert [error["code"] for error in result["errors"]] == ["wrong_type"]


def test_details_keep_the_shape_of_their_json(rest: Rest) -> None:
    details = {"rows": [{"empty": {}, "list": [], "number": 1.5, "text": "نص / slash"}]}
    sent = row("requests", details=details)
    actions(rest, "requests", sent)
    assert stored(rest, "requests", sent["zoho_request_id"])["details"] == details


def test_a_value_at_its_longest_fits(rest: Rest) -> None:
    values = {
        name: "ي" * column["length"]
        for name, column in columns_of("classes").items()
        if column["type"] == "text" and column["length"]
    }
    sent = row("classes", **values)
    assert actions(rest, "classes", sent) == ["inserted"]
    found = stored(rest, "classes", sent["zoho_class_id"])
    assert {name: found[name] for name in values} == values


def test_an_emoji_counts_as_one_character(rest: Rest) -> None:
    column = columns_of("students")["student_id"]
    sent = row("students", student_id="🎓" * column["length"])
    assert actions(rest, "students", sent) == ["inserted"]
