"""What is done while the bridge may die: each story with what it promises besides the common."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any, ClassVar

from msgspec.structs import replace

from mzi_bridge.errors import MziError
from mzi_bridge.journal import JournalUnavailable
from mzi_bridge.pipeline.channel_terms import WEBHOOK_PATH
from mzi_bridge.pipeline.channels import delete_channels, setup
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.push.worker import PushWorker
from mzi_bridge.pipeline.sync import CURSOR, Mode, sync
from mzi_bridge.pipeline.worker import drain
from mzi_bridge.sandbox.moodle.events import envelope, grade
from mzi_bridge.sandbox.moodle.requests import make_request
from mzi_bridge.sandbox.sample.pictures import portrait
from tests.crash.board import BoardClock
from tests.crash.events import KEY_FIELD, Told
from tests.crash.office import Arrival, Office, Sent

STUDENTS = "BTEC_Students"
REGISTRATIONS = "BTEC_Registrations"
PAYMENTS = "BTEC_Payments"
TEACHERS = "BTEC_Teachers"
CLASSES = "BTEC_Classes"
GRADES = "BTEC_Grades"
OUTCOMES = "Learning_Outcomes_Assessm"
NEW_STATUS = "Marking completed"
LATER = "2b1f7f0e-6a52-4d1c-9a55-0c9a1e7b5d11"
FILES = (("one.pdf", b"%PDF one"), ("two.pdf", b"%PDF two"))
HOURS = 24.0
SECONDS_TO_REST = 60.0
MOST_ROUNDS = 200
MANY_TEACHERS = 420

Tell = Callable[[], Awaitable[None]]
Facts = Mapping[str, Any]


async def work_to_rest(links: Links) -> None:
    """Until no record is dirty and no write is owed; the hour jumps to whatever is waited for."""
    pusher = PushWorker(links)
    for _ in range(MOST_ROUNDS):
        await drain(links)
        while await pusher.run_once():
            pass
        waiting = (
            await links.journal.inbox.next_due(),
            await links.journal.pushes.next_due(list(links.preset.writes)),
        )
        due = min((at for at in waiting if at is not None), default=None)
        if due is None:
            return
        await links.clock.sleep(max(due - links.clock.now(), 0.0))
        if due <= links.clock.now() and await links.journal.links.get("zoho"):
            await links.clock.sleep(SECONDS_TO_REST)
    raise AssertionError("the bridge does not come to rest")


def advance(office: Office, seconds: float) -> None:
    """Moves the hour for everyone."""
    assert isinstance(office.clock, BoardClock)
    office.clock.advance(seconds)


class Story:
    """`prepare` runs before any fork; `arm` in the office's process; `work` in the bridge's,
    from its start each time it is started."""

    name: ClassVar[str]
    spare_calls: ClassVar[int]
    """How many more calls than a run without faults one death may cost."""

    pictured: ClassVar[bool] = False
    """Whether photos are carried, too."""

    rewrites: ClassVar[bool] = False
    """Whether a death may make the CRM write a record again, so that Moodle gets it again."""

    moving: ClassVar[frozenset[str]] = frozenset()
    """Columns that depend on the order in which records are made."""

    async def prepare(self, office: Office, links: Links) -> None:
        """The state from which every case starts."""

    def arm(self, office: Office) -> None:
        """What the office will do by itself."""

    async def work(self, links: Links, tell: Tell) -> None:
        await tell()
        await work_to_rest(links)

    def faults(self, office: Facts, journal: Facts) -> Iterator[str]:
        """What is wrong at the end beyond the common checks."""
        yield from ()


async def set_up(office: Office, links: Links) -> None:
    await setup(links, office.notify_url.removesuffix(WEBHOOK_PATH), HOURS)


class Notices(Story):
    """An update, an insert with a subform, a rejected record beside a good one, a deletion, a
    notice sent twice, and a record noticed again while it is in flight."""

    name = "notices"
    spare_calls = 6

    async def prepare(self, office: Office, links: Links) -> None:
        await set_up(office, links)
        known = {STUDENTS: [office.some(STUDENTS, 0), office.some(STUDENTS, 1)]}
        for module, ids in known.items():
            for record_id in ids:
                office.notice(module, "update", record_id)
        await office.tell_all()
        await drain(links)
        office.sent.clear()
        # By then the token is too old to be used.
        advance(office, 7200)
        self._edit(office)

    def _edit(self, office: Office) -> None:
        edited, gone = office.some(STUDENTS, 0), office.some(STUDENTS, 1)
        good, bad = office.some(PAYMENTS, 0), office.some(PAYMENTS, 1)
        office.crm.update(STUDENTS, edited, {"City": "Irbid"})
        twice = office.notice(STUDENTS, "update", edited)
        office.notice(REGISTRATIONS, "insert", office.some(REGISTRATIONS))
        office.notice(PAYMENTS, "insert", good, bad)
        office.crm.delete(STUDENTS, gone)
        advance(office, 2)
        office.notice(STUDENTS, "delete", gone)
        office.notice(TEACHERS, "update", office.some(TEACHERS))
        office.sent.append(Sent(dict(twice.body)))
        refusal = '{"exception":"e","errorcode":"invalidparameter","message":"No."}'
        office.moodle_app.faults.add(
            [
                {
                    "match": {"body_contains": bad},
                    "fault": {"kind": "status", "status": 200, "body": refusal},
                }
            ]
        )
        advance(office, 5)

    def arm(self, office: Office) -> None:
        teacher = office.some(TEACHERS)
        edited: list[str] = []

        async def edit_in_flight(arrival: Arrival) -> None:
            if arrival.label == "local_mzi_upsert_teachers" and not edited:
                edited.append(teacher)
                advance(office, 2)
                office.crm.update(TEACHERS, teacher, {"Name": "Later Name"})
                await office.tell(office.notice(TEACHERS, "update", teacher))

        office.before = edit_in_flight

    def faults(self, office: Facts, journal: Facts) -> Iterator[str]:
        if len(journal["dead"]) != 1:
            yield f"one record is refused, and {len(journal['dead'])} letters are there"
        if not any(row["deleted_at"] for row in office["rows"].values()):
            yield "the deleted student still stands"


class Syncing(Story):
    """A full sync of three pages, edits, then a delta sync with a deletion."""

    name = "sync"
    spare_calls = 7

    async def prepare(self, office: Office, links: Links) -> None:
        for number in range(MANY_TEACHERS):
            office.crm.insert(TEACHERS, {"Name": f"Teacher {number}"})

    def arm(self, office: Office) -> None:
        done: list[str] = []

        async def edit_once() -> None:
            if not done:
                done.append("edited")
                advance(office, 600)
                ids = sorted(office.crm.records(TEACHERS))
                for record_id in ids[:3]:
                    office.crm.update(TEACHERS, record_id, {"Name": "Edited"})
                office.crm.insert(TEACHERS, {"Name": "Newcomer"})
                office.crm.delete(TEACHERS, ids[5])
                advance(office, 600)

        office.tidings = edit_once

    async def work(self, links: Links, tell: Tell) -> None:
        begun = await links.journal.runs.unfinished(Mode.FULL, TEACHERS)
        if begun or await links.journal.cursors.get(TEACHERS, CURSOR) is None:
            await self._sync(links, Mode.FULL)
        await tell()
        await self._sync(links, Mode.DELTA)
        await work_to_rest(links)

    @staticmethod
    async def _sync(links: Links, mode: Mode) -> None:
        """A killed sync's lock makes way within its lease; until then another try is refused."""
        error: MziError | None = None
        for _ in range(3):
            error = (await sync(links, [TEACHERS], mode))[TEACHERS].error
            if error is None:
                return
            await links.clock.sleep(SECONDS_TO_REST + 1)
        raise AssertionError(error)

    def faults(self, office: Facts, journal: Facts) -> Iterator[str]:
        if journal["cursor"] is None:
            yield "there is no cursor"
        full = [run for run in journal["runs"] if run["kind"] == Mode.FULL]
        if len(full) != 1:
            yield f"{len(full)} full runs: a killed one was begun anew, not taken up"
        unfinished = [run for run in journal["runs"] if run["state"] != "done"]
        if unfinished:
            yield f"runs left over: {unfinished}"
        rows = [key for key in office["rows"] if key.startswith("teachers ")]
        if len(rows) < MANY_TEACHERS + 1:
            yield f"only {len(rows)} teachers arrived"


