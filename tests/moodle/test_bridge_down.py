"""The bridge is down for an hour while a thousand things happen in Moodle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

import pytest

from tests.support.chain_school import Office, new_address
from tests.support.dead_port import DeadPort, dead_port
from tests.support.http_crm import STUDENTS
from tests.support.tap import Tap, tapped
from tests.support.whole_chain import Chain

pytestmark = pytest.mark.timeout(600)
GRADES = "BTEC_Grades"
STUDENTS_THERE = 25
ROUNDS = 5
UPDATES = 6
EVENTS = STUDENTS_THERE * ROUNDS * (UPDATES + 2)
"""A graded attempt is two events: one of the assignment, one of the gradebook."""
MINUTES = 5
LOOKS_OF_CRON = 60 // MINUTES
MOST_TRIES = 8
Act = dict[str, Any]
Row = dict[str, Any]


def test_an_hour_without_the_bridge_harms_nobody_and_loses_nothing(
    chain: Chain, tell: Callable[[str], None]
) -> None:
    students, acts = _school(chain)
    before = len(chain.rows("outbox"))
    chain.bridge.kill()
    with dead_port(chain.bridge.port) as dead:
        seconds = _hour(chain, acts, dead)
    noted = chain.rows("outbox")[before:]
    assert len(noted) == EVENTS == 1000
    chain.start_bridge()
    chain.look("pass", seconds=3600)
    with tapped(chain.bridge.url) as tap:
        chain.set(bridgeurl=tap.url)
        chain.rest_of()
    _all_arrived_once(chain, noted)
    _each_record_in_order(chain, noted, tap)
    _the_last_word_counts(chain, students)
    tell(
        f"{chain.site.db}: {EVENTS} events while the bridge was down, {dead.tries} tries, "
        f"median {median(seconds) * 1000:.0f} ms an act"
    )
    assert 1 <= dead.tries <= MOST_TRIES


def _school(chain: Chain) -> tuple[Sequence[str], list[list[Act]]]:
    """Students who are linked and in their course, and what is to be done in each round."""
    course = chain.play("create_course", name=new_address("course"))
    office = Office(chain.crm)
    class_id = office.open_class(Moodle_Class_ID=course)
    places = [office.place(class_id) for _ in range(STUDENTS_THERE)]
    chain.until(lambda: not chain.owed())
    people = [{"act": "create_user", "email": place.email} for place in places]
    teacher, *users = chain.play_all(
        [{"act": "create_user", "email": new_address("teacher")}, *people]
    )
    work = chain.play_all(
        [
            {"act": "enrol", "course": course, "user": teacher, "role": "editingteacher"},
            {"act": "create_assignment", "course": course, "name": "Report"},
        ]
    )[-1]
    chain.rest_of()
    rounds = [_round(number, users, teacher, work) for number in range(1, ROUNDS + 1)]
    return [place.student for place in places], rounds


def _round(number: int, users: Sequence[int], teacher: int, work: int) -> list[Act]:
    acts: list[Act] = []
    for user in users:
        moves = [f"City {number}-{move}" for move in range(UPDATES)]
        acts += [{"act": "update_user", "id": user, "fields": {"city": city}} for city in moves]
        grade = {"act": "grade", "assignment": work, "student": user, "teacher": teacher}
        acts.append(grade | {"points": 30 + 10 * number, "comment": f"Round {number}"})
    return acts


def _hour(chain: Chain, acts: list[list[Act]], dead: DeadPort) -> list[float]:
    """Cron runs all the time; no act waits for the bridge, or even tries to reach it. The seconds
    that acts took."""
    seconds: list[float] = []
    for look in range(LOOKS_OF_CRON):
        if look % 2 == 0 and acts:
            tries = dead.tries
            seconds += chain.play("each_timed", acts=acts.pop(0))
            assert dead.tries == tries
        chain.cron()
        chain.look("pass", seconds=MINUTES * 60)
    assert not acts
    return seconds


def _all_arrived_once(chain: Chain, noted: Sequence[Row]) -> None:
    status = {row["id"]: row["status"] for row in chain.rows("outbox")}
    assert {status[row["id"]] for row in noted} == {"delivered"}
    arrived = {event for (event,) in chain.asked("SELECT event_id FROM moodle_events")}
    assert {row["event_id"] for row in noted} <= arrived


def _each_record_in_order(chain: Chain, noted: Sequence[Row], tap: Tap) -> None:
    """On the wire, and in the bridge, where all events of a message are taken in at once."""
    sent = [event for _, events in tap.messages for event in events]
    assert sorted(sent) == sorted(row["event_id"] for row in noted)
    on_wire = {event: place for place, event in enumerate(sent)}
    taken = dict(chain.asked("SELECT event_id, received_at FROM moodle_events"))
    orders: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for row in noted:
        event = row["event_id"]
        orders[row["record_key"]].append((on_wire[event], taken[event]))
    assert len(orders) == 2 * STUDENTS_THERE
    for order in orders.values():
        places, times = zip(*order, strict=True)
        assert list(places) == sorted(places)
        assert list(times) == sorted(times)


def _the_last_word_counts(chain: Chain, students: Sequence[str]) -> None:
    for student in students:
        assert chain.crm.record(STUDENTS, student)["City"] == f"City {ROUNDS}-{UPDATES - 1}"
        [grade] = chain.crm.records(GRADES, Student=student)
        assert (grade["Grade"], grade["Feedback"]) == ("D", f"Round {ROUNDS}")
