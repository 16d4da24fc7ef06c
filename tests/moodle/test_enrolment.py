"""Places in the CRM become enrolments of a real Moodle, by notices, the bridge and cron."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.chain_school import ENROLLMENTS, Office, Place, day, new_address
from tests.support.http_crm import STUDENTS
from tests.support.real_moodle import NO_BRAKE
from tests.support.whole_chain import Chain

pytestmark = pytest.mark.timeout(600)
CLASSES = "BTEC_Classes"
ACTIVE, SUSPENDED = 0, 1
DAY = 86_400


@pytest.fixture(scope="module")
def office(chain: Chain) -> Office:
    return Office(chain.crm)


@dataclass(frozen=True)
class Taught:
    """A class of the CRM and its course."""

    chain: Chain
    office: Office
    class_id: str
    course: int

    def enter(self, count: int = 1, **dates: str) -> list[tuple[Place, int]]:
        """New places and the users of their students, as soon as they are enrolled."""
        places = [self.office.place(self.class_id, **dates) for _ in range(count)]
        acts = [{"act": "create_user", "email": place.email} for place in places]
        users = self.chain.play_all(acts)
        self.chain.rest_of()
        return list(zip(places, users, strict=True))

    def enrolments(self, user: int, method: str = "mzi") -> list[dict[str, Any]]:
        found = self.chain.look("enrolments", course=self.course)
        return [e for e in found if int(e["userid"]) == user and e["enrol"] == method]

    def status(self, user: int) -> int:
        [enrolment] = self.enrolments(user)
        return int(enrolment["status"])

    def roles(self, user: int) -> list[tuple[str, str]]:
        found = self.chain.look("roles", course=self.course)
        return [(r["shortname"], r["component"]) for r in found if int(r["userid"]) == user]


@pytest.fixture
def taught(chain: Chain, office: Office) -> Taught:
    course = chain.play("create_course", name=new_address("course"))
    return Taught(chain, office, office.open_class(Moodle_Class_ID=course), course)


def state(chain: Chain, place: Place) -> str:
    [row] = chain.rows("enrollments", zoho_enrollment_id=place.enrollment)
    return str(row["moodle_enrolment_state"])


def test_a_place_is_an_enrolment_with_its_role_and_its_dates(taught: Taught) -> None:
    [(place, user)] = taught.enter(Start_Date=day(-7), End_Date=day(30))
    [enrolment] = taught.enrolments(user)
    assert int(enrolment["status"]) == ACTIVE
    assert _dates(enrolment) == (day(-7), day(31))
    assert taught.roles(user) == [("student", "enrol_mzi")]
    assert state(taught.chain, place) == "enrolled"
    taught.chain.crm.update(ENROLLMENTS, place.enrollment, End_Date=day(60))
    taught.chain.rest_of()
    [later] = taught.enrolments(user)
    assert (later["id"], _dates(later)) == (enrolment["id"], (day(-7), day(61)))


def _dates(enrolment: dict[str, Any]) -> tuple[str, str]:
    """The days on which it begins and on which it is over; both are midnights of the site's UTC."""
    times = int(enrolment["timestart"]), int(enrolment["timeend"])
    assert [time % DAY for time in times] == [0, 0]
    begin, end = (datetime.fromtimestamp(time, UTC).date().isoformat() for time in times)
    return begin, end


def test_who_leaves_is_shut_out_and_who_comes_back_is_let_in(taught: Taught) -> None:
    chain = taught.chain
    [(place, user)] = taught.enter()
    chain.crm.update(STUDENTS, place.student, Status="Withdrawn")
    chain.rest_of()
    assert (taught.status(user), state(chain, place)) == (SUSPENDED, "suspended")
    chain.crm.update(STUDENTS, place.student, Status="Active")
    chain.rest_of()
    assert (taught.status(user), state(chain, place)) == (ACTIVE, "enrolled")


def test_a_deleted_record_ends_its_own_enrolment_and_no_other(taught: Taught) -> None:
    chain = taught.chain
    [(kept, one), (gone, two)] = taught.enter(2)
    chain.play_all([{"act": "enrol", "course": taught.course, "user": user} for user in (one, two)])
    by_hand = [taught.enrolments(user, "manual") for user in (one, two)]
    chain.crm.delete(ENROLLMENTS, kept.enrollment)
    chain.rest_of()
    assert (taught.status(one), state(chain, kept)) == (SUSPENDED, "ended")
    chain.set(enrolleave="unenrol")
    try:
        chain.crm.delete(ENROLLMENTS, gone.enrollment)
        chain.rest_of()
    finally:
        chain.set(enrolleave="suspend")
    assert (taught.enrolments(two), state(chain, gone)) == ([], "ended")
    assert [taught.enrolments(user, "manual") for user in (one, two)] == by_hand
    assert ("student", "") in taught.roles(two)


def test_what_a_hand_removes_is_put_back_by_the_hourly_task(taught: Taught) -> None:
    chain = taught.chain
    [(_, user)] = taught.enter()
    chain.play("unenrol", course=taught.course, user=user, method="mzi")
    chain.cron()
    assert taught.enrolments(user) == []
    chain.cron("repair_enrolments")
    assert taught.status(user) == ACTIVE
    assert taught.roles(user) == [("student", "enrol_mzi")]


