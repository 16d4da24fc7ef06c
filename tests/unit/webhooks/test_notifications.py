from __future__ import annotations

import json
from typing import Any

import anyio
import httpx2
import pytest
from msgspec.structs import replace

from mzi_bridge.errors import RetryLater
from mzi_bridge.pipeline.accept import Operation, Source, hash_token
from tests.support.problems import refusal, says_nothing
from tests.unit.webhooks.bench import (
    CHANNEL_TOKEN,
    NOW,
    RECORD,
    ZOHO,
    Bench,
    callback,
    channel_row,
    guards,
)


def test_a_notification_becomes_a_notice_and_an_audit_row(bench: Bench) -> None:
    response = bench.client().post(ZOHO, json=callback())
    assert (response.status_code, response.json()) == (202, {"accepted": 1})
    (notice,) = bench.notices
    assert (notice.module, notice.record_id) == ("BTEC_Students", RECORD)
    assert (notice.operation, notice.source) == (Operation.UPDATE, Source.NOTIFICATION)
    assert (notice.channel_id, notice.noticed_at_ms) == ("1001", int(NOW * 1000) - 1500)
    (delivery,) = bench.deliveries
    assert (delivery.record_count, delivery.ids, delivery.result) == (1, (RECORD,), "accepted")


@pytest.mark.parametrize(
    ("word", "operation"),
    [
        ("insert", Operation.INSERT),
        ("update", Operation.UPDATE),
        ("delete", Operation.DELETE),
        ("create", Operation.INSERT),
        ("edit", Operation.UPDATE),
        ("DELETE", Operation.DELETE),
    ],
)
def test_each_operation_is_understood(bench: Bench, word: str, operation: Operation) -> None:
    assert bench.client().post(ZOHO, json=callback(operation=word)).status_code == 202
    assert bench.notices[0].operation is operation


def test_every_id_of_a_callback_is_taken(bench: Bench) -> None:
    ids = [str(7_300_000_000_000_680_000 + n) for n in range(1000)]
    response = bench.client().post(ZOHO, json=callback(ids=ids))
    assert response.json() == {"accepted": 1000}
    assert [notice.record_id for notice in bench.notices] == ids


def test_an_id_named_twice_counts_once(bench: Bench) -> None:
    response = bench.client().post(ZOHO, json=callback(ids=["1", "2", "1"]))
    assert response.json() == {"accepted": 2}


@pytest.mark.parametrize(
    ("written", "ids"),
    [("12", ["12"]), ("12, 13", ["12", "13"]), (["12,13", "14"], ["12", "13", "14"])],
)
def test_ids_may_come_as_text(bench: Bench, written: Any, ids: list[str]) -> None:
    assert bench.client().post(ZOHO, json=callback(ids=written)).status_code == 202
    assert [notice.record_id for notice in bench.notices] == ids


def test_a_form_is_read_like_json(bench: Bench) -> None:
    form = callback(ids=["12", "13"], affected_fields="x", query_params="")
    assert bench.client().post(ZOHO, data=form).json() == {"accepted": 2}


def test_a_channel_id_may_be_a_number(bench: Bench) -> None:
    assert bench.client().post(ZOHO, json=callback(channel_id=1001)).status_code == 202


def test_keys_that_zoho_may_add_do_not_matter(bench: Bench) -> None:
    body = callback(new_key={"deep": [1, 2]}, affected_values=[{"record_id": RECORD}])
    assert bench.client().post(ZOHO, json=body).status_code == 202


@pytest.mark.parametrize(
    "odd",
    [
        ...,
        None,
        True,
        "soon",
        "",
        1.5,
        -1,
        0,
        int(NOW),
        int(NOW * 1000) + 7_201_000,
        int(NOW * 1000) - 8 * 86_400_000,
        10**40,
        {},
    ],
)
def test_an_odd_server_time_gives_way_to_our_own(bench: Bench, odd: Any) -> None:
    assert bench.client().post(ZOHO, json=callback(server_time=odd)).status_code == 202
    assert bench.notices[0].noticed_at_ms == int(NOW * 1000)


