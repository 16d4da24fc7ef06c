"""Addresses behind which there is nothing: a page with the way back below /admin, problem details
elsewhere."""

from __future__ import annotations

import pytest

from mzi_bridge.journal.errors import JournalUnavailable
from mzi_bridge.problems import MEDIA_TYPE
from tests.support.console import Visitor
from tests.support.world import World

NOWHERE = ["/nowhere", "/nowhere/", "/records/a/b/c", "/sync/0/more", "/%00", "/a%2Fb"]
EMPTY = ["/drift/99", "/mappings/Nowhere", "/records/BTEC_Students/%07"]
MENU = 'class="menu-wide"'


@pytest.mark.parametrize("path", NOWHERE)
async def test_an_unknown_address_of_the_console_is_a_page_with_the_way_back(
    visitor: Visitor, path: str
) -> None:
    answer = await visitor.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "There is no such page." in answer.text
    assert '<a class="button" href="/admin/">' in answer.text
    assert MENU not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", NOWHERE)
async def test_whoever_is_signed_in_keeps_the_menu(visitor: Visitor, path: str) -> None:
    await visitor.sign_in()
    answer = await visitor.get(path)
    assert answer.status_code == 404 and MENU in answer.text


async def test_a_message_waits_for_a_page_that_is_there(visitor: Visitor) -> None:
    await visitor.sign_in()
    await visitor.post("/sessions/revoke", {"name": "0" * 64})
    assert "over already" not in (await visitor.get("/nowhere")).text
    assert "over already" in (await visitor.get("/sessions")).text


@pytest.mark.parametrize("path", EMPTY)
async def test_an_address_that_names_nothing_says_404_too(visitor: Visitor, path: str) -> None:
    await visitor.sign_in()
    answer = await visitor.get(path)
    assert answer.status_code == 404 and MENU in answer.text


async def test_the_page_is_there_while_the_journal_is_not(
    visitor: Visitor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await visitor.sign_in()

    async def lost(token: str) -> None:
        raise JournalUnavailable("down", reason="database_unreachable")

    monkeypatch.setattr(world.engine.journal.sessions, "find", lost)
    answer = await visitor.get("/nowhere")
    assert answer.status_code == 404 and "There is no such page." in answer.text


@pytest.mark.parametrize("path", ["/api/v1/nowhere", "/api", "/nowhere", "/administration"])
async def test_elsewhere_an_unknown_address_is_a_problem(visitor: Visitor, path: str) -> None:
    await visitor.sign_in()
    answer = await visitor.http.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == MEDIA_TYPE
