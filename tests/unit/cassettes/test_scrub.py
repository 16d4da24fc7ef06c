"""A canary planted anywhere must not come through."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mzi_bridge.cassettes.scrub import (
    scrub_answer,
    scrub_form,
    scrub_json,
    scrub_notification,
)

CANARY = "CANARY-7f3a"


def canary_record() -> dict[str, Any]:
    return {
        "id": "7300000000000680100",
        "First_Name": CANARY,
        "Academic_Email": f"{CANARY}@school.example",
        "Phone_Number": f"+962 {CANARY}",
        "Program": {"name": CANARY, "id": "7300000000000680101"},
        "Payment_Schedule": [{"id": "7300000000000680102", "Installment_Status": CANARY}],
        "Tag": [{"name": CANARY, "id": "7300000000000680103"}],
        "Interests": [CANARY, CANARY],
        "$currency_symbol": CANARY,
        "Currency": CANARY,
        "Modified_Time": CANARY,
        "Nested": {"deep": [{"deeper": CANARY}]},
    }


def test_no_canary_survives_in_a_record() -> None:
    body = scrub_json(json.dumps({"data": [canary_record()]}).encode())
    assert CANARY.encode() not in body


@given(
    st.recursive(
        st.none() | st.booleans(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["name", "First_Name", "Currency", "id", "Modified_Time", "data"]),
                inner | st.just(CANARY),
            )
        ),
        max_leaves=20,
    )
)
def test_no_canary_survives_at_any_depth(value: Any) -> None:
    assert CANARY not in json.dumps(scrub_answer({"data": [value]}))


@pytest.mark.parametrize(
    ("key", "kept"),
    [
        ("id", "7300000000000680100"),
        ("Modified_Time", "2026-11-21T08:59:24+03:00"),
        ("Currency", "EUR"),
    ],
)
def test_what_the_mapping_lives_on_is_kept(key: str, kept: str) -> None:
    assert scrub_answer({"data": [{key: kept}]}) == {"data": [{key: kept}]}


@pytest.mark.parametrize(
    "personal",
    ["1999-05-17", "+962 79 555 0142", "0795550142", "أحمد", "a@b.example", "9.81", "1,234.56"],
)
def test_personal_values_are_replaced(personal: str) -> None:
    assert personal not in json.dumps(
        scrub_answer({"data": [{"Field": personal}]}), ensure_ascii=False
    )


def test_amounts_are_replaced_by_an_amount() -> None:
    scrubbed = scrub_answer({"data": [{"Fees": "$9,876.00", "Paid": 9876.5, "Rows": 9876}]})
    assert scrubbed == {"data": [{"Fees": "1,250.00", "Paid": 1250.5, "Rows": 1250}]}


def test_scrubbing_twice_changes_nothing() -> None:
    once = scrub_answer({"data": [canary_record()]})
    assert scrub_answer(once) == once


def test_secrets_leave_a_form_and_the_rest_stays() -> None:
    form = scrub_form(b"wstoken=abc&wsfunction=f&records=%5B%7B%7D%5D&count=1")
    assert parse_qs(form.decode()) == {
        "wstoken": ["scrubbed"],
        "wsfunction": ["f"],
        "records": ["[{}]"],
        "count": ["1"],
    }


def test_a_notification_keeps_ids_and_loses_its_token() -> None:
    notice = {
        "module": "Leads",
        "ids": ["1"],
        "operation": "update",
        "channel_id": "2",
        "server_time": 3,
        "token": CANARY,
        "affected_values": [{"record_id": "1", "values": {"Phone": CANARY}}],
        "query_params": {"secret": CANARY},
    }
    scrubbed = scrub_notification(json.dumps(notice).encode())
    assert CANARY.encode() not in scrubbed
    assert json.loads(scrubbed)["ids"] == ["1"]


def test_an_answer_that_is_no_json_leaves_nothing() -> None:
    assert scrub_json(f"<html>{CANARY}</html>".encode()) == b""


@pytest.mark.parametrize("number", ["199001011234567", "4111111111111111", "7300000000000680100"])
def test_a_long_number_is_kept_only_where_an_id_stands(number: str) -> None:
    assert number not in json.dumps(scrub_answer({"data": [{"National_Number": number}]}))


def test_nothing_beside_the_records_is_kept_either() -> None:
    answer = {
        "message": CANARY,
        "users": [{"email": f"{CANARY}@x.example", "full_name": CANARY}],
        "results": [{"index": 0, "action": "rejected", "errors": [{"message": CANARY}]}],
        "scope": CANARY,
    }
    scrubbed = scrub_answer(answer)
    assert CANARY not in json.dumps(scrubbed)
    assert scrubbed["results"][0]["action"] == "rejected"
    assert CANARY not in json.dumps(scrub_answer({"action": CANARY, "token_type": CANARY}))
