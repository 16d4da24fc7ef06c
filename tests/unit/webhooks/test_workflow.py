from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from mzi_bridge.errors import RetryLater
from mzi_bridge.pipeline.accept import Operation, Source
from mzi_bridge.webhooks.workflow import EVENTS
from tests.support.problems import refusal, says_nothing
from tests.unit.webhooks.bench import (
    NOW,
    RECORD,
    SIGNATURE_KEY,
    WORKFLOW,
    WORKFLOW_TOKEN,
    Bench,
    guards,
    signed,
)

TOKEN = {"X-MZI-Token": WORKFLOW_TOKEN}
URL = f"{WORKFLOW}/student_updated"
NAMES = {
    "student_updated": "students",
    "registration_created": "registrations",
    "payment_recorded": "payments",
    "class_updated": "classes",
    "enrollment_updated": "enrollments",
    "grade_submitted": "grades",
    "request_status_changed": "requests",
    "unit_updated": "units",
    "teacher_updated": "teachers",
    "program_updated": "programs",
}
TWINS = {
    re.sub("_(updated|created|recorded|submitted|status_changed)$", "_deleted", n): e
    for n, e in NAMES.items()
}


def test_the_table_holds_the_ten_events_and_their_twins() -> None:
    assert {e.name: e.entity for e in EVENTS.values()} == NAMES | TWINS
    for name, event in EVENTS.items():
        assert (event.operation is Operation.DELETE) == name.endswith("_deleted")


@pytest.mark.parametrize("name", sorted(NAMES | TWINS))
def test_each_event_marks_its_record(bench: Bench, name: str) -> None:
    entity = (NAMES | TWINS)[name]
    bench.modules = {entity: "The_Module"}
    response = bench.client().post(f"{WORKFLOW}/{name}", json={"zoho_id": RECORD}, headers=TOKEN)
    assert (response.status_code, response.json()) == (202, {"accepted": 1})
    (notice,) = bench.notices
    assert (notice.module, notice.record_id, notice.source) == (
        "The_Module",
        RECORD,
        Source.WORKFLOW,
    )
    assert notice.operation is EVENTS[name].operation
    assert notice.noticed_at_ms == int(NOW * 1000)


@pytest.mark.parametrize(
    "body",
    [
        {"zoho_id": RECORD},
        {"id": RECORD},
        {"ids": [RECORD]},
        {"zoho_id": [RECORD]},
        {"zoho_id": "", "id": RECORD},
        {"zoho_id": None, "id": RECORD},
        {"zoho_id": RECORD, "id": 42},
        {"zoho_id": RECORD, "First_Name": "A", "nested": {"a": [1]}},
    ],
)
def test_the_id_is_found_under_either_name(bench: Bench, body: dict[str, Any]) -> None:
    assert bench.client().post(URL, json=body, headers=TOKEN).status_code == 202
    assert [notice.record_id for notice in bench.notices] == [RECORD]


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {"zoho_id": RECORD, "token": WORKFLOW_TOKEN}},
        {"data": {"id": RECORD, "token": WORKFLOW_TOKEN}},
        {"json": {"id": RECORD, "token": WORKFLOW_TOKEN}},
        {"files": {"id": (None, RECORD), "token": (None, WORKFLOW_TOKEN)}},
    ],
)
def test_json_and_both_kinds_of_form_may_carry_the_token(
    bench: Bench, sent: dict[str, Any]
) -> None:
    assert bench.client().post(URL, **sent).json() == {"accepted": 1}


@pytest.mark.parametrize("data", [{"ids": "1,2,3"}, {"ids": ["1", "2", "3"]}])
def test_a_form_may_name_several_records(bench: Bench, data: dict[str, Any]) -> None:
    assert bench.client().post(URL, data=data, headers=TOKEN).json() == {"accepted": 3}


def test_an_event_the_mapping_does_not_read_is_audited_and_ignored(bench: Bench) -> None:
    bench.modules = {}
    response = bench.client().post(URL, json={"id": RECORD}, headers=TOKEN)
    assert (response.status_code, response.json()) == (202, {"accepted": 0})
    assert not bench.notices
    (delivery,) = bench.deliveries
    assert (delivery.result, delivery.reason) == ("ignored", "module_not_mapped")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "missing_ids"),
        ({"zoho_id": None}, "missing_ids"),
        ({"zoho_id": "", "id": "", "ids": []}, "missing_ids"),
        ({"zoho_id": 5725767000000568001}, "bad_ids"),
        ({"zoho_id": {"id": RECORD}}, "bad_ids"),
        ({"zoho_id": False}, "bad_ids"),
        ({"zoho_id": "${Students.Id}"}, "bad_ids"),
        ({"zoho_id": "x", "id": RECORD}, "bad_ids"),
        ({"ids": [str(n) for n in range(5001)]}, "too_many_ids"),
    ],
)
def test_a_malformed_body_is_named_and_leaves_nothing(
    bench: Bench, body: dict[str, Any], reason: str
) -> None:
    response = bench.client().post(URL, json=body, headers=TOKEN)
    assert refusal(response) == (400, reason)
    assert bench.stored_nothing


