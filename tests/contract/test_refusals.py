"""A row that does not fit is refused by field and code, and refuses nobody beside it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.contract import (
    ENTITIES,
    MISFITS,
    PARENTS,
    child_rows,
    columns_of,
    first_text,
    key_of,
    one,
    row,
)
from tests.support.moodle_records import new_ids
from tests.support.real_moodle import Rest

EVERY = pytest.mark.parametrize("entity", sorted(ENTITIES))
META = ("modified_time", "read_time", "content_hash")


def faults(rest: Rest, entity: str, record: Any) -> set[tuple[str, str]]:
    """(field, code) of every error of a lone record that must be refused."""
    [result] = rest.upsert(entity, [record])
    assert result["action"] == "rejected", result
    assert all(error["message"] for error in result["errors"])
    return {(error["field"], error["code"]) for error in result["errors"]}


@EVERY
def test_each_wrong_type_is_named_for_each_column(rest: Rest, entity: str) -> None:
    cases = [
        (name, value, code)
        for name, column in columns_of(entity).items()
        for value, code in MISFITS[column["type"]]
    ]
    records = [row(entity, **one(name, value)) for name, value, _ in cases]
    results = [
        found
        for start in range(0, len(records), 500)
        for found in rest.upsert(entity, records[start : start + 500])
    ]
    for (name, value, code), result in zip(cases, results, strict=True):
        found = [(error["field"], error["code"]) for error in result["errors"]]
        assert found == [(name, code)], (name, value)
    ids = [record[key_of(entity)] for record in records]
    assert rest.rows(entity, ids[:500]) == {}


@EVERY
def test_a_row_wrong_in_every_column_names_them_all(rest: Rest, entity: str) -> None:
    values = {name: MISFITS[column["type"]][0][0] for name, column in columns_of(entity).items()}
    assert faults(rest, entity, row(entity, **values)) == {
        (name, MISFITS[column["type"]][0][1]) for name, column in columns_of(entity).items()
    }


@EVERY
def test_one_character_too_many_is_too_long(rest: Rest, entity: str) -> None:
    texts = {
        name: "ي" * (column["length"] + 1)
        for name, column in columns_of(entity).items()
        if column["type"] == "text" and column["length"]
    }
    assert faults(rest, entity, row(entity, **texts)) == {(name, "too_long") for name in texts}


@EVERY
def test_an_unknown_field_is_never_dropped_in_silence(rest: Rest, entity: str) -> None:
    record = row(entity, no_such_column=1, Academic_Password=None)
    expected = {("no_such_column", "unknown_field"), ("Academic_Password", "unknown_field")}
    assert faults(rest, entity, record) == expected


@pytest.mark.parametrize("column", ["id", "synced_at", "deleted_at", "timecreated", "timemodified"])
def test_what_the_plugin_keeps_itself_cannot_be_written(rest: Rest, column: str) -> None:
    assert faults(rest, "students", row("students", **one(column, 1))) == {
        (column, "unknown_field")
    }


@EVERY
@pytest.mark.parametrize("missing", ["key", *META])
@pytest.mark.parametrize("how", ["absent", "null"])
def test_key_version_and_hash_must_be_there(
    rest: Rest, entity: str, missing: str, how: str
) -> None:
    name = key_of(entity) if missing == "key" else missing
    record = row(entity)
    if how == "null":
        record[name] = None
    else:
        del record[name]
    assert faults(rest, entity, record) == {(name, "required")}


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("zoho_student_id", "", "required"),
        ("zoho_student_id", 7300000000000000001, "wrong_type"),
        ("zoho_student_id", "7" * 31, "too_long"),
        ("zoho_student_id", "73 00", "invalid_value"),
        ("zoho_student_id", "٧٣", "invalid_value"),
        ("zoho_student_id", "73\n", "invalid_value"),
        ("modified_time", "1700000000", "wrong_type"),
        ("modified_time", -1, "out_of_range"),
        ("modified_time", 1.5, "wrong_type"),
        ("modified_time", True, "wrong_type"),
        ("read_time", [], "wrong_type"),
        ("read_time", 10_000_000_000, "out_of_range"),
        ("content_hash", 5, "wrong_type"),
        ("content_hash", "", "invalid_value"),
        ("content_hash", "a" * 63, "invalid_value"),
        ("content_hash", "A" * 64, "invalid_value"),
        ("content_hash", "a" * 65, "too_long"),
    ],
)
def test_a_wrong_key_version_or_hash_is_named(rest: Rest, name: str, value: Any, code: str) -> None:
    assert faults(rest, "students", {**row("students"), name: value}) == {(name, code)}


@pytest.mark.parametrize("record", [None, 5, "text", True, [], ["x"]])
def test_a_record_must_be_an_object(rest: Rest, record: Any) -> None:
    assert faults(rest, "students", record) == {("", "wrong_type")}


def test_an_empty_object_lacks_all_that_is_required(rest: Rest) -> None:
    expected = {(name, "required") for name in ("zoho_student_id", *META)}
    assert faults(rest, "students", {}) == expected


def test_a_text_with_nul_is_refused(rest: Rest) -> None:
    assert faults(rest, "students", row("students", city="a\0b")) == {("city", "invalid_value")}


@EVERY
def test_the_second_record_of_one_id_is_a_duplicate(rest: Rest, entity: str) -> None:
    column = first_text(entity)
    first = row(entity, **one(column, "first"))
    second = row(entity, first[key_of(entity)], **one(column, "second"))
    results = rest.upsert(entity, [first, second])
    assert [result["action"] for result in results] == ["inserted", "rejected"]
    [error] = results[1]["errors"]
    assert (error["field"], error["code"]) == (key_of(entity), "duplicate")
    assert rest.rows(entity, [first[key_of(entity)]])[first[key_of(entity)]][column] == "first"


def test_a_refused_record_still_counts_for_duplicates(rest: Rest) -> None:
    [zoho_id] = new_ids(1)
    results = rest.upsert("units", [row("units", zoho_id, credit="x"), row("units", zoho_id)])
    assert [result["errors"][0]["code"] for result in results] == ["wrong_type", "duplicate"]
    assert rest.rows("units", [zoho_id]) == {}


def test_one_bad_row_never_fails_its_batch(rest: Rest) -> None:
    good, bad, also_good = row("grades"), row("grades", attempt_number="two"), row("grades")
    no_record: Any = None
    results = rest.upsert("grades", [good, bad, no_record, also_good])
    actions = [result["action"] for result in results]
    assert actions == ["inserted", "rejected", "rejected", "inserted"]
    assert [result["id"] for result in results] == [
        good["zoho_grade_id"],
        bad["zoho_grade_id"],
        "",
        also_good["zoho_grade_id"],
    ]


def test_a_refused_row_leaves_what_was_stored(rest: Rest) -> None:
    kept = row("units", name="kept")
    rest.upsert("units", [kept])
    rest.upsert("units", [row("units", kept["zoho_unit_id"], at=1_800_000_000, name=5)])
    assert rest.rows("units", [kept["zoho_unit_id"]])[kept["zoho_unit_id"]]["name"] == "kept"


def test_a_message_never_quotes_the_value(rest: Rest) -> None:
    canary = "canary7f3a"
    values: dict[str, Any] = {"birth_date": canary, "city": [canary], "gender": canary * 60}
    [result] = rest.upsert("students", [row("students", **values)])
    assert len(result["errors"]) == 3
    assert canary not in str(result)


@pytest.mark.parametrize(("entity", "name"), PARENTS)
def test_each_wrong_type_is_named_for_each_column_of_a_list(
    rest: Rest, entity: str, name: str
) -> None:
    child = ENTITIES[entity]["children"][name]
    cases = [
        (column, value, code)
        for column, spec in child["columns"].items()
        for value, code in MISFITS[spec["type"]]
    ]
    records = [
        row(entity, **one(name, [*child_rows(child, 1), {child["key"]: "P9", column: value}]))
        for column, value, _ in cases
    ]
    for (column, value, code), result in zip(cases, rest.upsert(entity, records), strict=True):
        found = [(error["field"], error["code"]) for error in result["errors"]]
        assert found == [(f"{name}[1].{column}", code)], (column, value)


@pytest.mark.parametrize(("entity", "name"), PARENTS)
@pytest.mark.parametrize("value", [None, {}, "[]", 5, True])
def test_a_list_must_be_a_list(rest: Rest, entity: str, name: str, value: Any) -> None:
    assert faults(rest, entity, row(entity, **one(name, value))) == {(name, "wrong_type")}


@pytest.mark.parametrize(("entity", "name"), PARENTS)
def test_the_faults_inside_a_list_are_named_by_place(rest: Rest, entity: str, name: str) -> None:
    child = ENTITIES[entity]["children"][name]
    key = child["key"]
    [good] = child_rows(child, 1)
    keyless = {column: value for column, value in good.items() if column != key}
    long_key = "7" * (child["key_length"] + 1)
    rows = [good, keyless, {key: "P2", "no_such": 1}, good, 5, {key: long_key}]
    assert faults(rest, entity, row(entity, **one(name, rows))) == {
        (f"{name}[1].{key}", "required"),
        (f"{name}[2].no_such", "unknown_field"),
        (f"{name}[3].{key}", "duplicate"),
        (f"{name}[4]", "wrong_type"),
        (f"{name}[5].{key}", "too_long"),
    }