class Renewing(Story):
    """One channel is renewed with a new token, one registered; a notice comes with Zoho's own
    token between the effect of each call and its answer, and again after every start."""

    name = "channels"
    spare_calls = 12
    modules = (TEACHERS, CLASSES)

    async def prepare(self, office: Office, links: Links) -> None:
        await set_up(office, links)
        await delete_channels(links, [CLASSES])
        (row,) = [r for r in await links.journal.channels.list() if r.module == TEACHERS]
        await links.journal.channels.save(replace(row, granted_at=row.granted_at - 30 * 3600))

    def arm(self, office: Office) -> None:
        async def tell_of_all() -> None:
            for channel in office.crm_app.state.emulator.channels.live(office.clock.now()):
                (module,) = channel.modules
                if module in self.modules:
                    record_id = office.some(module)
                    advance(office, 2)
                    office.crm.update(module, record_id, {})
                    await office.tell(office.notice(module, "update", record_id))

        async def at_once(arrival: Arrival) -> None:
            if arrival.label.endswith("/actions/watch") and arrival.method != "GET":
                await tell_of_all()

        office.after, office.tidings = at_once, tell_of_all

    async def work(self, links: Links, tell: Tell) -> None:
        await tell()
        await self._set_up(links)
        await tell()
        await work_to_rest(links)

    @staticmethod
    async def _set_up(links: Links) -> None:
        notify_url = (await links.journal.channels.list())[0].notify_url
        for _ in range(3):
            try:
                outcomes = await setup(links, notify_url.removesuffix(WEBHOOK_PATH), HOURS)
            except JournalUnavailable as error:
                # On SQLite the lock of whoever died under it is a lease, which must run out.
                assert error.reason == "lock_busy", error
            else:
                assert not [o for o in outcomes if o.done == "failed"], outcomes
                return
        raise AssertionError("the lock of a dead process is never freed")

    def faults(self, office: Facts, journal: Facts) -> Iterator[str]:
        at_zoho = {i: modules[0] for i, modules in office["channels"].items()}
        if at_zoho != {c["channel_id"]: c["module"] for c in journal["channels"]}:
            yield f"Zoho has {at_zoho}, the journal {journal['channels']}"
        for module in self.modules:
            if list(at_zoho.values()).count(module) != 1:
                yield f"{module} has not one channel: {at_zoho}"


