"""What Moodle shows of a student, as far as the bridge relies on it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.contract import NOW, row
from tests.support.moodle_records import new_ids
from tests.support.real_moodle import Rest

DASHBOARD = "local_mzi_get_student_dashboard"
TABS = {"profile", "academics", "finance", "classes", "grades", "requests"}


@pytest.fixture
def student(rest: Rest) -> tuple[str, int]:
    """A record linked to the site's last user: (CRM id, Moodle user)."""
    user = rest.site.users[-1]
    [zoho_id] = new_ids(1)
    record = row("students", zoho_id, academic_email=user["email"], display_name="Name ليلى")
    rest.upsert("students", [record])
    linked = rest.rows("students", [zoho_id])[zoho_id]["moodle_user_id"]
    assert linked
    return zoho_id, int(linked)


def dashboard(rest: Rest, user: int) -> dict[str, Any]:
    answer = rest.call(DASHBOARD, userid=user)
    assert set(answer) == {"dashboard"}, answer
    data: dict[str, Any] = json.loads(answer["dashboard"])
    return data


def test_the_newest_record_of_the_user_is_told_with_every_tab(
    rest: Rest, student: tuple[str, int]
) -> None:
    zoho_id, user = student
    data = dashboard(rest, user)
    assert set(data) == {"student", *TABS}
    who = data["student"]
    assert isinstance(who.pop("id"), int)
    assert who == {
        "zoho_student_id": zoho_id,
        "moodle_user_id": user,
        "display_name": "Name ليلى",
    }


def test_a_deleted_student_is_told_of_no_more(rest: Rest, student: tuple[str, int]) -> None:
    zoho_id, user = student
    rest.delete("students", [zoho_id], [NOW + 5], brake="confirmed")
    answer = rest.call(DASHBOARD, userid=user)
    found = json.loads(answer["dashboard"])["student"] if "dashboard" in answer else None
    assert found is None or found["zoho_student_id"] != zoho_id


@pytest.mark.parametrize("user", [0, -1, 999_999_999])
def test_a_user_who_is_no_student_is_named_so(rest: Rest, user: int) -> None:
    assert rest.call(DASHBOARD, userid=user)["errorcode"] == "nostudent"


def test_whoever_may_see_nobody_learns_nothing(rest: Rest, student: tuple[str, int]) -> None:
    for user in (student[1], 999_999_999):
        answer = rest.call(DASHBOARD, token=rest.site.weak_token, userid=user)
        assert answer["errorcode"] == "nostudent"


def test_a_user_id_that_is_no_number_is_refused(rest: Rest) -> None:
    assert rest.call(DASHBOARD, userid="x")["errorcode"] == "invalidparameter"
