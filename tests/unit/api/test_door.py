"""Who is let in, to what, and how often."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from starlette.testclient import TestClient

from mzi_bridge.api.door import Door
from mzi_bridge.errors import RetryLater
from tests.support.clock import ManualClock
from tests.support.problems import refusal, says_nothing
from tests.unit.api.bench import Keys, open_door
from tests.unit.api.test_admin import FULL, HELD, STATUS, SYNC, TOKEN, Fakes, job

KEY = "mzi_a-key-of-the-plugin-0123456789"
BEARER = {"Authorization": f"Bearer {KEY}"}
WRONG = {"Authorization": "Bearer mzi_wrong"}
ADMIN = {"X-Admin-Token": TOKEN}


def behind(door: Door, fakes: Fakes | None = None) -> TestClient:
    return (fakes or Fakes(jobs={7: job()})).behind(door)


def with_key(*scopes: str) -> Keys:
    keys = Keys()
    keys.add(KEY, *scopes)
    return keys


@pytest.mark.parametrize(
    ("method", "path", "scope"), [("POST", SYNC, "sync"), ("GET", STATUS, "read")]
)
def test_a_key_opens_what_its_scope_says_and_nothing_else(
    method: str, path: str, scope: str
) -> None:
    client = behind(open_door(TOKEN, with_key(scope)))
    assert client.request(method, path, headers=BEARER).is_success
    for other in {"read", "sync", "mappings:write", "settings:write"} - {scope}:
        response = behind(open_door(TOKEN, with_key(other))).request(method, path, headers=BEARER)
        assert refusal(response) == (403, "scope_missing")
        assert response.json()["scope"] == scope


def test_what_decides_for_students_needs_the_administrator() -> None:
    keys = with_key("read", "sync", "mappings:write", "settings:read", "settings:write")
    client = behind(open_door(TOKEN, keys))
    wanted = {"module": "BTEC_Grades", "number": 1}
    response = client.post(f"{HELD}/confirm", json=wanted, headers=BEARER)
    assert refusal(response) == (403, "scope_missing")
    assert client.post(f"{HELD}/confirm", json=wanted, headers=ADMIN).is_success


def test_a_key_is_no_administrators_token() -> None:
    client = behind(open_door(TOKEN, with_key("read")))
    assert "standing" not in client.get("/api/v1/health", headers=BEARER).json()


def test_only_keys_open_where_no_token_is_set() -> None:
    client = behind(open_door(None, with_key("read")))
    assert client.get(STATUS, headers=BEARER).is_success
    assert says_nothing(client.get(STATUS, headers=ADMIN))
    nothing = behind(open_door(None)).get(STATUS, headers=BEARER)
    assert refusal(nothing) == (503, "admin_not_configured")


def test_a_journal_out_of_reach_shuts_no_administrator_out() -> None:
    keys = with_key("read")
    keys.fault = RetryLater("away", reason="database_unreachable")
    client = behind(open_door(TOKEN, keys))
    assert client.get(STATUS, headers=ADMIN).is_success
    response = client.get(STATUS, headers=BEARER)
    assert refusal(response) == (503, "database_unreachable")
    assert response.headers["retry-after"] == "5"


def test_a_caller_that_asks_too_often_is_told_how_long_to_wait() -> None:
    clock = ManualClock()
    keys = with_key("read")
    keys.add("mzi_another-key", "read", number=2)
    client = behind(open_door(TOKEN, keys, rate=3, clock=clock))
    assert [client.get(STATUS, headers=BEARER).status_code for _ in range(4)] == [200] * 3 + [429]
    limited = client.get(STATUS, headers=BEARER)
    assert refusal(limited) == (429, "too_many_requests")
    assert limited.headers["retry-after"] == "20"
    other = {"Authorization": "Bearer mzi_another-key"}
    assert client.get(STATUS, headers=other).is_success
    clock.advance(20)
    assert client.get(STATUS, headers=BEARER).is_success


def test_guesses_are_counted_and_past_the_limit_the_token_is_not_even_compared() -> None:
    clock = ManualClock()
    client = behind(open_door(TOKEN, with_key("read"), failures=3, clock=clock))
    assert [client.get(STATUS, headers=WRONG).status_code for _ in range(4)] == [401] * 3 + [429]
    refused = client.get(STATUS, headers=ADMIN)
    assert refusal(refused) == (429, "too_many_failures")
    assert int(refused.headers["retry-after"]) == 20
    assert client.get(STATUS, headers=BEARER).is_success, "a key that counts passes all the same"
    clock.advance(20)
    assert client.get(STATUS, headers=ADMIN).is_success


def test_who_is_proven_uses_up_nothing_of_the_guesses() -> None:
    client = behind(open_door(TOKEN, with_key("read"), failures=2))
    for _ in range(5):
        assert client.get(STATUS, headers=ADMIN).is_success
        assert client.get(STATUS, headers=BEARER).is_success
    assert says_nothing(client.get(STATUS, headers=WRONG))


def test_guesses_at_the_open_page_of_health_count_too() -> None:
    client = behind(open_door(TOKEN, failures=2))
    for _ in range(3):
        assert "standing" not in client.get("/api/v1/health", headers=WRONG).json()
    assert "standing" not in client.get("/api/v1/health", headers=ADMIN).json()
    assert client.get(STATUS, headers=WRONG).status_code == 429


def test_callers_are_told_apart_by_the_address_that_a_trusted_proxy_names() -> None:
    door = open_door(TOKEN, failures=1, trusted_proxies=[ip_network("203.0.113.7/32")])
    client = behind(door)
    one, other = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.2"}
    assert [client.get(STATUS, headers=WRONG | one).status_code for _ in range(2)] == [401, 429]
    assert client.get(STATUS, headers=WRONG | other).status_code == 401


def test_a_change_is_written_down_before_it_is_made_and_ended_after() -> None:
    fakes = Fakes()
    client = behind(open_door(TOKEN, with_key("sync")), fakes)
    client.post(f"{SYNC}?mode=full", headers=BEARER)
    details = {"mode": "full", "dry_run": False, "id": 7}
    row = ["api key plugin #1", "203.0.113.7", "sync_started", "students", "done", details]
    assert fakes.audit.rows == [row]
    fakes.fault = RetryLater("away", reason="database_locked")
    client.post(FULL, headers=ADMIN)
    assert fakes.audit.rows[1][0::2] == ["admin token", "sync_started", "database_locked"]


def test_what_cannot_be_written_down_is_not_done() -> None:
    fakes = Fakes()
    fakes.audit.fault = RetryLater("away", reason="database_locked")
    client = behind(open_door(TOKEN), fakes)
    assert refusal(client.post(SYNC, headers=ADMIN)) == (503, "database_locked")
    assert not fakes.asked


def test_a_wrong_method_is_told_the_right_ones() -> None:
    response = behind(open_door(TOKEN)).delete(STATUS, headers=ADMIN)
    assert refusal(response) == (405, "method_not_allowed")
    assert response.headers["allow"] == "GET, HEAD"
