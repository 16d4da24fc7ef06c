"""The one door: every page and action of the console, whoever comes and from wherever."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.routing import Mount

from mzi_bridge.admin.headers import HEADERS, POLICY
from mzi_bridge.admin.routes import PAGES
from mzi_bridge.admin.routing import AdminRoute
from mzi_bridge.admin.words.actions import ACTIONS
from mzi_bridge.app.room import Room
from mzi_bridge.journal.audit import AuditFilter, AuditRow
from mzi_bridge.journal.sessions import Role
from tests.support.console import OWN, Visitor
from tests.support.world import World

# What is live does not end by itself: test_live.py.
ENDING = [page for page in PAGES if not page.path.endswith("/live")]
LOOKS = [page for page in ENDING if page.act is None]
ACTS = [page for page in PAGES if page.act is not None]
EVERY = AuditFilter()


def path_of(route: AdminRoute) -> str:
    """Its path with something in each of its blanks."""
    return re.sub(r"\{[^}]*\}", "1", route.path)


def named(route: AdminRoute) -> str:
    return f"{route.method} {route.path}"


def open_paths(world: World) -> Iterator[tuple[str, str]]:
    """What the console answers beside its declared pages, as it is mounted, once it was built."""
    declared = {(page.method, page.path) for page in PAGES}
    app = world.wires.apps["bridge.test"]
    routes = [route for room in app.routes if isinstance(room, Room) for route in room.routes]
    mounts = [route for route in routes if isinstance(route, Mount)]
    [mount] = [mount for mount in mounts if mount.path == "/admin"]
    inside: Any = mount.app
    for route in inside.routes:
        for method in sorted(route.methods - {"HEAD"}):
            if (method, route.path) not in declared:
                yield method, route.path


async def audit(visitor: Visitor) -> tuple[AuditRow, ...]:
    rows = await visitor.world.links.journal.audit.list(EVERY)
    return tuple(row for row in rows if row.action != "sign_in")


async def test_no_stranger_sees_or_does_anything(visitor: Visitor) -> None:
    for route in PAGES:
        answer = await visitor.http.request(
            route.method,
            f"/admin{path_of(route)}",
            headers=OWN,
            data={"name": "x"} if route.act else None,
        )
        assert answer.status_code == 303, named(route)
        assert answer.headers["location"].startswith("/admin/sign-in"), named(route)
        assert await audit(visitor) == (), named(route)


async def test_nothing_is_open_but_signing_in_language_and_files(
    visitor: Visitor, world: World
) -> None:
    await visitor.http.get("/admin/")
    assert sorted(open_paths(world)) == [
        ("GET", "/sign-in"),
        ("GET", "/static/{digest}/{name}"),
        ("POST", "/language"),
        ("POST", "/sign-in"),
    ]


async def test_a_viewer_does_nothing_and_the_try_is_written_down(visitor: Visitor) -> None:
    await visitor.as_role(Role.VIEWER)
    for route in ACTS:
        if route.role is Role.VIEWER:
            assert route.action in ("sign_out", "search_record")
            continue
        answer = await visitor.post(path_of(route))
        assert answer.status_code == 403, named(route)
        assert "You may look at this, but not do it." in answer.text
        row = (await audit(visitor))[0]
        assert (row.actor, row.action, row.outcome) == (
            "viewer@school.example",
            route.action,
            "not_permitted",
        )
    tried = [route for route in ACTS if route.role is Role.OPERATOR]
    assert len(await audit(visitor)) == len(tried)


async def test_a_viewer_sees_what_is_declared_for_viewers(visitor: Visitor) -> None:
    await visitor.as_role(Role.VIEWER)
    for route in LOOKS:
        answer = await visitor.get(path_of(route))
        if route.role is Role.OPERATOR:
            assert answer.status_code == 403, named(route)
        else:
            assert answer.status_code in (200, 303, 404, 409), named(route)


FOREIGN: tuple[dict[str, str], ...] = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://bridge.test"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://bridge.test"},
    {"Origin": "https://bridge.test:8443"},
    {"Origin": "null"},
    {},
)


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_a_form_of_another_site_does_nothing(
    visitor: Visitor, headers: dict[str, str]
) -> None:
    await visitor.sign_in()
    for route in ACTS:
        answer = await visitor.post(path_of(route), headers=headers)
        assert answer.status_code == 403, named(route)
        row = (await audit(visitor))[0]
        assert (row.action, row.outcome) == (route.action, "cross_site")
    assert len(await audit(visitor)) == len(ACTS)
    assert len(await visitor.sessions.list()) == 1


@pytest.mark.parametrize("path", ["/sign-in", "/language"])
@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_the_open_forms_are_our_own_pages_too(
    visitor: Visitor, path: str, headers: dict[str, str]
) -> None:
    assert (await visitor.post(path, headers=headers)).status_code == 403


async def test_a_browser_without_fetch_metadata_is_known_by_its_origin(visitor: Visitor) -> None:
    await visitor.sign_in()
    answer = await visitor.post("/sign-out", headers={"Origin": "https://bridge.test"})
    assert answer.status_code == 303


async def test_an_action_leaves_one_row_with_who_where_from_and_what_came_of_it(
    visitor: Visitor,
) -> None:
    await visitor.sign_in()
    await visitor.post("/sessions/revoke", {"name": "0" * 64})
    [row] = await audit(visitor)
    assert (row.actor, row.client, row.action) == ("admin-token", "203.0.113.7", "revoke_session")
    assert row.outcome == "session_over"


async def test_every_answer_bears_the_headers(visitor: Visitor) -> None:
    for route in ENDING:
        visitor.http.cookies.clear()
        for _ in ("stranger", "operator"):
            path = f"/admin{path_of(route)}"
            answer = await visitor.http.request(route.method, path, headers=OWN)
            for name, value in HEADERS.items():
                given = answer.headers[name]
                if name == POLICY:
                    # A page may let its own forms lead to Zoho; all else is as everywhere.
                    given = re.sub(r"(form-action 'self')[^;]*", r"\1", given)
                assert given == value, f"{named(route)}: {name}"
            await visitor.sign_in()


async def test_no_page_has_inline_script_or_style_or_a_foreign_address(visitor: Visitor) -> None:
    await visitor.sign_in()
    for route in LOOKS:
        text = (await visitor.get(path_of(route))).text
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), route.path
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text), route.path
        # A link that a person follows loads nothing.
        loading = re.sub(r'<a href="https://[^"]+" rel="noreferrer"', "", text)
        assert not re.search(r"""(?:src|href|action)=["']?(?:https?:)?//""", loading), route.path


def test_every_action_has_a_text() -> None:
    assert {route.action for route in ACTS} | {"sign_in"} == set(ACTIONS)


async def test_a_form_that_is_too_large_is_refused(visitor: Visitor) -> None:
    await visitor.sign_in()
    answer = await visitor.post("/sessions/revoke", {"name": "x" * 1_100_000})
    assert answer.status_code == 413


async def test_a_told_message_is_shown_once_and_cannot_be_made_up(visitor: Visitor) -> None:
    await visitor.sign_in()
    answer = await visitor.post("/sessions/revoke", {"name": "0" * 64})
    assert "over already" in (await visitor.follow(answer)).text
    assert "over already" not in (await visitor.get("/sessions")).text
    visitor.http.cookies.set("__Host-mzi_told", "made-up", domain="bridge.test")
    assert (await visitor.get("/sessions")).status_code == 200