@pytest.mark.parametrize(
    "name", ["student", "student_created", "STUDENT_UPDATED", "student_updated%00", "..", "a" * 999]
)
def test_an_unknown_event_is_not_found(bench: Bench, name: str) -> None:
    response = bench.client().post(f"{WORKFLOW}/{name}", json={"id": RECORD}, headers=TOKEN)
    assert response.status_code == 404
    assert bench.stored_nothing


def test_only_post_is_answered(bench: Bench) -> None:
    response = bench.client().get(URL, headers=TOKEN)
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


BODY = json.dumps({"zoho_id": RECORD}).encode()
SIGNED = {"X-Zoho-Signature": signed(BODY)}


@pytest.mark.parametrize(
    "headers",
    [
        TOKEN,
        SIGNED,
        TOKEN | SIGNED,
        {"X-Zoho-Signature": "sha256=" + signed(BODY)},
        {"X-Zoho-Signature": signed(BODY).upper()},
        {"X-Zoho-Signature": signed(BODY, "signature-key-previous")},
        {"X-MZI-Token": "workflow-secret-previous"},
    ],
)
def test_a_current_or_previous_secret_or_signature_proves_the_sender(
    bench: Bench, headers: dict[str, str]
) -> None:
    bench.guards = guards(
        tokens=(WORKFLOW_TOKEN, "workflow-secret-previous"),
        signature_keys=(SIGNATURE_KEY, "signature-key-previous"),
    )
    assert bench.client().post(URL, content=BODY, headers=headers).status_code == 202


REFUSED = [
    ({}, {}, "missing_token"),
    ({"X-MZI-Token": ""}, {}, "missing_token"),
    ({"X-MZI-Token": "wrong"}, {}, "wrong_token"),
    ({"X-MZI-Token": WORKFLOW_TOKEN + "x"}, {}, "wrong_token"),
    ({"X-MZI-Token": "\xfc"}, {}, "wrong_token"),
    ({"X-Zoho-Signature": "0" * 64}, {}, "wrong_signature"),
    ({"X-Zoho-Signature": "\xfc"}, {}, "wrong_signature"),
    ({"X-Zoho-Signature": signed(BODY + b" ")}, {}, "wrong_signature"),
    (TOKEN | {"X-Zoho-Signature": "0" * 64}, {}, "wrong_signature"),
    (SIGNED | {"X-MZI-Token": "wrong"}, {}, "wrong_token"),
    (TOKEN, {"require_signature": True}, "missing_signature"),
    (TOKEN, {"tokens": (), "signature_keys": ()}, "no_secret_configured"),
    (SIGNED, {"signature_keys": ()}, "missing_token"),
    (TOKEN, {"tokens": ()}, "missing_token"),
    ({"X-MZI-Token": ""}, {"tokens": ("",), "signature_keys": ()}, "missing_token"),
]


@pytest.mark.parametrize(("headers", "changes", "reason"), REFUSED)
def test_an_unproven_sender_learns_nothing_and_leaves_nothing(
    bench: Bench,
    headers: dict[str, str],
    changes: dict[str, Any],
    reason: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench.guards = guards(**changes)
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    response = bench.client().post(URL, content=BODY, headers=raw)
    assert says_nothing(response)
    assert bench.stored_nothing
    assert reason in [record.__dict__.get("reason") for record in caplog.records]


def test_a_secret_in_the_address_proves_nothing(bench: Bench) -> None:
    response = bench.client().post(f"{URL}?token={WORKFLOW_TOKEN}", content=BODY)
    assert response.status_code == 401


def test_a_required_signature_is_enough_alone(bench: Bench) -> None:
    bench.guards = guards(require_signature=True, tokens=())
    assert bench.client().post(URL, content=BODY, headers=SIGNED).status_code == 202


def test_a_journal_out_of_reach_asks_to_come_again(bench: Bench) -> None:
    bench.fault = RetryLater("x", reason="database_locked")
    response = bench.client().post(URL, content=BODY, headers=TOKEN)
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")


def test_guards_do_not_show_their_secrets() -> None:
    assert WORKFLOW_TOKEN not in repr(guards())


def test_the_documentation_names_each_event_and_each_refusal() -> None:
    from mzi_bridge.webhooks.docs import PAGE, webhooks_page

    root = Path(__file__).parents[3]
    page = (root / PAGE).read_text(encoding="utf-8")
    assert page == webhooks_page(), "run: python -m mzi_bridge.webhooks.docs"
