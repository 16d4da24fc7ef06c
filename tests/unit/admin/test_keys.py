"""API keys by pages: shown once, good for what was chosen, ended at once."""

from __future__ import annotations

import re

from mzi_bridge.admin.pages.set_up_moodle import PLUGIN_SCOPES
from mzi_bridge.admin.words.keys import SCOPES
from mzi_bridge.journal.api_keys import Scope
from mzi_bridge.journal.audit import AuditFilter, AuditRow
from mzi_bridge.journal.sessions import Role
from tests.support.console import Visitor
from tests.support.world import BRIDGE_URL, World

SECRET = re.compile(r"mzi_[\w-]{43}")


async def last_row(world: World) -> AuditRow:
    return (await world.links.journal.audit.list(AuditFilter()))[0]


def secret_of(page: str) -> str:
    [found] = SECRET.findall(page)
    return str(found)


async def opens(visitor: Visitor, secret: str, path: str) -> int:
    headers = {"Authorization": f"Bearer {secret}"}
    return (await visitor.http.get(f"{BRIDGE_URL}{path}", headers=headers)).status_code


async def test_a_key_is_shown_once_and_opens_what_was_chosen(
    visitor: Visitor, world: World
) -> None:
    await visitor.sign_in()
    form = {"name": "Reports <b>", "scope": ["read"], "days": "30"}
    secret = secret_of((await visitor.post("/keys/create", form)).text)
    assert await opens(visitor, secret, "/api/v1/extension/sync-history") == 200
    assert await opens(visitor, secret, "/api/v1/extension/settings") == 403
    page = (await visitor.get("/keys")).text
    assert secret not in page and "Reports &lt;b&gt;" in page and "in 4 weeks" in page
    row = await last_row(world)
    assert (row.action, row.target, row.outcome) == ("key_created", "Reports <b>", "done")
    assert row.details["scopes"] == "read" and secret not in str(row)
    world.clock.advance(30 * 86_400.0)
    assert await opens(visitor, secret, "/api/v1/extension/sync-history") == 401


async def test_a_revoked_key_opens_nothing(visitor: Visitor, world: World) -> None:
    await visitor.sign_in()
    form = {"name": "Reports", "scope": ["read", "sync"]}
    secret = secret_of((await visitor.post("/keys/create", form)).text)
    [key] = await world.links.journal.api_keys.list()
    assert (key.scopes, key.expires_at) == (("read", "sync"), None)
    page = (await visitor.follow(await visitor.post("/keys/revoke", {"id": key.id}))).text
    assert "The key Reports opens nothing any more." in page and "Revoked" in page
    assert await opens(visitor, secret, "/api/v1/extension/sync-history") == 401
    assert (await last_row(world)).details == {"id": key.id}
    page = (await visitor.follow(await visitor.post("/keys/revoke", {"id": key.id}))).text
    assert "There is no such key that counts." in page


async def test_what_is_missing_is_said_and_the_rest_is_kept(visitor: Visitor, world: World) -> None:
    await visitor.sign_in()
    answer = await visitor.post("/keys/create", {"name": "Reports", "days": "12"})
    assert answer.status_code == 422
    assert "A key needs at least one scope." in answer.text
    assert 'value="Reports"' in answer.text and 'value="12"' in answer.text
    for wrong in ({"days": "0"}, {"days": "3651"}, {"days": "soon"}, {"scope": ["all"]}):
        form = {"name": "Reports", "scope": ["sync"], **wrong}
        answer = await visitor.post("/keys/create", form)
        assert answer.status_code == 422 and 'class="notice bad"' in answer.text
    assert (await last_row(world)).outcome == "unknown_scope"
    assert await world.links.journal.api_keys.list(history=True) == ()


async def test_keys_are_the_operators(visitor: Visitor, world: World) -> None:
    await visitor.as_role(Role.VIEWER)
    assert (await visitor.get("/keys")).status_code == 403
    form = {"name": "Reports", "scope": ["read"]}
    assert (await visitor.post("/keys/create", form)).status_code == 403
    assert (await visitor.post("/set-up/moodle/api-key")).status_code == 403
    assert 'href="/admin/keys"' not in (await visitor.get("/")).text
    assert await world.links.journal.api_keys.list() == ()


async def test_the_set_up_makes_the_plugins_key_and_shows_it_once(
    visitor: Visitor, world: World
) -> None:
    await visitor.sign_in()
    secret = secret_of((await visitor.post("/set-up/moodle/api-key")).text)
    key = await world.links.journal.api_keys.find(secret)
    assert key is not None and key.name == "Moodle"
    assert key.scopes == ("read", "sync", "mappings:write") == PLUGIN_SCOPES
    assert SECRET.search((await visitor.get("/set-up/moodle")).text) is None
    row = await last_row(world)
    assert (row.action, row.target) == ("key_created", "Moodle") and secret not in str(row)
    await visitor.post("/set-up/moodle/api-key")
    assert await world.links.journal.api_keys.find(secret) is not None


def test_every_scope_has_a_text() -> None:
    assert set(SCOPES) == {scope.value for scope in Scope}
