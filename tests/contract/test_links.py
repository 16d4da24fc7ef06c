"""Who of the CRM is who in Moodle: found by rule, in order, and never guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.contract import NOW, key_of, row
from tests.support.moodle_records import new_ids
from tests.support.real_moodle import Rest

PEOPLE = pytest.mark.parametrize("entity", ["students", "teachers"])


@pytest.fixture
def people(rest: Rest) -> list[Mapping[str, str]]:
    """Two accounts of the site, each alone with its number and known by its address."""
    numbers = Counter(user["idnumber"] for user in rest.site.users)
    found = [
        user
        for user in rest.site.users
        if numbers[user["idnumber"]] == 1 and user["idnumber"] and user["username"] == user["email"]
    ]
    return found[:2]


def linked_user(rest: Rest, entity: str = "students", **values: Any) -> int | None:
    record = row(entity, **values)
    [result] = rest.upsert(entity, [record])
    assert result["action"] == "inserted", result
    return link_of(rest, entity, record[key_of(entity)])


def link_of(rest: Rest, entity: str, zoho_id: str) -> int | None:
    found: int | None = rest.rows(entity, [zoho_id])[zoho_id]["moodle_user_id"]
    return found


def test_number_and_address_find_the_same_account(
    rest: Rest, people: list[Mapping[str, str]]
) -> None:
    by_number = linked_user(rest, student_id=people[0]["idnumber"])
    assert by_number is not None
    assert linked_user(rest, academic_email=people[0]["username"].upper()) == by_number
    assert linked_user(rest, moodle_user_id=by_number) == by_number


def test_the_explicit_id_goes_before_the_number(
    rest: Rest, people: list[Mapping[str, str]]
) -> None:
    first, second = (linked_user(rest, student_id=user["idnumber"]) for user in people)
    assert first != second
    found = linked_user(rest, moodle_user_id=first, student_id=people[1]["idnumber"])
    assert found == first


def test_the_number_goes_before_the_address(rest: Rest, people: list[Mapping[str, str]]) -> None:
    first = linked_user(rest, student_id=people[0]["idnumber"])
    values = {"student_id": people[0]["idnumber"], "academic_email": people[1]["email"]}
    assert linked_user(rest, **values) == first


def test_an_explicit_id_of_nobody_falls_through(
    rest: Rest, people: list[Mapping[str, str]]
) -> None:
    by_number = linked_user(rest, student_id=people[0]["idnumber"])
    values: dict[str, Any] = {"moodle_user_id": 2_000_000_000, "student_id": people[0]["idnumber"]}
    assert linked_user(rest, **values) == by_number


def test_teachers_are_found_by_their_academic_address_only(
    rest: Rest, people: list[Mapping[str, str]]
) -> None:
    address = people[0]["email"]
    by_number = linked_user(rest, student_id=people[0]["idnumber"])
    assert linked_user(rest, "teachers", academic_email=address) == by_number
    assert linked_user(rest, "teachers", email=address) is None


@PEOPLE
def test_a_stranger_is_linked_to_nobody(rest: Rest, entity: str) -> None:
    assert linked_user(rest, entity, academic_email="nobody@example.org") is None
    assert linked_user(rest, entity, academic_email="") is None
    assert linked_user(rest, entity, academic_email=None, moodle_user_id=None) is None
    assert linked_user(rest, entity, moodle_user_id=-1) is None


def test_a_number_that_two_accounts_share_links_nobody(rest: Rest) -> None:
    numbers = Counter(user["idnumber"] for user in rest.site.users if user["idnumber"])
    shared = [user for user in rest.site.users if numbers[user["idnumber"]] == 2]
    if not shared:
        pytest.skip("the site's accounts share no idnumber: give it those of moodle_users()")
    values = {"student_id": shared[0]["idnumber"], "academic_email": shared[0]["email"]}
    assert linked_user(rest, **values) is None


def test_a_link_is_never_lowered(rest: Rest, people: list[Mapping[str, str]]) -> None:
    [zoho_id] = new_ids(1)
    rest.upsert("students", [row("students", zoho_id, student_id=people[0]["idnumber"])])
    before = link_of(rest, "students", zoho_id)
    lost: dict[str, Any] = {
        "student_id": None,
        "academic_email": "nobody@example.org",
        "moodle_user_id": None,
    }
    rest.upsert("students", [row("students", zoho_id, at=NOW + 1, **lost)])
    found = rest.rows("students", [zoho_id])[zoho_id]
    assert (found["student_id"], found["moodle_user_id"]) == (None, before)
    assert before is not None


def test_a_better_match_moves_the_link(rest: Rest, people: list[Mapping[str, str]]) -> None:
    [zoho_id] = new_ids(1)
    rest.upsert("students", [row("students", zoho_id, academic_email=people[0]["email"])])
    moved = row("students", zoho_id, at=NOW + 1, student_id=people[1]["idnumber"])
    assert rest.upsert("students", [moved])[0]["action"] == "updated"
    assert link_of(rest, "students", zoho_id) == linked_user(rest, student_id=people[1]["idnumber"])


def test_what_was_stored_before_counts_for_matching(
    rest: Rest, people: list[Mapping[str, str]]
) -> None:
    """A partial record that does not repeat the number still finds its account."""
    [zoho_id] = new_ids(1)
    number = people[0]["idnumber"]
    rest.upsert("students", [row("students", zoho_id, student_id=number)])
    rest.upsert("students", [row("students", zoho_id, at=NOW + 1, city="Amman")])
    assert link_of(rest, "students", zoho_id) is not None


def test_a_linked_row_of_the_same_content_is_unchanged(
    rest: Rest, people: list[Mapping[str, str]]
) -> None:
    record = row("students", student_id=people[0]["idnumber"])
    actions = [rest.upsert("students", [record])[0]["action"] for _ in range(2)]
    assert actions == ["inserted", "unchanged"]


def test_a_request_only_carries_the_number_it_was_given(rest: Rest) -> None:
    record = row("requests", moodle_user_id=2_000_000_000)
    rest.upsert("requests", [record])
    assert link_of(rest, "requests", record["zoho_request_id"]) == 2_000_000_000


def test_a_whole_class_is_linked_in_one_call(rest: Rest) -> None:
    numbers = Counter(user["idnumber"] for user in rest.site.users if user["idnumber"])
    known = [number for number, count in numbers.items() if count == 1]
    records = [row("students", student_id=number) for number in known]
    rest.upsert("students", records)
    ids = [record["zoho_student_id"] for record in records]
    links = {found["moodle_user_id"] for found in rest.rows("students", ids).values()}
    assert None not in links
    assert len(links) == len(known)
