"""What Moodle tells: posts of events, sent again until they are answered, as its outbox does."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import uuid4

import httpx2

from mzi_bridge.sandbox.moodle.events import EVENTS_PATH, signed_headers
from mzi_bridge.sandbox.zoho import Crm
from mzi_bridge.sandbox.zoho.record import Record
from tests.crash.wire import PlainWire

SECRET = "whsec_" + base64.b64encode(b"the key of crash tests, 32 bytes").decode()
ANSWER_SECONDS = 20.0
GRADES = "BTEC_Grades"
REQUESTS = "BTEC_Student_Requests"
KEY_FIELD = "Moodle_Grade_Composite_Key"
OWN_KEYS = "12_"
"""How the keys of the events begin that a story tells."""


@dataclass
class Told:
    """One post. `answers` has an entry for each time it was sent: what was said of each event,
    None for no answer."""

    envelopes: list[dict[str, Any]]
    answers: list[Any] = field(default_factory=list)

    @property
    def taken(self) -> bool:
        return any(answer is not None for answer in self.answers)

    async def post(self, bridge_url: str, now: float) -> None:
        """Signs and sends it once."""
        body = json.dumps({"events": self.envelopes}).encode()
        headers = signed_headers([SECRET], str(uuid4()), now, body)
        async with httpx2.AsyncClient(timeout=ANSWER_SECONDS, transport=PlainWire()) as http:
            try:
                answer = await http.post(bridge_url + EVENTS_PATH, content=body, headers=headers)
            except httpx2.TransportError:
                self.answers.append(None)
                return
        if answer.status_code != 200:
            raise AssertionError(f"events were answered {answer.status_code} {answer.text}")
        self.answers.append(
            [[one["event_id"], one["message"], one["reason"]] for one in answer.json()["results"]]
        )


def aliases(crm: Crm, known: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """A name for each grade and request that was not `known`, and for the rows that Moodle made:
    ids depend on the order in which they were made."""
    names: dict[str, str] = {}
    for module, record in _of_moodle(crm, known):
        name = alias(record.values)
        if record.id not in known[module]:
            names[record.id] = name
        for rows in record.rows.values():
            names |= {row.id: f"{name} {row.values.get('LO_Code')}" for row in rows}
    return names


def _of_moodle(crm: Crm, known: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, Record]]:
    """What Moodle made, and what was there already under a key of Moodle's."""
    for module, before in known.items():
        for record in crm.records(module).values():
            key = str(record.values.get(KEY_FIELD))
            if record.id not in before or key.startswith(OWN_KEYS):
                yield module, record


def alias(values: Mapping[str, Any]) -> str:
    """The key or the mark by which a record is told from others."""
    return str(values.get(KEY_FIELD) or str(values.get("Reason")).rpartition("\n")[2])


def written(crm: Crm, known: Mapping[str, frozenset[str]]) -> list[Any]:
    """Values, rows and files of each record that Moodle wrote, in an order that tells nothing of
    its making."""
    shown = [
        {
            "name": alias(record.values),
            "values": {n: v for n, v in record.values.items() if n != "Name"},
            "rows": {n: [row.values for row in rows] for n, rows in record.rows.items()},
            "files": sorted(
                [file.file_name, sha256(file.content).hexdigest()]
                for file in record.attachments.values()
            ),
        }
        for _, record in _of_moodle(crm, known)
    ]
    return sorted(shown, key=lambda one: json.dumps(one, default=str))
