"""The way back, whole: real Moodle, its cron, HTTP to a bridge process, and the CRM behind it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.browser import documents
from tests.support.chain_school import UNIT, Office, Place, day, new_address
from tests.support.http_crm import STUDENTS
from tests.support.moodle_session import MoodleSession
from tests.support.whole_chain import PASSWORD, Chain

pytestmark = pytest.mark.timeout(600)
GRADES = "BTEC_Grades"
REQUESTS = "BTEC_Student_Requests"
CRITERIA = {"P1": 60, "M1": 40}


@dataclass(frozen=True)
class Story:
    """What was done, by the ids of both sides."""

    place: Place
    course: int
    coming: str
    user: int
    teacher: int
    assignment: int
    requests: dict[str, str]
    pdf: bytes


@pytest.fixture(scope="module")
def story(chain: Chain, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The story of a student, with a run of cron behind each of its parts."""
    course = chain.play("create_course", name=new_address("course"))
    office = Office(chain.crm)
    place = office.place(office.open_class("Programming 1", Moodle_Class_ID=course))
    coming = office.open_class(
        "Programming 2", Start_Date=day(30), Moodle_Class_ID=course + 100_000
    )
    chain.until(lambda: not chain.owed())
    user, teacher = _people(chain, place, course)
    assignment = _graded_twice(chain, course, user, teacher)
    chain.play("complete", course=course, student=user)
    pdf = documents.receipt(tmp_path_factory.mktemp("files")).read_bytes()
    _requests(chain, place, pdf, tmp_path_factory.mktemp("pictures"))
    chain.rest_of()
    made = chain.rows("requests", zoho_student_id=place.student)
    requests = {_kind(row): row["zoho_request_id"] for row in made}
    return Story(place, course, coming, user, teacher, assignment, requests, pdf)


def _people(chain: Chain, place: Place, course: int) -> tuple[int, int]:
    chain.look("open_windows")
    teacher = chain.play(
        "create_user", email=new_address("teacher"), firstname="Grace", lastname="Hopper"
    )
    user = chain.play("create_user", email=place.email)
    chain.play_all(
        [
            {"act": "enrol", "course": course, "user": teacher, "role": "editingteacher"},
            {"act": "enrol", "course": course, "user": user, "role": "student"},
        ]
    )
    chain.rest_of()
    chain.play("update_user", id=user, fields={"city": "Salt"})
    chain.rest_of()
    return user, teacher


def _graded_twice(chain: Chain, course: int, user: int, teacher: int) -> int:
    assignment: int = chain.play(
        "create_assignment", course=course, name="Report", criteria=CRITERIA
    )
    hand_in = {"act": "hand_in", "assignment": assignment, "student": user}
    grade = {"act": "grade", "assignment": assignment, "student": user, "teacher": teacher}
    first = grade | {"comment": "Nearly", "again": True, "marks": {"P1": 50, "M1": 0}}
    chain.play_all([hand_in, first])
    chain.rest_of()
    chain.play_all([hand_in, grade | {"comment": "Well done", "marks": {"P1": 60, "M1": 20}}])
    chain.rest_of()
    return assignment


def _requests(chain: Chain, place: Place, pdf: bytes, folder: Path) -> None:
    picture = documents.picture(folder).read_bytes()
    session = MoodleSession(chain.site.base_url, place.email, PASSWORD)
    reason = {"reason": "Because of work"}
    [drop] = session.names_of_classes("drop").values()
    [late] = session.names_of_classes("late").values()
    [enroll] = session.names_of_classes("enroll").values()
    phone = "new_" + hashlib.sha1(b"Phone Number", usedforsecurity=False).hexdigest()[:12]
    session.submit_request("drop", {**reason, drop: "1"})
    session.submit_request("enroll", {enroll: "1"})
    session.submit_request("late", {**reason, "class": late}, ("receipt.pdf", pdf))
    session.submit_request("change", {phone: "+962 7 9111 1111"}, ("proof.pdf", pdf))
    session.submit_request("photo", {}, ("me.png", picture))
    session.submit_request("card", reason)
    session.close()


def _kind(row: dict[str, Any]) -> str:
    photo = "Photo" in str(row["details"])
    return "Photo" if photo else str(row["request_type"])


def test_the_user_is_linked_in_the_crm(chain: Chain, story: Story) -> None:
    student = chain.crm.record(STUDENTS, story.place.student)
    assert student["Student_Moodle_ID"] == story.user
    assert (student["City"], student["Phone_Number"]) == ("Salt", "+962 7 9000 0000")


def test_each_attempt_is_one_grade_of_the_crm(chain: Chain, story: Story) -> None:
    found = chain.crm.records(GRADES, Student=story.place.student)
    told = {record["Moodle_Grade_Composite_Key"]: record for record in found}
    key = f"{story.user}_{story.course}_{story.assignment}"
    assert sorted(told) == [f"{key}_1", f"{key}_2"]
    assert len(found) == 2
    common = {
        "Class": story.place.class_id,
        "Attempt_Date": datetime.now(UTC).date().isoformat(),
        "Grader_Name": "Grace Hopper",
        "IV_Name": None,
        "BTEC_Unit": UNIT,
        "BTEC_Grade_Name": "Report",
        "Grade_Status": "Marking completed",
    }
    first = common | {"Grade": "P", "Attempt_Number": 1, "Feedback": "Nearly"}
    second = common | {"Grade": "D", "Attempt_Number": 2, "Feedback": "Well done"}
    for number, want in ((1, first), (2, second)):
        record = told[f"{key}_{number}"]
        assert {name: _plain(record[name]) for name in want} == want