@pytest.mark.parametrize("wrong_by_s", (-3600, 3600))
def test_a_clock_of_ours_that_is_an_hour_wrong_changes_no_time_of_the_crm(
    bench: Bench, wrong_by_s: int
) -> None:
    told = int(NOW * 1000) - wrong_by_s * 1000
    bench.client().post(ZOHO, json=callback(server_time=told))
    assert bench.notices[0].noticed_at_ms == told


def test_a_server_time_written_as_text_counts(bench: Bench) -> None:
    earlier = int(NOW * 1000) - 60_000
    bench.client().post(ZOHO, json=callback(server_time=str(earlier)))
    assert bench.notices[0].noticed_at_ms == earlier


REFUSED_SENDERS = [
    ({"token": ...}, "missing_token"),
    ({"token": ""}, "missing_token"),
    ({"token": None}, "missing_token"),
    ({"token": [CHANNEL_TOKEN]}, "missing_token"),
    ({"token": 5}, "missing_token"),
    ({"token": CHANNEL_TOKEN + "x"}, "wrong_token"),
    ({"token": CHANNEL_TOKEN.upper()}, "wrong_token"),
    ({"token": hash_token(CHANNEL_TOKEN)}, "wrong_token"),
    ({"token": "\ud800"}, "wrong_token"),
    ({"channel_id": ...}, "unknown_channel"),
    ({"channel_id": "1002"}, "unknown_channel"),
    ({"channel_id": None}, "unknown_channel"),
    ({"channel_id": True}, "unknown_channel"),
    ({"channel_id": {"$ne": 1}}, "unknown_channel"),
    ({"channel_id": "1' or '1'='1"}, "unknown_channel"),
    ({"channel_id": "\u0661\u0660\u0660\u0661"}, "unknown_channel"),
    ({"channel_id": "\x00"}, "unknown_channel"),
    ({"module": "BTEC_Grades"}, "wrong_module"),
]


