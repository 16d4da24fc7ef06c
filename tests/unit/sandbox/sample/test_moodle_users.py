from __future__ import annotations

import csv
from collections import Counter
from io import StringIO

import pytest

from mzi_bridge.sandbox.sample import SCHEMA_NAMES, generate, moodle_users


@pytest.fixture(params=SCHEMA_NAMES)
def users(request: pytest.FixtureRequest) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(moodle_users(generate(request.param, 120, seed=1)))))


def test_the_accounts_are_those_of_the_students(users: list[dict[str, str]]) -> None:
    assert list(users[0]) == ["username", "idnumber", "firstname", "lastname", "email"]
    assert users[0]["idnumber"] == "STU-000001"
    assert users[0]["username"] == users[0]["email"]


def test_moodle_takes_every_account(users: list[dict[str, str]]) -> None:
    for column in ("username", "email"):
        values = [user[column].lower() for user in users]
        assert len(set(values)) == len(values)
    assert all(user["username"] == user["username"].lower() for user in users)
    assert all(user["firstname"] and user["lastname"] and "@" in user["email"] for user in users)


def test_each_rule_of_matching_has_someone_to_find(users: list[dict[str, str]]) -> None:
    assert any(user["idnumber"] for user in users)
    assert any(not user["idnumber"] and "@" in user["username"] for user in users)
    by_email = [u for u in users if not u["idnumber"] and "@" not in u["username"]]
    assert by_email
    assert len(users) < 120 + 5, "some students have no account"


def test_some_numbers_are_shared_so_that_nobody_is_guessed(users: list[dict[str, str]]) -> None:
    numbers = Counter(user["idnumber"] for user in users if user["idnumber"])
    assert 2 in numbers.values()
