"""A confirmation: of an unchanged record all that an upsert does, of any other nothing."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from tests.support.contract import ENTITIES, NOW, first_text, full_values, key_of, one, row
from tests.support.real_moodle import Rest

EVERY = pytest.mark.parametrize("entity", sorted(ENTITIES))
PERSONS = ("students", "teachers")
VERSIONS = ("modified_time", "read_time", "content_hash")


def confirm(rest: Rest, entity: str, *records: Any) -> list[dict[str, Any]]:
    """The results, of those records alone that are not confirmed."""
    text = json.dumps(records)
    answer = rest.call("local_mzi_confirm_rows", entity=entity, records=text, count=len(records))
    assert answer["count"] == len(records)
    results: list[dict[str, Any]] = answer["results"]
    places = [result["index"] for result in results]
    assert places == sorted(places)
    return results


def action(rest: Rest, entity: str, record: dict[str, Any]) -> str:
    results = confirm(rest, entity, record)
    if not results:
        return "unchanged"
    assert results[0]["id"] == record[key_of(entity)] and results[0]["errors"] == []
    return str(results[0]["action"])


def short(entity: str, record: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {name: record[name] for name in (key_of(entity), *VERSIONS)} | other


def standing(rest: Rest, entity: str, record: dict[str, Any]) -> dict[str, Any] | None:
    zoho_id = record[key_of(entity)]
    return rest.rows(entity, [zoho_id]).get(zoho_id)


def known(rest: Rest, entity: str) -> dict[str, Any]:
    """A record that stands, of a person with an account."""
    numbers = Counter(user["email"] for user in rest.site.users)
    account = next(u for u in rest.site.users if numbers[u["email"]] == 1 == u["email"].count("@"))
    person = {"academic_email": account["email"]} if entity in PERSONS else {}
    record = row(entity, **full_values(entity) | person)
    assert rest.upsert(entity, [record])[0]["action"] == "inserted"
    return record


@EVERY
def test_an_equal_record_is_confirmed_and_bears_the_later_versions(rest: Rest, entity: str) -> None:
    record = known(rest, entity)
    before = standing(rest, entity, record)
    later = short(entity, record, modified_time=NOW + 5, read_time=NOW + 9)
    assert action(rest, entity, later) == "unchanged"
    assert before is not None
    raised = before | {"modified_time": NOW + 5, "synced_at": NOW + 9}
    assert standing(rest, entity, record) == raised
    early = short(entity, record, modified_time=NOW + 5, read_time=NOW + 1)
    assert action(rest, entity, early) == "unchanged"
    assert standing(rest, entity, record) == raised, "no version is lowered"


@EVERY
def test_a_whole_record_may_be_sent_and_its_columns_are_not_looked_at(
    rest: Rest, entity: str
) -> None:
    record = known(rest, entity)
    before = standing(rest, entity, record)
    assert action(rest, entity, record | one(first_text(entity), "another")) == "unchanged"
    assert standing(rest, entity, record) == before


@EVERY
@pytest.mark.parametrize(
    "other",
    [
        {"content_hash": "0" * 64},
        {"content_hash": "0" * 64, "modified_time": NOW + 5, "read_time": NOW + 9},
        {"modified_time": NOW - 1, "read_time": NOW + 9},
    ],
)
def test_a_record_that_differs_is_left_as_it_was(
    rest: Rest, entity: str, other: dict[str, Any]
) -> None:
    record = known(rest, entity)
    before = standing(rest, entity, record)
    assert action(rest, entity, short(entity, record, **other)) == "differs"
    assert standing(rest, entity, record) == before


@EVERY
def test_a_record_that_was_never_seen_differs_and_is_not_made(rest: Rest, entity: str) -> None:
    record = row(entity)
    assert action(rest, entity, short(entity, record)) == "differs"
    assert standing(rest, entity, record) is None


@EVERY
@pytest.mark.parametrize("read", [NOW + 9, NOW + 11])
def test_a_tombstone_is_never_confirmed_away(rest: Rest, entity: str, read: int) -> None:
    record = known(rest, entity)
    rest.delete(entity, [record[key_of(entity)]], [NOW + 10])
    before = standing(rest, entity, record)
    assert action(rest, entity, short(entity, record, read_time=read)) == "differs"
    assert standing(rest, entity, record) == before


@pytest.mark.parametrize("entity", PERSONS)
def test_a_person_without_an_account_is_left_to_an_upsert_that_looks(
    rest: Rest, entity: str
) -> None:
    record = row(entity, academic_email="nobody@example.org")
    rest.upsert(entity, [record])
    before = standing(rest, entity, record)
    later = short(entity, record, read_time=NOW + 9)
    assert action(rest, entity, later) == "differs"
    assert standing(rest, entity, record) == before
    assert rest.upsert(entity, [record])[0]["action"] == "unchanged"


def test_each_record_has_its_own_answer_and_a_faulty_one_its_faults(rest: Rest) -> None:
    first, second = known(rest, "programs"), known(rest, "programs")
    good = short("programs", first)
    lacking = {n: v for n, v in short("programs", second).items() if n != "read_time"}
    faulty = short("programs", row("programs"), content_hash="x", more=1)
    results = confirm(rest, "programs", lacking, good, "no record", good, faulty)
    assert {result["index"]: result["action"] for result in results} == dict.fromkeys(
        (0, 2, 3, 4), "rejected"
    )
    assert [{(e["field"], e["code"]) for e in result["errors"]} for result in results] == [
        {("read_time", "required")},
        {("", "wrong_type")},
        {("zoho_program_id", "duplicate")},
        {("content_hash", "invalid_value"), ("more", "unknown_field")},
    ]


def test_the_largest_call_is_confirmed_whole(rest: Rest) -> None:
    records = [row("payments") for _ in range(500)]
    rest.upsert("payments", records)
    later = [short("payments", record, read_time=NOW + 9) for record in records]
    assert confirm(rest, "payments", *later) == []
    ids = [record["zoho_payment_id"] for record in records]
    assert {found["synced_at"] for found in rest.rows("payments", ids).values()} == {NOW + 9}
