from __future__ import annotations

from collections.abc import Iterable

import pytest

from mzi_bridge.sandbox.moodle.users import User, UserDirectory, users_from_csv

LAYLA = User(3, "layla@example.edu", "STU-1", "layla@example.edu")
OMAR = User(4, "omar", "STU-2", "Omar@Example.edu")


def directory(*more: User, matching: Iterable[str] = ()) -> UserDirectory:
    users = [LAYLA, OMAR, *more]
    return UserDirectory(users, tuple(matching)) if matching else UserDirectory(users)


def test_each_rule_finds_its_account() -> None:
    users = directory()
    assert users.resolve({}, explicit=4) == 4
    assert users.resolve({"student_id": "STU-1"}) == 3
    assert users.resolve({"academic_email": "LAYLA@example.edu"}) == 3
    assert users.resolve({"academic_email": "omar@example.edu"}) == 4


def test_nobody_is_found_for_nothing() -> None:
    nobody = User(5, "nobody", "", "")
    assert directory(nobody).resolve({"student_id": "", "academic_email": None}) is None


@pytest.mark.parametrize("flaw", ["deleted", "suspended"])
def test_only_an_active_account_counts(flaw: str) -> None:
    gone = User(5, "gone", "STU-5", "gone@example.edu", **{flaw: True})
    users = directory(gone, User(6, "new", "STU-6", "new@example.edu", confirmed=False))
    assert users.resolve({"student_id": "STU-5"}, explicit=5) is None
    assert users.resolve({"student_id": "STU-6"}) is None


def test_two_accounts_are_nobody_even_if_a_weaker_rule_would_choose() -> None:
    users = directory(User(5, "twin", "STU-1", "twin@example.edu"))
    person = {"student_id": "STU-1", "academic_email": "layla@example.edu"}
    assert users.resolve(person) is None
    assert users.resolve(person, explicit=3) == 3


def test_a_suspended_twin_leaves_one() -> None:
    users = directory(User(5, "twin", "STU-1", "", suspended=True))
    assert users.resolve({"student_id": "STU-1"}) == 3


def test_the_order_is_the_sites() -> None:
    person = {"student_id": "STU-1", "academic_email": "omar@example.edu"}
    assert directory().resolve(person) == 3
    assert directory(matching=["email", "idnumber"]).resolve(person) == 4
    assert directory(matching=["username"]).resolve(person) is None


def test_an_account_that_changes_is_found_by_its_new_values_only() -> None:
    users = directory()
    users.add(User(3, "layla.new", "STU-9", "new@example.edu"))
    assert users.resolve({"student_id": "STU-1"}) is None
    assert users.resolve({"student_id": "STU-9"}) == 3
    assert len(users) == 2


def test_accounts_come_from_a_csv_of_the_sample() -> None:
    text = "username,idnumber,firstname,lastname,email\na@example.edu,STU-1,A,B,a@example.edu\n"
    assert users_from_csv(text, first_id=7) == [User(7, "a@example.edu", "STU-1", "a@example.edu")]
