"""Signing in by the administrator's token, and what a session is good for."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest
from pydantic import SecretStr

from mzi_bridge.admin.console import TRIES
from mzi_bridge.admin.sign_in import own_path
from mzi_bridge.journal.sessions import IDLE_SECONDS, LIFE_SECONDS, Role, session_name
from tests.support.console import COOKIE, Visitor, visiting
from tests.support.world import ADMIN_TOKEN, World


async def test_the_right_token_opens_the_console(visitor: Visitor) -> None:
    answer = await visitor.sign_in()
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/")
    page = await visitor.follow(answer)
    assert page.status_code == 200
    assert "Overview" in page.text


async def test_a_wrong_token_says_only_that(visitor: Visitor) -> None:
    answer = await visitor.sign_in("x" * 43)
    assert answer.status_code == 401
    assert "The token is wrong." in answer.text
    assert COOKIE not in visitor.http.cookies
    assert "x" * 43 not in answer.text


async def test_a_stranger_is_led_to_sign_in_and_then_where_they_wanted(visitor: Visitor) -> None:
    answer = await visitor.get("/audit?failed=1")
    assert answer.status_code == 303
    form = await visitor.follow(answer)
    assert 'name="next" value="/admin/audit?failed=1"' in form.text
    entered = await visitor.post(
        "/sign-in", {"token": ADMIN_TOKEN, "next": "/admin/audit?failed=1"}
    )
    assert entered.headers["location"] == "/admin/audit?failed=1"


@pytest.mark.parametrize(
    "text",
    [
        "//evil.example/",
        "https://evil.example/admin/",
        "/admin//evil.example",
        "/admin/../etc",
        "/admin/\\evil",
        "/other",
        "javascript:alert(1)",
        "/admin/\r\nSet-Cookie: a=b",
        "",
        None,
    ],
)
def test_nobody_is_led_out_of_the_console(text: str | None) -> None:
    assert own_path(text) == "/admin/"


async def test_the_cookie_is_secure_and_out_of_reach_for_scripts(visitor: Visitor) -> None:
    said = (await visitor.sign_in()).headers["set-cookie"]
    assert said.startswith(f"{COOKIE}=")
    for word in ("HttpOnly", "Path=/", "SameSite=lax", "Secure"):
        assert word in said
    assert "Domain" not in said


async def test_only_the_hash_of_a_sessions_token_is_kept(visitor: Visitor, world: World) -> None:
    await visitor.sign_in()
    token = visitor.session_token()
    assert token is not None
    [session] = await visitor.sessions.list()
    assert session.name == session_name(token)
    database = world.settings.database_url.get_secret_value().removeprefix("sqlite:///")
    for file in Path(database).parent.iterdir():
        assert token.encode() not in file.read_bytes(), file


async def test_signing_in_again_gives_a_new_token_and_ends_the_old_session(
    visitor: Visitor,
) -> None:
    await visitor.sign_in()
    first = visitor.session_token()
    await visitor.sign_in()
    assert visitor.session_token() != first
    assert len(await visitor.sessions.list()) == 1


async def test_a_token_that_the_browser_brought_is_never_taken_over(visitor: Visitor) -> None:
    visitor.http.cookies.set(COOKIE, "chosen-by-somebody-else", domain="bridge.test")
    await visitor.sign_in()
    assert await visitor.sessions.find("chosen-by-somebody-else") is None


async def test_after_signing_out_the_cookie_opens_nothing(visitor: Visitor) -> None:
    await visitor.sign_in()
    token = visitor.session_token()
    answer = await visitor.post("/sign-out")
    assert "You are signed out." in (await visitor.follow(answer)).text
    visitor.http.cookies.set(COOKIE, token or "", domain="bridge.test")
    assert (await visitor.get("/")).status_code == 303


async def test_a_session_ends_after_an_idle_hour(visitor: Visitor, world: World) -> None:
    await visitor.sign_in()
    world.clock.advance(IDLE_SECONDS - 1)
    assert (await visitor.get("/")).status_code == 200
    world.clock.advance(IDLE_SECONDS - 1)
    assert (await visitor.get("/")).status_code == 200
    world.clock.advance(IDLE_SECONDS + 1)
    assert (await visitor.get("/")).status_code == 303


async def test_a_session_ends_after_twelve_hours_however_busy(
    visitor: Visitor, world: World
) -> None:
    await visitor.sign_in()
    seen = 0.0
    while seen + 1800 < LIFE_SECONDS:
        world.clock.advance(1800)
        seen += 1800
        assert (await visitor.get("/")).status_code == 200
    world.clock.advance(1800)
    assert (await visitor.get("/")).status_code == 303


async def test_a_changed_admin_token_ends_the_sessions_of_the_old_one(world: World) -> None:
    async with visiting(world) as visitor:
        await visitor.sign_in()
        token = visitor.session_token()
    async with visiting(world, admin_token=SecretStr("another-token-" * 3)) as visitor:
        visitor.http.cookies.set(COOKIE, token or "", domain="bridge.test")
        assert (await visitor.get("/")).status_code == 303


async def test_tries_are_counted_by_address_and_come_back_with_time(
    visitor: Visitor, world: World
) -> None:
    for _ in range(TRIES):
        assert (await visitor.sign_in("wrong" * 8)).status_code == 401
    refused = await visitor.sign_in()
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert "Too many tries" in refused.text
    world.clock.advance(float(refused.headers["retry-after"]))
    assert (await visitor.sign_in()).status_code == 303


async def test_right_sign_ins_are_never_too_many(visitor: Visitor) -> None:
    for _ in range(TRIES + 5):
        assert (await visitor.sign_in()).status_code == 303


async def test_without_https_nobody_signs_in_but_on_this_machine(world: World) -> None:
    async with visiting(world) as visitor:
        visitor.http.base_url = "http://bridge.test"
        answer = await visitor.sign_in()
        assert answer.status_code == 403
        assert "https" in answer.text
        visitor.http.base_url = "http://127.0.0.1:8000"
        answer = await visitor.sign_in()
        assert answer.status_code == 303
        assert answer.headers["set-cookie"].startswith("mzi_session=")
        assert "Secure" not in answer.headers["set-cookie"]


async def test_the_scheme_is_believed_of_a_trusted_proxy_only(world: World) -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-Proto": "https"}
    async with visiting(world) as visitor:
        visitor.http.base_url = "http://bridge.test"
        assert (await visitor.post("/sign-in", {"token": ADMIN_TOKEN}, headers)).status_code == 403
    trusted = (ip_network("203.0.113.0/24"),)
    async with visiting(world, trusted_proxies=trusted) as visitor:
        visitor.http.base_url = "http://bridge.test"
        answer = await visitor.post("/sign-in", {"token": ADMIN_TOKEN}, headers)
        assert answer.status_code == 303
        assert "Secure" in answer.headers["set-cookie"]


async def test_without_any_way_to_sign_in_the_page_says_what_to_set(world: World) -> None:
    async with visiting(world, admin_token=None) as visitor:
        assert "ADMIN_TOKEN" in (await visitor.get("/sign-in")).text
        assert (await visitor.sign_in("")).status_code == 401


async def test_an_operator_ends_another_session(visitor: Visitor) -> None:
    await visitor.sign_in()
    method = (await visitor.sessions.list())[0].method
    other = await visitor.sessions.begin("guest@school.example", Role.VIEWER, method)
    page = await visitor.get("/sessions")
    assert "guest@school.example" in page.text
    assert other not in page.text
    answer = await visitor.post("/sessions/revoke", {"name": session_name(other)})
    assert "The session is ended." in (await visitor.follow(answer)).text
    assert await visitor.sessions.find(other) is None
