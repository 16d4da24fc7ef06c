"""What Moodle shows of a student, handed on to whoever holds the administrator's token."""

from __future__ import annotations

from pathlib import Path

import pytest

from mzi_bridge.errors import MziError, RetryLater
from mzi_bridge.moodle.errors import MoodleRefused, UnknownStudent
from tests.support.problems import refusal
from tests.support.world import ADMIN_TOKEN, World, open_world
from tests.unit.api.test_admin import BEARER, PROFILE, TOKEN, Fakes

STUDENTS = "BTEC_Students"


@pytest.fixture
def fakes() -> Fakes:
    return Fakes()


def test_the_dashboard_is_handed_on_and_kept_nowhere(fakes: Fakes) -> None:
    response = fakes.client.get(f"{PROFILE}?moodle_user_id=7", headers=BEARER)
    assert response.status_code == 200
    assert response.json()["student"] == {"moodle_user_id": 7, "display_name": "Canary Name"}
    assert response.headers["cache-control"] == "no-store"
    assert fakes.asked == [("profile", 7)]


@pytest.mark.parametrize("headers", [{}, {"Authorization": f"Bearer {TOKEN}x"}])
def test_nobody_without_the_token_asks_for_a_student(fakes: Fakes, headers: dict[str, str]) -> None:
    response = fakes.client.get(f"{PROFILE}?moodle_user_id=7", headers=headers)
    assert response.status_code == 401
    assert not fakes.asked


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("", "moodle_user_id"),
        ("?moodle_user_id=", "moodle_user_id"),
        ("?moodle_user_id=0", "moodle_user_id"),
        ("?moodle_user_id=-1", "moodle_user_id"),
        ("?moodle_user_id=1.5", "moodle_user_id"),
        ("?moodle_user_id=99999999999", "moodle_user_id"),
        ("?moodle_user_id=canary", "moodle_user_id"),
        ("?moodle_user_id=1&user=2", "user"),
    ],
)
def test_a_wrong_question_is_named_without_its_value(fakes: Fakes, query: str, wrong: str) -> None:
    response = fakes.client.get(PROFILE + query, headers=BEARER)
    assert refusal(response) == (400, "bad_option")
    assert response.json()["options"] == [wrong]
    assert not fakes.asked


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (UnknownStudent("Nobody.", reason="unknown_student"), 404),
        (RetryLater("No answer.", reason="timeout"), 503),
        (MoodleRefused("Not now.", reason="invalidtoken"), 503),
    ],
)
def test_faults_are_named(fakes: Fakes, fault: MziError, status: int) -> None:
    fakes.fault = fault
    response = fakes.client.get(f"{PROFILE}?moodle_user_id=7", headers=BEARER)
    assert (response.status_code, response.json()["error"]) == (status, fault.reason)


async def asked(world: World, user_id: int) -> tuple[int, dict[str, object]]:
    async with world.serving(with_worker=False) as http:
        response = await http.get(
            f"{PROFILE}?moodle_user_id={user_id}", headers={"X-Admin-Token": ADMIN_TOKEN}
        )
    return response.status_code, response.json()


async def test_a_student_is_found_by_the_moodle_user(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    async with open_world(tmp_path) as world:
        student = world.some(STUDENTS)
        await world.carry(STUDENTS, student)
        row = world.row(STUDENTS, student)
        assert row is not None and row["moodle_user_id"]
        status, profile = await asked(world, row["moodle_user_id"])
        assert status == 200
        assert profile["student"] == {
            "id": row["id"],
            "zoho_student_id": student,
            "moodle_user_id": row["moodle_user_id"],
            "display_name": row["display_name"],
        }
        status, refusal = await asked(world, 999_999)
        assert (status, refusal["error"]) == (404, "unknown_student")
        said = str([record.__dict__ for record in caplog.records])
        assert row["display_name"] not in said


async def test_a_paused_moodle_is_not_asked(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        await world.links.journal.links.pause("moodle", "maintenance", world.clock.now() + 60)
        status, refusal = await asked(world, 5)
        assert (status, refusal["error"]) == (503, "maintenance")
        assert await world.calls("moodle") == []