class Refreshing(Story):
    """The CRM refuses the token at hand, and another is fetched."""

    name = "token"
    spare_calls = 4

    async def prepare(self, office: Office, links: Links) -> None:
        await set_up(office, links)
        office.notice(STUDENTS, "insert", office.some(STUDENTS))

    def arm(self, office: Office) -> None:
        office.crm_app.state.emulator.oauth.expire_all()

    def faults(self, office: Facts, journal: Facts) -> Iterator[str]:
        asked = office["calls"].get("POST /oauth/v2/token", 0)
        if asked > 3:
            yield f"{asked} tokens were fetched"


class Picturing(Story):
    """A photo that changed, a new one, and one that is gone."""

    name = "photos"
    spare_calls = 6
    pictured = True

    async def prepare(self, office: Office, links: Links) -> None:
        await set_up(office, links)
        changed, gone = self._students(office)[0], self._students(office)[2]
        for record_id in (changed, gone):
            office.photograph(record_id, portrait(1))
            office.notice(STUDENTS, "update", record_id)
        await office.tell_all()
        await drain(links)
        office.sent.clear()
        advance(office, 600)
        office.photograph(changed, portrait(2))
        office.photograph(self._students(office)[1], portrait(3))
        office.crm.records(STUDENTS)[gone].attachments.clear()
        for record_id in self._students(office):
            office.notice(STUDENTS, "update", record_id)
        advance(office, 5)

    @staticmethod
    def _students(office: Office) -> list[str]:
        return [office.some(STUDENTS, n) for n in range(3)]

    def faults(self, office: Facts, journal: Facts) -> Iterator[str]:
        wanted = [sha256(portrait(n)).hexdigest() for n in (2, 3)]
        if [one for _, one in sorted(office["photos"].items())] != [*wanted, None]:
            yield f"the photos are {office['photos']}"


