"""The demonstration's other half: what happens in Moodle, and what the CRM then holds."""

from __future__ import annotations

import base64
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import anyio
import httpx2

from mzi_bridge.app import Bridge
from mzi_bridge.demo.arrivals import ARRIVAL_SECONDS, Arrival
from mzi_bridge.sandbox.moodle.events import EventSender, envelope, grade

GRADES = "BTEC_Grades"
REQUESTS = "BTEC_Student_Requests"
KEY = "Moodle_Grade_Composite_Key"
NEWEST = 5
LOOK_SECONDS = 0.1
Look = Callable[[], Awaitable[str | None]]


@dataclass(frozen=True)
class Place:
    """A student in a class, by their CRM ids."""

    student_id: str
    class_id: str


class MoodleSide:
    """The emulated site's part: it posts what happened there, as the plugin does."""

    def __init__(self, bridge: Bridge, http: httpx2.AsyncClient, sender: EventSender) -> None:
        self._bridge = bridge
        self._http = http
        self._sender = sender

    async def play(self) -> AsyncIterator[Arrival]:
        """A grade, its correction, and at last a request with a file."""
        place = await self._place()
        yield await self._grade(place, "a teacher grades an assignment in Moodle", 65, "M")
        yield await self._grade(place, "the teacher corrects that grade", 72, "D")
        yield await self._ask(place)

    async def _place(self) -> Place:
        page = await self._bridge.links.zoho.records.page("BTEC_Enrollments", per_page=1)
        record = page.records[0]
        return Place(record["Enrolled_Students"]["id"], record["Classes"]["id"])

    async def _grade(self, place: Place, story: str, points: int, letter: str) -> Arrival:
        crm = {"student_id": place.student_id, "class_id": place.class_id, "unit_name": "Unit 1"}
        data = grade(finalgrade=str(points), timemodified=int(time.time()), crm=crm)

        async def look() -> str | None:
            found = [one for one in await self._newest(GRADES) if one.get(KEY) == data["key"]]
            return found[0]["id"] if [one["Grade"] for one in found] == [letter] else None

        return await self._tell(story, f"one record, Grade = {letter}", "user_graded", data, look)

    async def _ask(self, place: Place) -> Arrival:
        moodle = str(self._bridge.settings.moodle_base_url).rstrip("/")
        file = {"name": "letter.pdf", "content": base64.b64encode(b"%PDF-1.4 synthetic").decode()}
        made = {"student": place.student_id, "files": [file]}
        answer = await self._http.post(f"{moodle}/_control/requests", json=made)
        answer.raise_for_status()
        told = answer.json()
        mark = f"[{told['request_number']}]"
        data = {
            **told,
            "moodle_user_id": 12,
            "request_type": "Student Card",
            "reason": f"I lost my card. {mark}",
            "details": {},
        }

        async def look() -> str | None:
            found = [one for one in await self._newest(REQUESTS) if mark in (one["Reason"] or "")]
            if len(found) != 1:
                return None
            files = await self._bridge.links.zoho.attachments.page(REQUESTS, found[0]["id"])
            return found[0]["id"] if len(files.attachments) == 1 else None

        story = "a student asks for something in Moodle"
        return await self._tell(story, "one record with its file", "request_submitted", data, look)

    async def _newest(self, module: str) -> list[Mapping[str, Any]]:
        records = self._bridge.links.zoho.records
        page = await records.page(
            module, per_page=NEWEST, sort_by="Modified_Time", sort_order="desc"
        )
        return [*page.records]

    async def _tell(
        self, story: str, what: str, event: str, data: Mapping[str, Any], look: Look
    ) -> Arrival:
        now = time.time()
        answer = await self._sender.post(self._http, [envelope(event, data, at=now)], now)
        answer.raise_for_status()
        started = time.monotonic()
        record_id, seconds = None, None
        with anyio.move_on_after(ARRIVAL_SECONDS):
            while (record_id := await look()) is None:
                await anyio.sleep(LOOK_SECONDS)
            seconds = time.monotonic() - started
        return Arrival(story, what, record_id or "", seconds)
