"""One token for everybody."""

from __future__ import annotations

from collections.abc import Callable

import anyio
import httpx2
import pytest

from mzi_bridge.errors import MziError
from mzi_bridge.zoho.errors import ServerFault, TokenRefused, TokenThrottled, Unreachable
from mzi_bridge.zoho.oauth import StoredToken
from tests.support.clock import ManualClock
from tests.support.scripted_crm import NOW, ScriptedCrm, SharedStore

OLD = StoredToken("1000.old", NOW + 3000, None)
THROTTLE = {
    "error": "Access Denied",
    "error_description": "You have made too many requests continuously.",
    "status": "failure",
}


def refusing(token: str) -> Callable[[httpx2.Request], httpx2.Response]:
    """A CRM to which one token is no good any more."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.headers["authorization"] == f"Zoho-oauthtoken {token}":
            body = {"code": "INVALID_TOKEN", "details": {}, "status": "error"}
            return httpx2.Response(401, json=body)
        return httpx2.Response(204)

    return answer


async def test_fifty_tasks_cause_one_refresh(crm: ScriptedCrm) -> None:
    async with crm.client() as zoho, anyio.create_task_group() as tasks:
        for _ in range(50):
            tasks.start_soon(zoho.records.by_id, "Leads", "1")
    assert len(crm.requests) == 50
    assert len(crm.grants) == 1
    assert {r.headers["authorization"] for r in crm.requests} == {"Zoho-oauthtoken 1000.token.1"}


async def test_clients_that_share_a_store_cause_one_refresh(crm: ScriptedCrm) -> None:
    store = SharedStore()
    async with (
        crm.client(store) as one,
        crm.client(store) as two,
        anyio.create_task_group() as tasks,
    ):
        for client in (one, two) * 10:
            tasks.start_soon(client.records.by_id, "Leads", "1")
    assert len(crm.grants) == 1
    assert store.saved == 1


async def test_a_stored_token_is_used_without_asking_zoho(crm: ScriptedCrm) -> None:
    async with crm.client(SharedStore(OLD)) as zoho:
        await zoho.records.by_id("Leads", "1")
    assert crm.grants == []


async def test_a_refused_token_is_replaced_once_for_all_tasks(crm: ScriptedCrm) -> None:
    crm.answer = refusing("1000.old")
    async with crm.client(SharedStore(OLD)) as zoho, anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(zoho.records.by_id, "Leads", "1")
    assert len(crm.grants) == 1


async def test_a_token_another_process_renewed_is_taken_over(crm: ScriptedCrm) -> None:
    store = SharedStore(OLD)
    async with crm.client(store) as zoho:
        await zoho.records.by_id("Leads", "1")
        crm.answer = refusing("1000.old")
        store.token = StoredToken("1000.theirs", NOW + 3600, None)
        await zoho.records.by_id("Leads", "1")
    assert crm.grants == []
    assert crm.last.headers["authorization"] == "Zoho-oauthtoken 1000.theirs"


async def test_a_token_that_never_worked_is_not_replaced_again_and_again(
    crm: ScriptedCrm, clock: ManualClock
) -> None:
    crm.says(401, {"code": "INVALID_TOKEN", "details": {}, "status": "error"})
    async with crm.client() as zoho:
        for _ in range(5):
            with pytest.raises(TokenRefused, match="ZOHO_REGION"):
                await zoho.records.by_id("Leads", "1")
        assert len(crm.grants) == 1
        clock.advance(61)
        with pytest.raises(TokenRefused):
            await zoho.records.by_id("Leads", "1")
    assert len(crm.grants) == 2


async def test_a_token_that_worked_is_replaced_when_it_is_pushed_out(crm: ScriptedCrm) -> None:
    async with crm.client() as zoho:
        await zoho.records.by_id("Leads", "1")
        crm.answer = refusing("1000.token.1")
        await zoho.records.by_id("Leads", "1")
    assert len(crm.grants) == 2


async def test_a_token_is_refreshed_five_minutes_early(
    crm: ScriptedCrm, clock: ManualClock
) -> None:
    async with crm.client(SharedStore(StoredToken("1000.old", NOW + 3600, None))) as zoho:
        clock.set(NOW + 3600 - 331)
        await zoho.records.by_id("Leads", "1")
        assert crm.grants == []
        clock.set(NOW + 3600 - 299)
        await zoho.records.by_id("Leads", "1")
    assert len(crm.grants) == 1


async def test_a_short_lived_token_is_not_refreshed_at_every_call(crm: ScriptedCrm) -> None:
    body = {"access_token": "1000.short", "expires_in": 60}
    crm.grant = lambda request: httpx2.Response(200, json=body)
    async with crm.client() as zoho:
        for _ in range(5):
            await zoho.records.by_id("Leads", "1")
    assert len(crm.grants) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx2.Response(200, json={"error": "invalid_code"}), TokenRefused),
        (httpx2.Response(400, json=THROTTLE), TokenThrottled),
        (httpx2.Response(503, text="<html>"), ServerFault),
    ],
)
async def test_a_refresh_that_fails_does_not_stampede(
    crm: ScriptedCrm, answer: httpx2.Response, error: type[MziError]
) -> None:
    crm.grant = lambda request: answer
    raised: list[BaseException] = []

    async with crm.client() as zoho:

        async def one() -> None:
            with pytest.raises(error) as caught:
                await zoho.records.by_id("Leads", "1")
            raised.append(caught.value)

        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(one)
    assert len(raised) == 20
    assert len(crm.grants) == 1
    assert crm.requests == []


async def test_zoho_is_asked_again_once_the_quiet_time_is_over(
    crm: ScriptedCrm, clock: ManualClock
) -> None:
    crm.grant = lambda request: httpx2.Response(400, json=THROTTLE)
    async with crm.client() as zoho:
        with pytest.raises(TokenThrottled) as first:
            await zoho.records.by_id("Leads", "1")
        clock.advance(500)
        with pytest.raises(TokenThrottled) as second:
            await zoho.records.by_id("Leads", "1")
        clock.advance(101)
        crm.grant = None
        await zoho.records.by_id("Leads", "1")
    assert first.value.retry_after == 600
    assert second.value.retry_after == pytest.approx(100)
    assert len(crm.grants) == 2


async def test_a_passing_failure_is_not_felt_while_the_old_token_lives(
    crm: ScriptedCrm, clock: ManualClock
) -> None:
    def down(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("down")

    crm.grant = down
    async with crm.client(SharedStore(OLD)) as zoho:
        clock.set(OLD.expires_at - 120)
        await zoho.records.by_id("Leads", "1")
        assert len(crm.grants) == 1
        clock.set(OLD.expires_at - 10)
        with pytest.raises(Unreachable):
            await zoho.records.by_id("Leads", "1")


async def test_a_credential_refusal_is_told_at_once(crm: ScriptedCrm, clock: ManualClock) -> None:
    crm.grant = lambda request: httpx2.Response(200, json={"error": "invalid_client"})
    async with crm.client(SharedStore(OLD)) as zoho:
        clock.set(OLD.expires_at - 120)
        with pytest.raises(TokenRefused, match="ZOHO_CLIENT_SECRET"):
            await zoho.records.by_id("Leads", "1")


async def test_the_token_goes_only_to_a_host_of_zohos(crm: ScriptedCrm) -> None:
    for domain, host in (
        ("https://www.zohoapis.in", "www.zohoapis.in"),
        ("https://evil.example", "www.zohoapis.eu"),
    ):
        async with crm.client(SharedStore(StoredToken("1000.a", NOW + 3600, domain))) as zoho:
            await zoho.records.by_id("Leads", "1")
        assert crm.last.url.host == host


def test_a_stored_token_does_not_show_itself() -> None:
    assert "1000.old" not in repr(OLD)
