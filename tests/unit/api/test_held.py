from __future__ import annotations

from typing import Any

import pytest

from mzi_bridge.errors import RetryLater
from tests.support.problems import refusal
from tests.unit.api.test_admin import BEARER, HELD, Fakes

CONFIRM, DISCARD, REOPEN = f"{HELD}/confirm", f"{HELD}/discard", f"{HELD}/reopen"
GRADES = "BTEC_Grades"


@pytest.fixture
def fakes() -> Fakes:
    return Fakes()


def test_the_list_tells_numbers_and_ids(fakes: Fakes) -> None:
    response = fakes.client.get(HELD, headers=BEARER)
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    content = response.json()
    assert (content["counts"], content["last"]) == ({GRADES: 1}, {GRADES: 7})
    (one,) = content["held"]
    assert (one["id"], one["kind"], one["state"]) == (7, "delete", "open")
    assert fakes.held.asked == [("list", None, 100, 0, False)]


def test_the_list_can_be_narrowed_and_turned_over(fakes: Fakes) -> None:
    query = f"?module={GRADES}&limit=5&after=7&history=true"
    assert fakes.client.get(HELD + query, headers=BEARER).is_success
    assert fakes.held.asked == [("list", GRADES, 5, 7, True)]


def test_the_operators_word_names_module_and_number(fakes: Fakes) -> None:
    wanted = {"module": GRADES, "number": 1}
    response = fakes.client.post(CONFIRM, json=wanted, headers=BEARER)
    assert (response.status_code, response.json()) == (202, {"confirmed": 1})
    assert fakes.held.asked == [("confirm", [GRADES], 1, None)]


def test_a_confirmation_can_end_at_the_last_change_that_was_seen(fakes: Fakes) -> None:
    wanted = {"module": GRADES, "number": 1, "up_to": 7}
    response = fakes.client.post(CONFIRM, json=wanted, headers=BEARER)
    assert (response.status_code, response.json()) == (202, {"confirmed": 1})
    assert fakes.held.asked == [("confirm", [GRADES], 1, 7)]


def test_discarded_changes_are_held_again_by_number(fakes: Fakes) -> None:
    wanted = {"module": GRADES, "ids": [7, 8]}
    response = fakes.client.post(REOPEN, json=wanted, headers=BEARER)
    assert (response.status_code, response.json()) == (200, {"reopened": 2})
    assert fakes.held.asked == [("reopen", GRADES, [7, 8])]


def test_another_number_is_a_conflict(fakes: Fakes) -> None:
    response = fakes.client.post(f"{CONFIRM}?module={GRADES}&number=2", headers=BEARER)
    assert response.status_code == 409
    assert response.json()["error"] == "held_number_differs"


def test_some_or_all_of_a_module_are_discarded(fakes: Fakes) -> None:
    some = {"module": GRADES, "ids": [7], "note": "still wanted"}
    assert fakes.client.post(DISCARD, json=some, headers=BEARER).json() == {"discarded": 1}
    assert fakes.client.post(DISCARD, json={"module": GRADES}, headers=BEARER).is_success
    assert fakes.held.asked == [
        ("discard", GRADES, [7], "still wanted"),
        ("discard", GRADES, None, ""),
    ]


@pytest.mark.parametrize(
    ("path", "body", "wrong"),
    [
        (CONFIRM, {"module": GRADES}, ["number"]),
        (CONFIRM, {"number": 1}, ["module"]),
        (CONFIRM, {"module": GRADES, "number": 0}, ["number"]),
        (CONFIRM, {"module": GRADES, "number": 1, "ids": [1]}, ["ids"]),
        (CONFIRM, {"module": GRADES, "number": 1, "up_to": 0}, ["up_to"]),
        (REOPEN, {"module": GRADES}, ["ids"]),
        (REOPEN, {"module": GRADES, "ids": []}, ["ids"]),
        (DISCARD, {}, ["module"]),
        (DISCARD, {"module": GRADES, "id": [7]}, ["id"]),
        (DISCARD, {"module": GRADES, "ids": 7}, ["ids"]),
        (DISCARD, {"module": "", "note": "x"}, ["module"]),
    ],
)
def test_a_wrong_or_misspelt_option_decides_nothing(
    fakes: Fakes, path: str, body: dict[str, Any], wrong: list[str]
) -> None:
    response = fakes.client.post(path, json=body, headers=BEARER)
    assert refusal(response) == (400, "bad_option")
    assert response.json()["options"] == wrong
    assert not fakes.held.asked


def test_a_body_that_is_no_object_decides_nothing(fakes: Fakes) -> None:
    response = fakes.client.post(DISCARD, content=b"[]", headers=BEARER)
    assert (response.status_code, response.json()["error"]) == (400, "not_json")
    assert not fakes.held.asked


@pytest.mark.parametrize("path", [CONFIRM, DISCARD, REOPEN])
def test_nobody_decides_without_the_token(fakes: Fakes, path: str) -> None:
    wanted = {"module": GRADES, "number": 1}
    assert fakes.client.post(path, json=wanted).status_code == 401
    assert fakes.client.get(path, headers=BEARER).status_code == 405
    assert not fakes.held.asked


def test_a_journal_out_of_reach_is_a_503(fakes: Fakes) -> None:
    fakes.held.fault = RetryLater("away", reason="database_locked")
    for method, path in (("GET", HELD), ("POST", f"{DISCARD}?module={GRADES}")):
        assert fakes.client.request(method, path, headers=BEARER).status_code == 503
