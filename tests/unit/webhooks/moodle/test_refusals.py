"""What is not proven, not ours or no event is refused with its reason; nothing is stored."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import httpx2
import pytest
from msgspec.structs import replace

from mzi_bridge.sandbox.moodle.events import envelope, signed_headers
from tests.support.problems import PLAIN, refusal
from tests.unit.webhooks.moodle.post import (
    EVENT_ID,
    EVENTS,
    GRADES,
    IMPORT,
    KEY,
    NOW,
    REQUESTS,
    STRANGE_KEY,
    TOKEN,
    Bridge,
    graded,
)

ONE = f"{EVENTS}/user_graded"
OTHER_ID = "5f0c2222-2222-4222-8222-222222222222"


async def refused(
    doors: Bridge,
    caplog: pytest.LogCaptureFixture,
    answer: httpx2.Response,
    status: int,
    word: str,
    shown: str | None = None,
) -> None:
    """The status, the word in the log, the word shown, one shape, and an empty journal."""
    body = answer.json()
    assert refusal(answer) == (status, shown or word)
    assert body.keys() == {*PLAIN, "success", "message", "event_id", "timestamp"}
    assert body["message"] == body["error"]
    assert body["success"] is False and body["event_id"] is None
    assert [getattr(record, "reason", None) for record in caplog.records] == [word]
    assert await doors.stored() == (0, 0)


@pytest.fixture(autouse=True)
def _log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "mzi_bridge.webhooks.moodle.routes")


async def test_a_wrong_key(doors: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    answer = await doors.post(ONE, graded(), keys=(STRANGE_KEY,))
    await refused(doors, caplog, answer, 401, "wrong_signature", "unauthorized")


async def test_an_altered_body(doors: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    sent = json.dumps(graded(finalgrade="45.00000")).encode()
    headers = signed_headers((KEY,), EVENT_ID, NOW, sent)
    altered = sent.replace(b"45.00000", b"95.00000")
    answer = await doors.post(ONE, altered, headers=headers)
    await refused(doors, caplog, answer, 401, "wrong_signature", "unauthorized")


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp"])
async def test_an_altered_header(
    doors: Bridge, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    body = json.dumps(graded()).encode()
    headers = signed_headers((KEY,), EVENT_ID, NOW, body)
    headers[name] = OTHER_ID if name == "webhook-id" else str(int(NOW) + 1)
    answer = await doors.post(ONE, body, headers=headers)
    await refused(doors, caplog, answer, 401, "wrong_signature", "unauthorized")


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-id": ""},
        {"webhook-id": "a.b"},
        {"webhook-id": "x" * 101},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "-1795253500"},
        {"webhook-signature": ""},
        {"webhook-signature": " ".join(["v1,AAAA"] * 11)},
    ],
)
async def test_malformed_headers(
    doors: Bridge, caplog: pytest.LogCaptureFixture, changes: dict[str, str]
) -> None:
    body = json.dumps(graded()).encode()
    headers = {**signed_headers((KEY,), EVENT_ID, NOW, body), **changes}
    answer = await doors.post(ONE, body, headers=headers)
    await refused(doors, caplog, answer, 401, "bad_signature_headers", "unauthorized")


async def test_an_unknown_version_of_signature(
    doors: Bridge, caplog: pytest.LogCaptureFixture
) -> None:
    body = json.dumps(graded()).encode()
    headers = signed_headers((KEY,), EVENT_ID, NOW, body)
    headers["webhook-signature"] = headers["webhook-signature"].replace("v1,", "v2,")
    answer = await doors.post(ONE, body, headers=headers)
    await refused(doors, caplog, answer, 401, "wrong_signature", "unauthorized")


async def test_no_proof(doors: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    answer = await doors.post(ONE, graded(), headers={"X-Tenant-ID": "default"})
    await refused(doors, caplog, answer, 401, "missing_proof", "unauthorized")


async def test_a_wrong_token(doors: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    headers = {"X-Moodle-Token": TOKEN + "x", "X-Tenant-ID": "default", "X-Event-ID": EVENT_ID}
    answer = await doors.post(ONE, graded(), headers=headers)
    await refused(doors, caplog, answer, 401, "wrong_token", "unauthorized")


async def test_a_right_token_beside_a_wrong_signature(
    doors: Bridge, caplog: pytest.LogCaptureFixture
) -> None:
    body = json.dumps(graded()).encode()
    headers = signed_headers((STRANGE_KEY,), EVENT_ID, NOW, body) | {"X-Moodle-Token": TOKEN}
    answer = await doors.post(ONE, body, headers=headers)
    await refused(doors, caplog, answer, 401, "wrong_signature", "unauthorized")


async def test_a_wrong_token_beside_a_right_signature(
    doors: Bridge, caplog: pytest.LogCaptureFixture
) -> None:
    body = json.dumps(graded()).encode()
    headers = signed_headers((KEY,), EVENT_ID, NOW, body) | {"X-Moodle-Token": "other"}
    answer = await doors.post(ONE, body, headers=headers)
    await refused(doors, caplog, answer, 401, "wrong_token", "unauthorized")


async def test_a_bridge_without_secrets(doors: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    doors.guards = replace(doors.guards, keys=(), tokens=())
    answer = await doors.post(ONE, graded())
    await refused(doors, caplog, answer, 401, "no_secret_configured", "unauthorized")


@pytest.mark.parametrize("away", [-301, 301])
async def test_an_old_timestamp_or_one_ahead(
    doors: Bridge, caplog: pytest.LogCaptureFixture, away: int
) -> None:
    answer = await doors.post(ONE, graded(), sent_at=NOW + away)
    await refused(doors, caplog, answer, 400, "timestamp_out_of_window")


@pytest.mark.parametrize("away", [-300, 300])
async def test_the_window_is_five_minutes_wide(doors: Bridge, away: int) -> None:
    answer = await doors.post(ONE, graded(), sent_at=NOW + away)
    assert answer.status_code == 200


async def test_an_old_event_of_a_token(doors: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    headers = {"X-Moodle-Token": TOKEN, "X-Tenant-ID": "default", "X-Event-ID": EVENT_ID}
    doors.clock.advance(241)
    answer = await doors.post(ONE, graded(), headers=headers)
    await refused(doors, caplog, answer, 400, "timestamp_out_of_window")


async def test_an_unknown_tenant(doors: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    answer = await doors.post(ONE, {**graded(), "tenant_id": "another"})
    await refused(doors, caplog, answer, 403, "unknown_tenant")


async def test_an_unknown_tenant_among_many(
    doors: Bridge, caplog: pytest.LogCaptureFixture
) -> None:
    events = [graded(), {**graded(OTHER_ID), "tenant_id": "another"}]
    answer = await doors.post(f"{EVENTS}/batch", {"events": events})
    await refused(doors, caplog, answer, 403, "unknown_tenant")


@pytest.mark.parametrize("named", [{}, {"X-Tenant-ID": "another"}])
async def test_a_token_without_its_tenant(
    doors: Bridge, caplog: pytest.LogCaptureFixture, named: dict[str, str]
) -> None:
    headers = {"X-Moodle-Token": TOKEN, "X-Event-ID": EVENT_ID, **named}
    answer = await doors.post(ONE, graded(), headers=headers)
    await refused(doors, caplog, answer, 403, "unknown_tenant")


async def test_a_header_with_another_id(doors: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    answer = await doors.post(ONE, graded(), message_id=OTHER_ID)
    await refused(doors, caplog, answer, 400, "id_mismatch")


async def test_a_token_without_the_events_id(
    doors: Bridge, caplog: pytest.LogCaptureFixture
) -> None:
    headers = {"X-Moodle-Token": TOKEN, "X-Tenant-ID": "default"}
    answer = await doors.post(ONE, graded(), headers=headers)
    await refused(doors, caplog, answer, 400, "id_mismatch")


@pytest.mark.parametrize("path", [f"{EVENTS}/submission_graded", REQUESTS])
async def test_an_event_at_anothers_address(
    doors: Bridge, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    await refused(doors, caplog, await doors.post(path, graded()), 400, "wrong_event")


async def test_no_grade_at_the_address_of_grades(
    doors: Bridge, caplog: pytest.LogCaptureFixture
) -> None:
    linked = {"zoho_class_id": "73", "courseid": 3}
    event = envelope("class_linked", linked, at=NOW, event_id=EVENT_ID)
    await refused(doors, caplog, await doors.post(GRADES, event), 400, "wrong_event")


@pytest.mark.parametrize("path", [f"{EVENTS}/user_loggedin", f"{IMPORT}/courses"])
async def test_an_address_of_no_event(
    doors: Bridge, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    await refused(doors, caplog, await doors.post(path, graded()), 404, "unknown_event")


SHAPES: list[Callable[[dict[str, Any]], Any]] = [
    lambda event: {**event, "event_id": "7"},
    lambda event: {**event, "event_id": 7},
    lambda event: {**event, "timestamp": "yesterday"},
    lambda event: {**event, "timestamp": "2026-11-21T09:30:00"},
    lambda event: {**event, "data": []},
    lambda event: {**event, "tenant_id": None},
    lambda event: {key: value for key, value in event.items() if key != "source"},
    lambda event: {**event, "data": {**event["data"], "key": ""}},
    lambda event: {**event, "data": {**event["data"], "key": "k" * 65}},
    lambda event: {**event, "data": {**event["data"], "userid": 0}},
    lambda event: {**event, "data": {**event["data"], "attempt": "first"}},
    lambda event: {**event, "data": {**event["data"], "crm": {"student_id": "not digits"}}},
    lambda event: {**event, "data": {**event["data"], "feedback": "x" * 32_001}},
    lambda event: {"events": []},
    lambda event: {"events": event},
]


@pytest.mark.parametrize("shape", SHAPES)
async def test_what_is_no_envelope(
    doors: Bridge,
    caplog: pytest.LogCaptureFixture,
    shape: Callable[[dict[str, Any]], Any],
) -> None:
    answer = await doors.post(ONE, shape(graded()), message_id=EVENT_ID)
    await refused(doors, caplog, answer, 400, "bad_envelope")


async def test_more_than_a_hundred_events(doors: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    answer = await doors.post(f"{EVENTS}/batch", {"events": [graded()] * 101})
    await refused(doors, caplog, answer, 400, "too_many_events")


@pytest.mark.parametrize(("body", "word"), [(b"{", "not_json"), (b"[]", "not_an_object")])
async def test_what_is_no_json(
    doors: Bridge, caplog: pytest.LogCaptureFixture, body: bytes, word: str
) -> None:
    await refused(doors, caplog, await doors.post(ONE, body, message_id="m"), 400, word)


async def test_an_unproven_sender_learns_nothing_of_the_shape(
    doors: Bridge, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await doors.post(f"{EVENTS}/nothing", b"{", keys=(STRANGE_KEY,), message_id="m")
    await refused(doors, caplog, answer, 401, "wrong_signature", "unauthorized")


async def test_another_method(doors: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    answer = await doors.post(ONE, graded(), method="GET")
    assert answer.headers["allow"] == "POST"
    await refused(doors, caplog, answer, 405, "method_not_allowed")


async def test_another_address(doors: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    doors.guards = replace(doors.guards, allowed_ips=[ip_network("192.0.2.0/24")])
    answer = await doors.post(ONE, graded())
    await refused(doors, caplog, answer, 403, "address_not_allowed", "forbidden")


async def test_another_event_under_a_known_id(doors: Bridge) -> None:
    await doors.post(ONE, graded())
    answer = await doors.post(ONE, graded(finalgrade="95.00000"))
    assert (answer.status_code, answer.json()["error"]) == (409, "event_id_reused")
    assert await doors.stored() == (1, 1)


async def test_a_journal_out_of_reach(doors: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    await doors.journal.events.close()
    caplog.set_level(logging.CRITICAL)
    answer = await doors.post(ONE, graded())
    assert (answer.status_code, answer.json()["error"]) == (503, "journal_unavailable")
    assert answer.headers["retry-after"] == "5"
