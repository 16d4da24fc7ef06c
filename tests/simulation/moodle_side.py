"""What happens in Moodle: told to the bridge as the plugin's outbox tells it, and what the CRM must
hold of it at the end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2

from mzi_bridge.sandbox.moodle.events import EVENTS_PATH, envelope, grade, signed_headers
from mzi_bridge.sandbox.moodle.requests import make_request
from tests.simulation import school
from tests.simulation.world import BRIDGE, EVENT_SECRET, World

GRADES, STUDENTS, CLASSES = "BTEC_Grades", "BTEC_Students", "BTEC_Classes"
REQUESTS = "BTEC_Student_Requests"
KEY_FIELD = "Moodle_Grade_Composite_Key"
ROWS = "Learning_Outcomes_Assessm"
COURSE = "990"
RELEASED = "Released"
URL = f"https://{BRIDGE}{EVENTS_PATH}"
PATIENCE = {"timeout": {"read": 10.0}}
RESEND_SECONDS = (45.0, 90.0, 300.0, 600.0)
OUTAGES = ("timestamp_out_of_window", "journal_unavailable")
"""What the bridge may answer for its clock or its disk: nothing is stored, the post comes again."""

LATE = (True, "noted", "superseded")
ACTS = {"grade": 18, "request": 2, "link": 2, "nothing to write": 2, "bad": 1}
WAYS = {"at once": 5, "twice": 2, "out of order": 3, "late": 1, "answer lost": 2}
LOST_CALLS: tuple[Mapping[str, Any], ...] = (
    {"kind": "lost_reply"},
    {"kind": "slow_reply", "seconds": 45.0},
    {"kind": "latency", "seconds": 45.0},
    {"kind": "drop_before"},
)
POINTS = ("0", "39.99999", "40", "55", "60", "69.9", "70", "88", "100")


@dataclass
class Told:
    """One event. `wanted`: (success, message, reason) of each of its answers."""

    body: dict[str, Any]
    wanted: tuple[bool, str, str]
    answer: tuple[bool, str, str] | None = None


@dataclass
class Owed:
    """What the CRM must hold under a key: the facts that happened last."""

    second: int
    data: dict[str, Any]


class MoodleSide:
    """`asks`: whether students make requests, too; not where the CRM denies what it has."""

    def __init__(self, world: World, publish: Callable[[], None], *, asks: bool) -> None:
        self.told: list[Told] = []
        self.grades: dict[str, Owed] = {}
        self.links: dict[tuple[str, str], Owed] = {}
        self.requests: dict[str, list[str]] = {}
        self._world = world
        self._draw = world.chance.draw
        self._asks = asks
        self._ids = 0
        self._under_way: set[asyncio.Task[None]] = set()
        crm = world.crm
        self.students = sorted(crm.records(STUDENTS))[-3:]
        self.classes = sorted(crm.records(CLASSES))[-2:]
        world.spared = self.owns
        self.by_hand = frozenset(self._make_by_hand(n) for n in (1, 2))
        self.before = {i: dict(crm.records(GRADES)[i].values) for i in self.by_hand}
        if GRADES in world.subset:
            publish()
        else:
            world.emulator.published = len(crm.history)

    def owns(self, module: str, record_id: str) -> bool:
        """Whether Moodle writes this record: then the office leaves it alone."""
        record = self._world.crm.get(module, record_id)
        if record is None:
            return False
        key = str(record.values.get(KEY_FIELD) or "")
        return (
            record_id in (*self.students, *self.classes)
            or f"_{COURSE}_" in key
            or "[M-" in str(record.values.get("Reason") or "")
        )

    @property
    def pending(self) -> int:
        return len(self._under_way)

    async def act(self) -> None:
        """Something happens, and a post of what happened sets out."""
        acts = [self._act() for _ in range(self._draw.choice((1, 1, 2, 4)))]
        told = [one for one in acts if one is not None]
        self.told += told
        if told:
            self._set_out(told)

    async def close(self) -> None:
        for task in list(self._under_way):
            task.cancel()

    # What happens

    def _act(self) -> Told | None:
        kind = self._draw.choices(list(ACTS), list(ACTS.values()))[0]
        self._world.history.counts[f"moodle {kind}"] += 1
        match kind:
            case "request" if self._asks:
                return self._request()
            case "link":
                return self._link()
            case "nothing to write":
                data = {"userid": 1, "courseid": 2, "timecompleted": 3}
                return self._event("course_completed", data, ("noted", "not_mapped"))
            case "bad":
                return self._bad()
        return self._grade()

    def _grade(self) -> Told | None:
        user, attempt = self._draw.randrange(1, 6), self._draw.randrange(1, 3)
        outcomes = [
            {"code": code, "identification": code, "score": self._draw.choice(SCORES)}
            for code in self._draw.sample(("P1", "P2", "M1", "D1"), self._draw.randrange(4))
        ]
        data = grade(
            userid=user,
            courseid=int(COURSE),
            iteminstance=9,
            attempt=attempt,
            finalgrade=self._draw.choice(POINTS),
            feedback=f"{school.CANARY} {self._draw.randrange(10**6)}",
            grader=f"{school.CANARY} teacher",
            outcomes=outcomes,
            crm={
                "student_id": self.students[user % 3],
                "class_id": self.classes[user % 2],
                "grade_id": None,
                "unit_name": "Unit 1",
            },
        )
        if not self._happens(self.grades, data["key"], data):
            return None
        return self._event("user_graded", data, ("accepted", ""))

    def _link(self) -> Told | None:
        number = self._draw.randrange(2, 50)
        if self._draw.random() < 0.5:
            student = self._draw.choice(self.students)
            number = self._user_of(student) or number
            data = {"zoho_student_id": student, "userid": number}
            known = self._happens(self.links, (STUDENTS, student), {"Student_Moodle_ID": number})
            return self._event("student_linked", data, ("accepted", "")) if known else None
        class_ = self._draw.choice(self.classes)
        data = {"zoho_class_id": class_, "courseid": number}
        known = self._happens(self.links, (CLASSES, class_), {"Moodle_Class_ID": number})
        return self._event("class_linked", data, ("accepted", "")) if known else None

    def _user_of(self, student: str) -> int | None:
        """The account that Moodle has for the student: no other one could be linked there."""
        stored = self._world.site.tables["students"].get(student)
        return None if stored is None else stored.row["moodle_user_id"]

    def _request(self) -> Told:
        number = len(self.requests) + 1
        files = [
            (f"{school.CANARY} {n}.pdf", f"{school.CANARY} {number} {n}".encode())
            for n in range(self._draw.choice((0, 0, 1, 2)))
        ]
        data = make_request(self._world.site, self._draw.choice(self.students), files)
        mark = str(data["request_number"])
        self.requests[mark] = sorted(content.decode() for _, content in files)
        more = {
            "moodle_user_id": 12,
            "request_type": "Student Card",
            "reason": f"{school.CANARY}\n[{mark}]",
            "request_date": "2027-01-15",
            "details": None,
            "timesubmitted": int(self._world.clock.now()),
        }
        if self._draw.random() < 0.5:
            self._lose_a_call(upload=bool(files) and self._draw.random() < 0.5)
        return self._event("request_submitted", {**data, **more}, ("accepted", ""))

    def _lose_a_call(self, *, upload: bool) -> None:
        """The next insert of a request, or the next upload to one."""
        fault = dict(self._draw.choice(LOST_CALLS))
        what, path = ("upload", f"{REQUESTS}/") if upload else ("request", REQUESTS)
        match = {"method": "POST", "path_prefix": f"/crm/v2/{path}"}
        self._world.crm_app.faults.add([{"match": match, "times": 1, "fault": fault}])
        self._world.history.counts[f"{what} meets {fault['kind']}"] += 1

    def _bad(self) -> Told | None:
        """No event at all, or another one under the id of one that was taken in."""
        known = [one for one in self.told if one.answer and one.wanted[0]]
        if not known or self._draw.random() < 0.5:
            return self._event("user_vanished", {"userid": 1}, (False, "unknown_event"))
        body = {**self._draw.choice(known).body, "event_type": "course_completed"}
        body["data"] = {"userid": 7, "courseid": 7, "timecompleted": self._draw.randrange(10**6)}
        return Told(body, (False, "event_id_reused", ""))

    def _happens(self, kept: dict[Any, Owed], key: Any, data: dict[str, Any]) -> bool:
        """Whether this is the only event of the record in its second: of equals the order in
        which they come counts, and that is chance."""
        second = int(self._world.clock.now())
        if key in kept and kept[key].second >= second:
            return False
        kept[key] = Owed(second, data)
        return True

    def _event(self, kind: str, data: dict[str, Any], wanted: tuple[Any, str]) -> Told:
        self._ids += 1
        body = envelope(
            kind,
            data,
            at=self._world.clock.now(),
            event_id=str(UUID(int=(4 << 76) | (8 << 60) | self._ids)),
        )
        if wanted[0] is False:
            return Told(body, (False, wanted[1], ""))
        return Told(body, (True, wanted[0], wanted[1]))

    def _make_by_hand(self, number: int) -> str:
        """A grade without outcomes that the office made and released under a key of Moodle's."""
        values = school.newcomer(self._world.crm, GRADES, self._draw)
        values |= {KEY_FIELD: f"{number}_{COURSE}_9_1", "Grade_Status": RELEASED, ROWS: []}
        return self._world.crm.insert(GRADES, values)

    # How it travels

    def _set_out(self, told: list[Told]) -> None:
        way = self._draw.choices(list(WAYS), list(WAYS.values()))[0]
        self._world.history.counts[f"events {way}"] += 1
        random = self._draw.random
        delays = {
            "twice": [random() * 90.0 for _ in range(2)],
            "out of order": [random() * 120.0],
            "late": [random() * 7200.0],
        }.get(way, [random() * 0.3])
        for delay in delays:
            task = asyncio.get_running_loop().create_task(
                self._send(told, delay, deaf=way == "answer lost")
            )
            self._under_way.add(task)
            task.add_done_callback(self._arrived)

    def _arrived(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._world.history.wrong(f"Moodle's post itself failed: {error!r}")

    async def _send(self, told: list[Told], delay: float, *, deaf: bool) -> None:
        await asyncio.sleep(delay)
        tries = 0
        while not await self._taken(told) or deaf:
            deaf = False
            await asyncio.sleep(RESEND_SECONDS[min(tries, len(RESEND_SECONDS) - 1)])
            tries += 1

    async def _taken(self, told: list[Told]) -> bool:
        self._ids += 1
        body = json.dumps({"events": [one.body for one in told]}).encode()
        message_id = str(UUID(int=(4 << 76) | (8 << 60) | self._ids))
        headers = signed_headers([EVENT_SECRET], message_id, self._world.clock.now(), body)
        if BRIDGE not in self._world.hosts:
            self._world.history.counts["events met no bridge"] += 1
            return False
        request = httpx2.Request("POST", URL, content=body, headers=headers, extensions=PATIENCE)
        try:
            response = await self._world.outside.handle_async_request(request)
        except httpx2.HTTPError:
            self._world.history.counts["events met no bridge"] += 1
            return False
        answer = json.loads(response.content)
        if response.status_code != 200:
            if answer["error"] not in OUTAGES:
                self._world.history.wrong(f"events were refused: {answer['error']}")
            self._world.history.counts[f"events answered {answer['error']}"] += 1
            return False
        for one, said in zip(told, answer["results"], strict=True):
            self._check(one, said)
        return True

    def _check(self, one: Told, said: Mapping[str, Any]) -> None:
        found = (said["success"], said["message"], said.get("reason") or "")
        self._world.history.tell(f"event {one.body['event_type']}: {found[1]} {found[2]}")
        self._world.history.counts[f"event {found[1]}"] += 1
        if found != one.wanted and (found != LATE or not one.wanted[0]):
            self._world.history.wrong(f"an event was answered {found}, not {one.wanted}")
        if one.answer not in (None, found):
            self._world.history.wrong(f"a repeat was answered {found}, not {one.answer}")
        one.answer = found
        kept = self._world.ask_journal(
            "SELECT 1 FROM moodle_events WHERE event_id = ?", one.body["event_id"]
        )
        if found[0] and not kept:
            self._world.history.wrong("an event was answered before the commit")


SCORES = ("Achieved", "Not Achieved", "Partially Achieved")