@pytest.mark.parametrize(("changes", "reason"), REFUSED_SENDERS)
def test_an_unproven_sender_learns_nothing_and_leaves_nothing(
    bench: Bench, changes: dict[str, Any], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = bench.client().post(ZOHO, content=json.dumps(callback(**changes)))
    assert says_nothing(response)
    assert bench.stored_nothing
    assert [record.__dict__["reason"] for record in caplog.records if record.name[:3] == "mzi"] == [
        reason
    ]


def test_an_empty_token_never_fits_an_empty_channel_token(bench: Bench) -> None:
    bench.channels["1001"] = channel_row(token_hash=hash_token(""))
    assert bench.client().post(ZOHO, json=callback(token="")).status_code == 401


def test_the_sender_is_proven_before_the_rest_is_judged(bench: Bench) -> None:
    body = callback(token="wrong", ids=[5], module=7, operation="?")
    assert bench.client().post(ZOHO, json=body).status_code == 401


def test_the_previous_token_is_good_until_its_time_is_up(bench: Bench) -> None:
    rotating = channel_row(
        token_hash=hash_token("newer"),
        previous_token_hash=hash_token(CHANNEL_TOKEN),
        previous_valid_until=NOW + 1,
    )
    bench.channels["1001"] = rotating
    assert bench.client().post(ZOHO, json=callback()).status_code == 202
    assert bench.client().post(ZOHO, json=callback(token="newer")).status_code == 202
    bench.channels["1001"] = replace(rotating, previous_valid_until=NOW)
    assert bench.client().post(ZOHO, json=callback()).status_code == 401
    assert bench.client().post(ZOHO, json=callback(token="newer")).status_code == 202


def test_a_late_notice_of_an_ended_channel_is_taken_for_a_day(bench: Bench) -> None:
    bench.channels["1001"] = channel_row(expires_at=NOW - 86_399)
    assert bench.client().post(ZOHO, json=callback()).status_code == 202
    bench.channels["1001"] = channel_row(expires_at=NOW - 86_401)
    assert bench.client().post(ZOHO, json=callback()).status_code == 401


MALFORMED = [
    ({"ids": ...}, "missing_ids"),
    ({"ids": None}, "missing_ids"),
    ({"ids": []}, "missing_ids"),
    ({"ids": ""}, "missing_ids"),
    ({"ids": "  "}, "missing_ids"),
    ({"ids": 5725767000000568001}, "bad_ids"),
    ({"ids": [5725767000000568001]}, "bad_ids"),
    ({"ids": [5.7e18]}, "bad_ids"),
    ({"ids": ["12", 13]}, "bad_ids"),
    ({"ids": ["12", ""]}, "bad_ids"),
    ({"ids": "12,,13"}, "bad_ids"),
    ({"ids": ["12", None]}, "bad_ids"),
    ({"ids": [["12"]]}, "bad_ids"),
    ({"ids": {"0": "12"}}, "bad_ids"),
    ({"ids": True}, "bad_ids"),
    ({"ids": ["12a"]}, "bad_ids"),
    ({"ids": ["-12"]}, "bad_ids"),
    ({"ids": ["../12"]}, "bad_ids"),
    ({"ids": ["\u0661\u0662"]}, "bad_ids"),
    ({"ids": ["1" * 31]}, "bad_ids"),
    ({"ids": [str(n) for n in range(5001)]}, "too_many_ids"),
    ({"module": ...}, "bad_module"),
    ({"module": None}, "bad_module"),
    ({"module": 5}, "bad_module"),
    ({"module": ""}, "bad_module"),
    ({"module": "BTEC Students"}, "bad_module"),
    ({"module": "BTEC_Students\n"}, "bad_module"),
    ({"module": "M" * 101}, "bad_module"),
    ({"module": ["BTEC_Students"]}, "bad_module"),
    ({"operation": ...}, "bad_operation"),
    ({"operation": None}, "bad_operation"),
    ({"operation": "explode"}, "bad_operation"),
    ({"operation": 1}, "bad_operation"),
    ({"operation": ["update"]}, "bad_operation"),
    ({"operation": {}}, "bad_operation"),
]


@pytest.mark.parametrize(("changes", "reason"), MALFORMED)
def test_a_malformed_callback_is_named_and_leaves_nothing(
    bench: Bench, changes: dict[str, Any], reason: str
) -> None:
    response = bench.client().post(ZOHO, json=callback(**changes))
    assert refusal(response) == (400, reason)
    assert response.json()["message"]
    assert bench.stored_nothing


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_only_post_is_answered(bench: Bench, method: str) -> None:
    response = bench.client().request(method, ZOHO)
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert bench.stored_nothing


async def test_the_answer_waits_for_the_commit(bench: Bench) -> None:
    committed = anyio.Event()
    entered = anyio.Event()
    answers: list[httpx2.Response] = []

    class Slow(Bench):
        async def accept(self, notices: Any, deliveries: Any) -> int:
            entered.set()
            await committed.wait()
            return await super().accept(notices, deliveries)

    transport = httpx2.ASGITransport(Slow().app)
    async with (
        httpx2.AsyncClient(transport=transport, base_url="http://test") as client,
        anyio.create_task_group() as tasks,
    ):

        async def post() -> None:
            answers.append(await client.post(ZOHO, json=callback()))

        tasks.start_soon(post)
        await entered.wait()
        await anyio.wait_all_tasks_blocked()
        assert not answers
        committed.set()
    assert answers[0].status_code == 202


@pytest.mark.parametrize("where", ["fault", "lookup_fault"])
def test_a_journal_out_of_reach_asks_to_come_again(bench: Bench, where: str) -> None:
    setattr(bench, where, RetryLater("secret detail", reason="database_unreachable"))
    response = bench.client().post(ZOHO, json=callback())
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert response.json()["error"] == "journal_unavailable"
    assert "secret" not in response.text


def test_neither_token_nor_body_is_logged(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    client = bench.client()
    client.post(ZOHO, json=callback())
    client.post(ZOHO, json=callback(token="canary-token", module="canary"))
    client.post(ZOHO, json=callback(ids=["canary"]))
    logged = " ".join(str(record.__dict__) for record in caplog.records)
    assert "canary" not in logged
    assert CHANNEL_TOKEN not in logged


def test_a_signature_is_never_asked_of_a_channel(bench: Bench) -> None:
    bench.guards = guards(require_signature=True)
    assert bench.client().post(ZOHO, json=callback()).status_code == 202