def _plain(value: Any) -> Any:
    return value["id"] if isinstance(value, dict) else value


def test_learning_outcomes_are_rows_of_their_attempt(chain: Chain, story: Story) -> None:
    scores = {}
    for record in chain.crm.records(GRADES, Student=story.place.student):
        rows = chain.crm.record(GRADES, record["id"])["Learning_Outcomes_Assessm"]
        scores[record["Attempt_Number"]] = {row["LO_Code"]: row["LO_Score"] for row in rows}
        assert {row["LO_Feedback"] for row in rows} == {"Remark on P1", "Remark on M1"}
    assert scores == {
        1: {"P1": "Partially Achieved", "M1": "Not Achieved"},
        2: {"P1": "Achieved", "M1": "Partially Achieved"},
    }


def test_nothing_is_left_behind_in_moodle(chain: Chain, story: Story) -> None:
    left = [r for r in chain.rows("outbox") if r["status"] != "delivered" or r["last_error"]]
    assert left == []
    types = {row["event_type"] for row in chain.rows("outbox")}
    assert types == {
        "user_created",
        "user_updated",
        "user_enrolment_created",
        "student_linked",
        "assessable_submitted",
        "user_graded",
        "submission_graded",
        "course_completed",
        "request_submitted",
    }


WANTED = {
    "Class Drop": ("Because of work\n", 0),
    "Enroll Next Semester": ("", 0),
    "Late Submission": ("Because of work\n", 1),
    "Change Information": ("", 1),
    "Photo": ("", 1),
    "Student Card": ("Because of work\n", 0),
}


def test_each_request_is_one_record_with_its_rows_and_files(chain: Chain, story: Story) -> None:
    found = chain.crm.records(REQUESTS, Student=story.place.student)
    assert sorted(record["id"] for record in found) == sorted(story.requests.values())
    assert sorted(story.requests) == sorted(WANTED)
    rows = {row["zoho_request_id"]: row for row in chain.rows("requests")}
    for kind, record_id in story.requests.items():
        record, row = chain.crm.record(REQUESTS, record_id), rows[record_id]
        text, files = WANTED[kind]
        assert record["Reason"] == f"{text}[{row['request_number']}]"
        assert record["Request_Type"] == ("Change Information" if kind == "Photo" else kind)
        assert (record["Status"], record["Moodle_User_ID"]) == ("Pending", story.user)
        assert record["Request_Date"] == datetime.now(UTC).date().isoformat()
        assert len(chain.crm.files(REQUESTS, record_id)) == files


def test_what_is_asked_for_stands_in_the_rows(chain: Chain, story: Story) -> None:
    def rows(kind: str, form: str, *names: str) -> list[tuple[Any, ...]]:
        record = chain.crm.record(REQUESTS, story.requests[kind])
        return [tuple(row[name] for name in names) for row in record[form]]

    course, coming = str(story.course), str(story.course + 100_000)
    assert rows("Class Drop", "Requested_Classes", "Moodle_Class_ID") == [(course,)]
    assert rows("Late Submission", "Requested_Classes", "Moodle_Class_ID") == [(course,)]
    assert rows("Enroll Next Semester", "Requested_Classes", "Moodle_Class_ID") == [(coming,)]
    change = ("Field_Name", "Current_Value", "New_Value")
    assert rows("Change Information", "Change_Information", *change) == [
        ("Phone Number", "+962 7 9000 0000", "+962 7 9111 1111")
    ]
    assert rows("Photo", "Change_Information", *change) == [("Photo", None, "me.png")]


def test_a_file_in_the_crm_is_the_one_handed_in(chain: Chain, story: Story) -> None:
    [(name, content)] = chain.crm.files(REQUESTS, story.requests["Late Submission"]).items()
    assert name.endswith("-receipt.pdf")
    assert content == story.pdf


def test_an_approval_is_seen_in_moodle(chain: Chain, story: Story) -> None:
    answers = {kind: f"Come on day {number}" for number, kind in enumerate(story.requests)}
    for kind, record_id in story.requests.items():
        chain.crm.update(REQUESTS, record_id, Status="Approved", Decision_Note=answers[kind])
    chain.until(lambda: not chain.owed())
    rows = chain.rows("requests", zoho_student_id=story.place.student)
    assert {_kind(row): (row["status"], row["answer"]) for row in rows} == {
        kind: ("Approved", answer) for kind, answer in answers.items()
    }
    assert len(rows) == len(WANTED)
    shown = chain.dashboard(story.user)["requests"]["requests"]
    assert [request["status"] for request in shown] == ["Approved"] * len(WANTED)
    session = MoodleSession(chain.site.base_url, story.place.email, PASSWORD)
    page = session.tab("requests")
    session.close()
    assert page.count("Approved") >= len(WANTED)
    assert all(answer in page for answer in answers.values())


def test_moodle_shows_the_grades_it_told(chain: Chain, story: Story) -> None:
    chain.until(lambda: not chain.owed(shown=True))
    known = {record["id"] for record in chain.crm.records(GRADES, Student=story.place.student)}
    rows = chain.rows("grades", zoho_student_id=story.place.student)
    assert {row["zoho_grade_id"] for row in rows} == known
    assert len(rows) == 2
