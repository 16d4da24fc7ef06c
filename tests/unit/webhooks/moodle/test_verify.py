"""The signature of Standard Webhooks, by its own example."""

from __future__ import annotations

import hmac
from typing import Any

import pytest
from starlette.datastructures import Headers

from mzi_bridge.webhooks.moodle.ports import EventGuards
from mzi_bridge.webhooks.moodle.verify import verify
from tests.unit.webhooks.moodle.post import KEY, OLD_KEY, TOKEN

# From the specification's documentation of its libraries.
EXAMPLE = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
BODY = b'{"test": 2432232314}'


def test_the_specifications_example_is_proven() -> None:
    proof = verify(Headers(EXAMPLE), BODY, EventGuards(keys=(KEY,)))
    assert (proof.message_id, proof.sent_at) == (EXAMPLE["webhook-id"], 1_614_265_330)
    assert not proof.by_token


def test_every_key_is_tried_on_every_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[Any] = []
    compare = hmac.compare_digest

    def spy(one: Any, other: Any) -> bool:
        compared.append((one, other))
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", spy)
    signatures = " ".join([EXAMPLE["webhook-signature"], "v1,AAAA", "v1,BBBB"])
    verify(
        Headers({**EXAMPLE, "webhook-signature": signatures, "x-moodle-token": TOKEN}),
        BODY,
        EventGuards(keys=(KEY, OLD_KEY), tokens=(TOKEN, "another")),
    )
    assert len(compared) == 3 * 2 + 2


def test_guards_show_no_secret() -> None:
    assert KEY not in repr(EventGuards(keys=(KEY,), tokens=(TOKEN,)))
