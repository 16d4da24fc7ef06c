from __future__ import annotations

import hmac
from typing import Any

import pytest
from starlette.datastructures import Headers

from mzi_bridge.pipeline.accept import hash_token
from mzi_bridge.webhooks import verify
from mzi_bridge.webhooks.reasons import MEANING, RefusalReason, Refused, shown_error, status_of
from tests.unit.webhooks.bench import CHANNEL_TOKEN, NOW, ZOHO, Bench, callback, channel_row, guards


class Spy:
    def __init__(self) -> None:
        self.compared: list[tuple[Any, Any]] = []

    def __call__(self, one: Any, other: Any) -> bool:
        self.compared.append((one, other))
        return _compare(one, other)


_compare = hmac.compare_digest


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> Spy:
    spy = Spy()
    monkeypatch.setattr(hmac, "compare_digest", spy)
    return spy


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"token": "wrong"},
        {"token": ...},
        {"channel_id": "77"},
        {"channel_id": ...},
        {"channel_id": "no digits"},
    ],
)
def test_every_callback_costs_the_same_compares_of_digests(
    bench: Bench, spy: Spy, changes: dict[str, Any]
) -> None:
    bench.client().post(ZOHO, json=callback(**changes))
    assert [(len(one), len(other)) for one, other in spy.compared] == [(64, 64), (64, 64)]


@pytest.mark.parametrize("rotating", [False, True])
def test_a_rotating_channel_costs_no_more(bench: Bench, spy: Spy, rotating: bool) -> None:
    bench.channels["1001"] = channel_row(
        previous_token_hash=hash_token("older"),
        previous_valid_until=NOW + (60 if rotating else -60),
    )
    bench.client().post(ZOHO, json=callback(token=CHANNEL_TOKEN))
    assert len(spy.compared) == 2


@pytest.mark.parametrize("token", ["first", "second", "neither", ""])
def test_every_workflow_secret_and_key_is_compared(spy: Spy, token: str) -> None:
    both = guards(tokens=("first", "second"), signature_keys=("k1", "k2"))
    headers = Headers({"x-mzi-token": token, "x-zoho-signature": "00"})
    with pytest.raises(Refused):
        verify.verify_workflow(headers, {}, b"body", both)
    assert len(spy.compared) == 4


def test_each_refusal_has_a_meaning_and_a_status() -> None:
    assert set(MEANING) == set(RefusalReason)
    assert {status_of(reason) for reason in RefusalReason} == {
        400,
        401,
        403,
        404,
        405,
        409,
        415,
        503,
    }


def test_refusals_of_a_sender_all_look_alike() -> None:
    shown = {
        status: {
            shown_error(reason)
            for reason in RefusalReason
            # Told only to who has proven itself.
            if status_of(reason) == status and reason is not RefusalReason.UNKNOWN_TENANT
        }
        for status in (401, 403)
    }
    assert shown == {401: {"unauthorized"}, 403: {"forbidden"}}
