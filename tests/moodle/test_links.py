"""Students of the CRM find their Moodle users, or nobody; never somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.moodle_records import new_ids, student
from tests.support.real_moodle import Rest


@pytest.fixture
def person(rest: Rest) -> Mapping[str, str]:
    """A user of the site who has a student number."""
    return next(user for user in rest.site.users if user["idnumber"])


def linked_user(rest: Rest, **columns: Any) -> int | None:
    [zoho_id] = new_ids(1)
    rest.upsert("students", [student(zoho_id, **columns)])
    found: int | None = rest.rows("students", [zoho_id])[zoho_id]["moodle_user_id"]
    return found


def test_the_student_number_finds_the_user(rest: Rest, person: Mapping[str, str]) -> None:
    assert linked_user(rest, student_id=person["idnumber"])


def test_the_academic_address_finds_the_same_user(rest: Rest, person: Mapping[str, str]) -> None:
    by_number = linked_user(rest, student_id=person["idnumber"])
    assert linked_user(rest, academic_email=person["email"].upper()) == by_number


def test_a_stranger_is_linked_to_nobody(rest: Rest) -> None:
    address = "nobody@students.example.org"
    assert linked_user(rest, student_id="no such number", academic_email=address) is None


def test_empty_values_find_nobody(rest: Rest) -> None:
    assert linked_user(rest, student_id="", academic_email="") is None
    assert linked_user(rest, student_id=None, academic_email=None) is None


def test_a_link_outlives_the_loss_of_what_found_it(rest: Rest, person: Mapping[str, str]) -> None:
    [zoho_id] = new_ids(1)
    rest.upsert("students", [student(zoho_id, student_id=person["idnumber"])])
    before = rest.rows("students", [zoho_id])[zoho_id]["moodle_user_id"]
    rest.upsert("students", [student(zoho_id, at=1_700_000_001, student_id=None)])
    row = rest.rows("students", [zoho_id])[zoho_id]
    assert (row["student_id"], row["moodle_user_id"]) == (None, before)


def test_an_explicit_id_of_no_user_is_not_believed(rest: Rest, person: Mapping[str, str]) -> None:
    by_number = linked_user(rest, student_id=person["idnumber"])
    found = linked_user(rest, student_id=person["idnumber"], moodle_user_id=2_000_000_000)
    assert found == by_number
