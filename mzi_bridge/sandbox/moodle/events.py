"""Sends events as the plugin does, signed by its own hand: it shares no code with the bridge."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx2

EVENTS_PATH = "/api/v1/events/moodle/batch"


def envelope(
    event_type: str,
    data: Mapping[str, Any],
    *,
    at: float,
    event_id: str | None = None,
    tenant: str = "default",
    moodle_url: str = "https://moodle.example.org",
) -> dict[str, Any]:
    """One event that happened `at` (epoch s), under a new id unless one is given."""
    return {
        "event_id": event_id or str(uuid4()),
        "event_type": event_type,
        "timestamp": datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "source": "moodle",
        "moodle_url": moodle_url,
        "tenant_id": tenant,
        "data": dict(data),
    }


def grade(**changes: Any) -> dict[str, Any]:
    """The data of a graded attempt, made up; the key follows user, course and attempt."""
    data: dict[str, Any] = {
        "gradeid": 77,
        "userid": 12,
        "itemid": 5,
        "itemname": "Unit 1 report",
        "itemtype": "mod",
        "itemmodule": "assign",
        "iteminstance": 9,
        "courseid": 3,
        "attempt": 1,
        "finalgrade": "65.00000",
        "grademax": "100.00000",
        "scale": None,
        "scaletext": None,
        "scalecount": None,
        "feedback": "Well argued.",
        "grader": "A. Teacher",
        "graderid": 4,
        "grader_role": "editingteacher",
        "timecreated": 1_795_253_000,
        "timemodified": 1_795_253_400,
        "dategraded": "2026-11-21",
        "crm": {
            "student_id": "5725767000000568001",
            "class_id": "5725767000000568002",
            "grade_id": None,
            "unit_name": "Unit 1",
        },
        "outcomes": [],
        **changes,
    }
    key = f"{data['userid']}_{data['courseid']}_{data['iteminstance']}_{data['attempt']}"
    return {"key": key, **data}


def signature(keys: Sequence[str], message_id: str, sent_at: int, body: bytes) -> str:
    """The header of Standard Webhooks, one signature for each key (`whsec_…`)."""
    content = f"{message_id}.{sent_at}.".encode() + body
    made = []
    for key in keys:
        secret = base64.b64decode(key.removeprefix("whsec_"))
        digest = hmac.new(secret, content, hashlib.sha256).digest()
        made.append("v1," + base64.b64encode(digest).decode())
    return " ".join(made)


def signed_headers(
    keys: Sequence[str], message_id: str, sent_at: float, body: bytes
) -> dict[str, str]:
    """All that goes with a signed post sent at `sent_at` (epoch s)."""
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(sent_at)),
        "webhook-signature": signature(keys, message_id, int(sent_at), body),
    }


@dataclass(frozen=True)
class EventSender:
    """Posts batches of envelopes to a bridge at `base_url`, signed with `keys`."""

    base_url: str
    keys: Sequence[str]

    async def post(
        self, client: httpx2.AsyncClient, envelopes: Sequence[Mapping[str, Any]], sent_at: float
    ) -> httpx2.Response:
        body = json.dumps({"events": list(envelopes)}).encode()
        headers = signed_headers(self.keys, str(uuid4()), sent_at, body)
        return await client.post(self.base_url + EVENTS_PATH, content=body, headers=headers)
