"""Requests made on a site: confirmed once, their files handed over, on every Moodle alike."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

from tests.support.contract import row
from tests.support.moodle_records import new_ids
from tests.support.real_moodle import Rest

CONFIRM = "local_mzi_confirm_requests"
FETCH = "local_mzi_get_request_file"
PAPER = b"%PDF-1.7 a paper"
DIGEST = hashlib.sha1(PAPER, usedforsecurity=False).hexdigest()


@pytest.fixture
def student(rest: Rest) -> str:
    [zoho_id] = new_ids(1)
    rest.upsert("students", [row("students", zoho_id)])
    return zoho_id


def made(rest: Rest, student: str) -> str:
    """The number of a new request."""
    return str(rest.site.make_request(student, {})["request_number"])


def confirm(rest: Rest, *records: Any) -> list[str]:
    """What became of each, with its faults; a triple is number, student and CRM id."""
    names = ("request_number", "zoho_student_id", "zoho_request_id")
    sent = [dict(zip(names, r, strict=True)) if isinstance(r, tuple) else r for r in records]
    answer = rest.call(CONFIRM, records=json.dumps(sent), count=len(sent))
    assert "results" in answer, answer
    assert [result["index"] for result in answer["results"]] == list(range(len(sent)))
    return [_told(result) for result in answer["results"]]


def _told(result: dict[str, Any]) -> str:
    faults = sorted(f"{error['field']}:{error['code']}" for error in result["errors"])
    return " ".join([result["action"], *faults])


def stored(rest: Rest, zoho_id: str) -> tuple[Any, ...]:
    found = rest.rows("requests", [zoho_id])[zoho_id]
    return tuple(found[name] for name in ("request_number", "zoho_student_id", "status"))


def record(zoho_id: str, student: str, number: str, **values: Any) -> dict[str, Any]:
    text = f"Please\n[{number}]"
    return row("requests", zoho_id, zoho_student_id=student, reason=text, **values)


def test_a_confirmed_request_is_sent_and_again_changes_nothing(rest: Rest, student: str) -> None:
    number, [zoho_id] = made(rest, student), new_ids(1)
    assert confirm(rest, (number, student, zoho_id)) == ["updated"]
    assert confirm(rest, (number, student, zoho_id)) == ["unchanged"]
    assert stored(rest, zoho_id) == (number, student, "Sent")


def test_a_record_that_overtakes_its_confirmation_is_the_request(rest: Rest, student: str) -> None:
    number, [zoho_id] = made(rest, student), new_ids(1)
    [result] = rest.upsert("requests", [record(zoho_id, student, number, status="Approved")])
    assert result["action"] == "updated"
    assert confirm(rest, (number, student, zoho_id)) == ["unchanged"]
    assert stored(rest, zoho_id) == (number, student, "Approved")


def test_a_record_behind_its_confirmation_is_the_request(rest: Rest, student: str) -> None:
    number, [zoho_id] = made(rest, student), new_ids(1)
    confirm(rest, (number, student, zoho_id))
    [result] = rest.upsert("requests", [record(zoho_id, student, number, status="Pending")])
    assert result["action"] == "updated"
    assert stored(rest, zoho_id) == (number, student, "Pending")


def test_a_copy_for_another_student_and_a_second_copy_are_requests_of_their_own(
    rest: Rest, student: str
) -> None:
    number, [first, second, other] = made(rest, student), new_ids(3)
    [stranger] = new_ids(1)
    sent = [
        record(other, stranger, number),
        record(max(first, second), student, number),
        record(min(first, second), student, number),
    ]
    actions = [result["action"] for result in rest.upsert("requests", sent)]
    assert actions == ["inserted", "inserted", "updated"]
    assert stored(rest, min(first, second))[0] == number


def test_what_does_not_fit_is_refused_row_by_row(rest: Rest, student: str) -> None:
    one, two, three = (made(rest, student) for _ in range(3))
    [known, other, fresh, stranger, unknown, taken] = new_ids(6)
    confirm(rest, (one, student, known))
    assert confirm(
        rest,
        (one, student, other),
        (two, student, known),
        (three, stranger, taken),
        ("M-999999999", student, unknown),
        "x",
        {"no": 1},
        (three, student, fresh),
    ) == [
        "rejected zoho_request_id:invalid_value",
        "rejected zoho_request_id:duplicate",
        "rejected request_number:unknown_request",
        "rejected request_number:unknown_request",
        "rejected :wrong_type",
        "rejected no:unknown_field request_number:required zoho_request_id:required"
        " zoho_student_id:required",
        "rejected request_number:duplicate",
    ]


def test_the_file_of_a_request_is_handed_over_and_no_other(rest: Rest, student: str) -> None:
    asked = rest.site.make_request(student, {"paper.pdf": PAPER})
    bare = rest.site.make_request(student, {})
    file = rest.call(FETCH, requestid=asked["requestid"], contenthash=DIGEST)
    assert base64.b64decode(file.pop("content")) == PAPER
    assert file == {
        "filename": "paper.pdf",
        "mimetype": "application/pdf",
        "filesize": len(PAPER),
        "contenthash": DIGEST,
    }
    wrong = [(bare["requestid"], DIGEST), (asked["requestid"], "0" * 40), (0, DIGEST)]
    for request, digest in wrong:
        answer = rest.call(FETCH, requestid=request, contenthash=digest)
        assert answer["errorcode"] == "invalidrecord"


@pytest.mark.parametrize("function", [CONFIRM, FETCH])
def test_only_the_bridge_may_ask(rest: Rest, function: str) -> None:
    sent: dict[str, str | int] = {"records": "[]", "count": 0}
    if function == FETCH:
        sent = {"requestid": 1, "contenthash": DIGEST}
    answer = rest.call(function, token=rest.site.weak_token, **sent)
    assert answer["errorcode"] == "nopermissions"


def test_every_hash_that_is_no_word_is_refused(rest: Rest) -> None:
    assert rest.call(FETCH, requestid=1, contenthash="../x")["errorcode"] == "invalidparameter"


def test_a_request_that_nobody_knows_at_all_leaves_no_trace(rest: Rest, student: str) -> None:
    [zoho_id] = new_ids(1)
    assert confirm(rest, ("M-999999999", student, zoho_id)) == [
        "rejected request_number:unknown_request"
    ]
    assert rest.rows("requests", [zoho_id]) == {}