class Grading(Story):
    """Grades with outcomes, one of them of a record that was released by hand, and the link of a
    student; a grade is changed in Moodle while it is on its way."""

    name = "grades"
    spare_calls = 8
    rewrites = True
    moving = frozenset({"content_hash", "grade_name"})

    async def prepare(self, office: Office, links: Links) -> None:
        await set_up(office, links)
        released = office.some(GRADES)
        office.crm.update(GRADES, released, {KEY_FIELD: "12_3_9_2", "Grade_Status": "Released"})
        advance(office, 600)
        told: list[tuple[str, dict[str, Any]]] = [
            ("user_graded", self._grade(office, attempt=1)),
            ("submission_graded", self._grade(office, attempt=2)),
            ("student_linked", {"zoho_student_id": office.some(STUDENTS), "userid": 12}),
            ("course_completed", {"userid": 12, "courseid": 3, "timecompleted": 1}),
        ]
        now = office.clock.now()
        office.events.append(Told([envelope(kind, data, at=now) for kind, data in told]))

    def arm(self, office: Office) -> None:
        better = Told([])
        told: list[str] = []

        async def regrade_in_flight(arrival: Arrival) -> None:
            if arrival.label == f"/crm/v2/{GRADES}" and arrival.method == "POST" and not told:
                told.append("better")
                data = self._grade(office, attempt=1, finalgrade="80.00000")
                better.envelopes.append(
                    envelope("user_graded", data, at=office.clock.now() + 1, event_id=LATER)
                )
                office.events.append(better)
                await office.tell_events(better)

        office.before = regrade_in_flight

    @staticmethod
    def _grade(office: Office, **changes: Any) -> dict[str, Any]:
        crm = {
            "student_id": office.some(STUDENTS),
            "class_id": office.some(CLASSES),
            "grade_id": None,
            "unit_name": "Unit 1",
        }
        codes = ("P1", "M1")
        outcomes = [{"code": c, "identification": c, "score": "Achieved"} for c in codes]
        return grade(crm=crm, outcomes=outcomes, **changes)

    def faults(self, office: Facts, journal: Facts) -> Iterator[str]:
        found = [
            (one["name"], one["values"]["Grade"], one["values"]["Grade_Status"])
            for one in office["written"]
        ]
        if sorted(found) != [("12_3_9_1", "D", NEW_STATUS), ("12_3_9_2", "M", "Released")]:
            yield f"the grades are {found}"
        codes = [[row["LO_Code"] for row in one["rows"][OUTCOMES]] for one in office["written"]]
        if codes != [["P1", "M1"]] * 2:
            yield f"their outcomes are {codes}"


class Requesting(Story):
    """Two requests of two students, one with two files."""

    name = "requests"
    spare_calls = 8
    rewrites = True
    moving = frozenset({"content_hash", "request_name"})

    async def prepare(self, office: Office, links: Links) -> None:
        await set_up(office, links)
        advance(office, 600)
        envelopes = []
        for number, files in enumerate((FILES, ())):
            data = make_request(office.site, office.some(STUDENTS, number), files)
            more = {
                "moodle_user_id": 12 + number,
                "request_type": "Student Card",
                "reason": f"Please\n[{data['request_number']}]",
                "request_date": "2027-01-15",
                "details": None,
                "timesubmitted": int(office.clock.now()),
            }
            envelopes.append(envelope("request_submitted", data | more, at=office.clock.now()))
        office.events.append(Told(envelopes))

    def faults(self, office: Facts, journal: Facts) -> Iterator[str]:
        files = {one["name"]: [file[1] for file in one["files"]] for one in office["written"]}
        wanted = sorted(sha256(content).hexdigest() for _, content in FILES)
        if {name: sorted(found) for name, found in files.items()} != {
            "[M-000001]": wanted,
            "[M-000002]": [],
        }:
            yield f"the files are {files}"
        if office["confirmed"] != {"M-000001": "[M-000001]", "M-000002": "[M-000002]"}:
            yield f"Moodle knows the requests as {office['confirmed']}"


STORIES: Mapping[str, Story] = {
    story.name: story
    for story in (
        Notices(),
        Syncing(),
        Renewing(),
        Refreshing(),
        Picturing(),
        Grading(),
        Requesting(),
    )
}