def test_a_place_waits_for_its_user_and_its_course(chain: Chain, office: Office) -> None:
    place = office.place(office.open_class())
    chain.rest_of()
    assert state(chain, place) == "pending_user"
    user = chain.play("create_user", email=place.email)
    chain.rest_of()
    assert state(chain, place) == "pending_course"
    course = chain.play("create_course", name=new_address("course"))
    chain.crm.update(CLASSES, place.class_id, Moodle_Class_ID=course)
    chain.rest_of()
    assert state(chain, place) == "enrolled"
    assert Taught(chain, office, place.class_id, course).status(user) == ACTIVE


def test_the_brake_holds_a_mass_end_until_it_is_confirmed(taught: Taught) -> None:
    chain = taught.chain
    people = taught.enter(5)
    chain.look("pass", seconds=2 * 3600)
    chain.set(brake_minimum=2)
    try:
        chain.crm.update(CLASSES, taught.class_id, Class_Status="End")
        chain.rest_of()
        assert (
            sorted(state(chain, place) for place, _ in people) == ["held"] * 3 + ["suspended"] * 2
        )
        assert sorted(taught.status(user) for _, user in people) == [ACTIVE] * 3 + [SUSPENDED] * 2
        chain.cron("repair_enrolments")
        assert sorted(taught.status(user) for _, user in people) == [ACTIVE] * 3 + [SUSPENDED] * 2
        chain.site.run_cli("local/mzi/cli/enrolments.php", "--confirm=3")
    finally:
        chain.set(brake_minimum=NO_BRAKE)
    assert {taught.status(user) for _, user in people} == {SUSPENDED}


def test_two_crons_at_once_make_one_enrolment(taught: Taught) -> None:
    chain = taught.chain
    places = [taught.office.place(taught.class_id) for _ in range(6)]
    users = chain.play_all([{"act": "create_user", "email": place.email} for place in places])
    chain.until(lambda: not chain.owed())
    chain.look("queue", name="apply_enrolments", count=4)
    chain.two_crons()
    chain.look("queue", name="apply_enrolments", count=4)
    chain.two_crons()
    assert [len(taught.enrolments(user)) for user in users] == [1] * 6
    ways = chain.look("rows", table="enrol", where={"courseid": taught.course, "enrol": "mzi"})
    assert len(ways) == 1


@pytest.fixture
def makes_courses(chain: Chain) -> Iterator[None]:
    chain.set(makecourses=1)
    yield
    chain.set(makecourses=0, coursestaff=None)


@pytest.mark.usefixtures("makes_courses")
def test_a_class_that_becomes_active_gets_one_course(chain: Chain, office: Office) -> None:
    class_id = office.open_class("Databases", Class_Status="Pending", Start_Date=day(7))
    place = office.place(class_id)
    user = chain.play("create_user", email=place.email)
    chain.rest_of()
    assert state(chain, place) == "pending_course"
    assert _courses(chain, class_id) == []
    chain.crm.update(CLASSES, class_id, Class_Status="Active")
    chain.until(lambda: not chain.owed())
    chain.look("queue", name="make_courses", count=3)
    chain.two_crons()
    chain.rest_of()
    [course] = _courses(chain, class_id)
    assert course["fullname"] == "Databases"
    assert chain.crm.record(CLASSES, class_id)["Moodle_Class_ID"] == int(course["id"])
    assert Taught(chain, office, class_id, int(course["id"])).status(user) == ACTIVE
    chain.cron("repair_enrolments")
    chain.rest_of()
    assert len(_courses(chain, class_id)) == 1


def _courses(chain: Chain, class_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = chain.look("rows", table="course", where={"idnumber": class_id})
    return found


@pytest.mark.usefixtures("makes_courses")
def test_teachers_and_staff_follow_the_class(taught: Taught) -> None:
    chain, address = taught.chain, new_address
    emails = [address("teacher"), address("successor"), address("office")]
    teacher, successor, staff = chain.play_all(
        [{"act": "create_user", "email": email} for email in emails]
    )
    chain.set(coursestaff=f"{emails[2]}:teacher")
    first, second = (
        chain.crm.insert("BTEC_Teachers", Name="A. Teacher", Academic_Email=email)
        for email in emails[:2]
    )
    chain.until(lambda: not chain.owed())
    chain.crm.update(CLASSES, taught.class_id, Teacher={"id": first})
    chain.rest_of()
    given = ("editingteacher", "local_mzi")
    assert taught.roles(teacher) == [given]
    assert taught.roles(staff) == [("teacher", "local_mzi")]
    assert (taught.status(teacher), taught.status(staff)) == (ACTIVE, ACTIVE)
    chain.crm.update(CLASSES, taught.class_id, Teacher={"id": second})
    chain.rest_of()
    assert (taught.roles(teacher), taught.roles(successor)) == ([], [given])
    assert (taught.status(teacher), taught.status(successor)) == (SUSPENDED, ACTIVE)
    assert taught.roles(staff) == [("teacher", "local_mzi")]
