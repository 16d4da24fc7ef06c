"""What the doors take in, and what they answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mzi_bridge.sandbox.moodle.events import envelope, grade, signed_headers
from tests.support.moodle_events import facts_of
from tests.unit.webhooks.moodle.post import (
    EVENT_ID,
    EVENTS,
    GRADES,
    IMPORT,
    KEY,
    NOW,
    OLD_KEY,
    REQUESTS,
    STRANGE_KEY,
    TOKEN,
    Bridge,
    graded,
)

ONE = f"{EVENTS}/user_graded"
BATCH = f"{EVENTS}/batch"
IDS = [f"5f0c{n:04d}-1111-4111-8111-111111111111" for n in range(200)]
REQUEST = {
    "requestid": 123,
    "request_number": "M-000123",
    "zoho_student_id": "5725767000000568001",
    "moodle_user_id": 12,
    "request_type": "Class Drop",
    "reason": "I move away.\n[M-000123]",
    "request_date": "2026-11-21",
    "details": {"Requested_Classes": [{"Moodle_Class_ID": "17"}]},
    "timesubmitted": 1_795_253_000,
    "files": [],
}


async def owed(doors: Bridge, kind: str = "grade") -> dict[str, Any]:
    return facts_of(await doors.journal.pushes.claim(owner="a", kinds=[kind], lease_seconds=60))


async def test_one_event_is_answered_after_it_is_stored(doors: Bridge) -> None:
    answer = await doors.post(ONE, graded())
    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "message": "accepted",
        "event_id": EVENT_ID,
        "timestamp": "2026-11-21T09:31:40Z",
    }
    assert await doors.stored() == (1, 1)


async def test_only_what_its_rule_takes_of_a_grade_is_kept(doors: Bridge) -> None:
    await doors.post(ONE, graded())
    assert await owed(doors) == {
        "12_3_9_1": {
            "itemname": "Unit 1 report",
            "feedback": "Well argued.",
            "unit_name": "Unit 1",
            "grader": "A. Teacher",
            "key": "12_3_9_1",
            "student_id": "5725767000000568001",
            "class_id": "5725767000000568002",
            "letter": "M",
            "attempt": 1,
            "graded_on": "2026-11-21",
            "outcomes": [],
        }
    }


async def test_the_schools_day_counts_and_without_it_that_of_utc(doors: Bridge) -> None:
    at = 1_795_300_200  # 22:30 UTC
    await doors.post(ONE, graded(key="1_1_1_1", timemodified=at, dategraded="2026-11-22"))
    untold = {**graded(key="2_1_1_1", timemodified=at), "event_id": IDS[0]}
    del untold["data"]["dategraded"]
    await doors.post(ONE, untold)
    days = {key: facts["graded_on"] for key, facts in (await owed(doors)).items()}
    assert days == {"1_1_1_1": "2026-11-22", "2_1_1_1": "2026-11-21"}


async def test_a_verifiers_name_does_not_wipe_the_graders(doors: Bridge) -> None:
    await doors.post(ONE, graded(grader_role="internalverifier"))
    (facts,) = (await owed(doors)).values()
    assert facts["internal_verifier"] == "A. Teacher" and "grader" not in facts


async def test_a_repeat_answers_as_the_first_did(doors: Bridge) -> None:
    first = await doors.post(ONE, graded())
    doors.clock.advance(200)
    again = await doors.post(ONE, graded())
    assert (again.status_code, again.json()) == (200, first.json())
    assert await doors.stored() == (1, 1)


async def test_a_repeat_may_have_its_keys_in_another_order(doors: Bridge) -> None:
    first = await doors.post(ONE, graded())
    data = dict(reversed(list(graded()["data"].items())))
    again = await doors.post(ONE, {**graded(), "data": data})
    assert again.json() == first.json()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"crm": {"student_id": "73001", "class_id": None}}, "no_class"),
        ({"crm": {"student_id": None, "class_id": "73002"}}, "no_student"),
        ({"finalgrade": None}, "no_letter"),
        ({"finalgrade": "-1.00000"}, "no_letter"),
    ],
)
async def test_what_needs_no_write_is_noted_with_its_reason(
    doors: Bridge, changes: dict[str, Any], reason: str
) -> None:
    for _ in range(2):
        answer = await doors.post(ONE, graded(**changes))
        body = answer.json()
        assert (body["success"], body["message"], body["reason"]) == (True, "noted", reason)
    assert await doors.stored() == (1, 0)


@pytest.mark.parametrize(
    ("event_type", "data", "reason"),
    [
        ("user_enrolment_created", {"enrollmentid": 1, "userid": 2, "courseid": 3}, "not_mapped"),
        ("assessable_submitted", {"submissionid": 1, "userid": 2, "courseid": 3}, "not_mapped"),
        ("course_completed", {"userid": 2, "courseid": 3}, "not_mapped"),
        ("user_updated", {"userid": 2, "city": "Salt"}, "switched_off"),
    ],
)
async def test_what_has_no_place_in_the_crm_is_noted(
    doors: Bridge, event_type: str, data: dict[str, Any], reason: str
) -> None:
    event = envelope(event_type, data, at=NOW, event_id=EVENT_ID)
    answer = await doors.post(f"{EVENTS}/{event_type}", event)
    assert (answer.json()["message"], answer.json()["reason"]) == ("noted", reason)


@pytest.mark.parametrize(
    ("event_type", "data", "kind", "expected"),
    [
        ("student_linked", {"zoho_student_id": "73", "userid": 12}, "student_link", {"userid": 12}),
        ("class_linked", {"zoho_class_id": "74", "courseid": 3}, "class_link", {"courseid": 3}),
    ],
)
async def test_a_link_is_owed_to_its_record(
    doors: Bridge, event_type: str, data: dict[str, Any], kind: str, expected: dict[str, Any]
) -> None:
    await doors.post(BATCH, {"events": [envelope(event_type, data, at=NOW)]})
    assert list((await owed(doors, kind)).values()) == [expected]


async def test_a_request_keeps_its_rows_and_where_its_files_lie(doors: Bridge) -> None:
    event = envelope("request_submitted", REQUEST, at=NOW, event_id=EVENT_ID)
    assert (await doors.post(REQUESTS, event)).json()["message"] == "accepted"
    facts = (await owed(doors, "request"))["M-000123"]
    assert facts["reason"].endswith("[M-000123]") and facts["requestid"] == 123
    assert facts["details"] == REQUEST["details"] and facts["files"] == []


async def test_both_grade_events_have_an_address_of_their_own(doors: Bridge) -> None:
    assert (await doors.post(GRADES, graded())).status_code == 200
    other = {**graded(IDS[1], attempt=2), "event_type": "submission_graded"}
    assert (await doors.post(GRADES, other)).status_code == 200
    assert (await doors.stored()) == (2, 2)


async def test_a_batch_has_a_result_for_each_event_in_order(doors: Bridge) -> None:
    await doors.post(ONE, graded(IDS[0]))
    events = [
        graded(IDS[1], attempt=2),
        graded(IDS[0], finalgrade="1.00000"),
        {"event_id": IDS[2], "nothing": "else"},
        envelope("user_loggedin", {}, at=NOW, event_id=IDS[3]),
        {**graded(IDS[4]), "data": {"key": "no user"}},
        graded(IDS[5], finalgrade=None),
        "no object",
        graded(IDS[0]),
    ]
    answer = await doors.post(BATCH, {"events": events}, message_id="post-7")
    body = answer.json()
    assert (answer.status_code, body["success"], body["message"]) == (200, False, "3 of 8 taken")
    assert body["event_id"] == "post-7"
    assert [(r["event_id"], r["success"], r["message"], r["reason"]) for r in body["results"]] == [
        (IDS[1], True, "accepted", None),
        (IDS[0], False, "event_id_reused", None),
        (IDS[2], False, "bad_envelope", None),
        (IDS[3], False, "unknown_event", None),
        (IDS[4], False, "bad_envelope", None),
        (IDS[5], True, "noted", "no_letter"),
        (None, False, "bad_envelope", None),
        (IDS[0], True, "accepted", None),
    ]
    assert await doors.stored() == (3, 2)


async def test_a_hundred_events_are_taken_in_at_once(doors: Bridge) -> None:
    events = [graded(IDS[n], attempt=n + 1) for n in range(100)]
    body = (await doors.post(BATCH, {"events": events})).json()
    assert (body["success"], body["message"]) == (True, "100 of 100 taken")
    assert await doors.stored() == (100, 100)


@pytest.mark.parametrize("keys", [(OLD_KEY,), (STRANGE_KEY, KEY), (KEY, STRANGE_KEY)])
async def test_keys_rotate_on_both_sides(doors: Bridge, keys: tuple[str, ...]) -> None:
    assert (await doors.post(ONE, graded(), keys=keys)).status_code == 200


async def test_an_unknown_version_beside_a_good_one_is_ignored(doors: Bridge) -> None:
    body = json.dumps(graded()).encode()
    headers = signed_headers((KEY,), EVENT_ID, NOW, body)
    headers["webhook-signature"] = f"v1a,AAAA {headers['webhook-signature']} v2,AAAA"
    assert (await doors.post(ONE, body, headers=headers)).status_code == 200


async def test_a_token_with_tenant_and_id_is_a_proof(doors: Bridge) -> None:
    headers = {"X-Moodle-Token": TOKEN, "X-Tenant-ID": "default", "X-Event-ID": EVENT_ID}
    assert (await doors.post(ONE, graded(), headers=headers)).status_code == 200


async def test_an_import_twice_changes_nothing(doors: Bridge) -> None:
    records = [grade(), grade(attempt=2), {"key": "no user"}]
    body = {"tenant_id": "default", "source": "tool", "moodle_url": "https://m.example.org"}
    first = (await doors.post(f"{IMPORT}/grades", {**body, "records": records})).json()
    assert first["message"] == "2 of 3 taken"
    doors.clock.advance(3600)
    again = (await doors.post(f"{IMPORT}/grades", {**body, "records": records})).json()
    assert again["results"] == first["results"]
    assert await doors.stored() == (2, 2)


async def test_an_import_does_not_undo_what_happened_since(doors: Bridge) -> None:
    await doors.post(ONE, graded(finalgrade="90.00000"))
    body = {"tenant_id": "default", "source": "tool", "moodle_url": "https://m.example.org"}
    old = grade(finalgrade="10.00000", timemodified=1_795_000_000)
    answer = await doors.post(f"{IMPORT}/grades", {**body, "records": [old]})
    assert answer.json()["results"][0]["reason"] == "superseded"
    assert [facts["letter"] for facts in (await owed(doors)).values()] == ["D"]


async def test_an_event_of_a_clock_that_ran_ahead_does_not_bar_those_that_follow(
    doors: Bridge,
) -> None:
    ahead = envelope("user_graded", grade(), at=NOW + 86_400, event_id=IDS[0])
    await doors.post(ONE, ahead)
    doors.clock.advance(60)
    following = envelope("user_graded", grade(finalgrade="90"), at=NOW + 50, event_id=IDS[1])
    assert (await doors.post(ONE, following)).json()["message"] == "accepted"
    assert [facts["letter"] for facts in (await owed(doors)).values()] == ["D"]
