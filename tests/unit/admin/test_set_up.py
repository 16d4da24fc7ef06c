"""A newcomer connects both sides by pages alone; what is wrong is said, and what to do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from mzi_bridge.journal.audit import AuditFilter
from mzi_bridge.journal.sessions import Role
from mzi_bridge.zoho_scopes import ZOHO_SCOPES
from tests.support.console import Visitor, visiting
from tests.support.world import (
    BRIDGE_URL,
    CLIENT,
    MODULES,
    MOODLE_TOKEN,
    MOODLE_URL,
    World,
    open_world,
)

UNSET = (
    *("ZOHO_CLIENT_ID", "ZOHO_CLIENT_SECRET", "ZOHO_REFRESH_TOKEN"),
    *("MOODLE_BASE_URL", "MOODLE_TOKEN", "WEBHOOK_BASE_URL", "MZI_EVENT_SECRETS"),
)
APPLICATION = {
    "ZOHO_REGION": "us",
    "ZOHO_ENVIRONMENT": "production",
    "ZOHO_CLIENT_ID": CLIENT["client_id"],
    "ZOHO_CLIENT_SECRET": CLIENT["client_secret"],
}
SITE = {"address": f"{MOODLE_URL}/", "token": MOODLE_TOKEN}


class Hidden(HTMLParser):
    """The hidden fields of a page's forms."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "input" and found.get("type") == "hidden" and found.get("name"):
            self.fields[str(found["name"])] = found.get("value") or ""


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as world:
        yield world


@pytest.fixture
async def newcomer(world: World) -> AsyncIterator[Visitor]:
    """Signed in before a bridge that knows neither side."""
    async with visiting(world, without=UNSET) as visitor:
        await visitor.sign_in()
        yield visitor


async def agree(newcomer: Visitor, answer: httpx2.Response) -> httpx2.Response:
    """What the browser shows after the consent in Zoho, which agrees at once."""
    assert answer.status_code == 303, answer.text
    async with httpx2.AsyncClient(transport=newcomer.world.wires) as zoho:
        back = await zoho.get(answer.headers["location"])
    assert back.status_code == 302, back.text
    return await newcomer.http.get(back.headers["location"])


async def connect_zoho(newcomer: Visitor) -> httpx2.Response:
    page = await agree(newcomer, await newcomer.post("/set-up/zoho/connect", APPLICATION))
    return await newcomer.post("/set-up/zoho/finish", Hidden(page.text).fields)


async def connect_moodle(newcomer: Visitor) -> httpx2.Response:
    return await newcomer.post("/set-up/moodle/connect", SITE)


async def outcomes(newcomer: Visitor, action: str) -> list[str]:
    rows = await newcomer.world.engine.journal.audit.list(AuditFilter(action=action))
    return [row.outcome for row in rows]


async def test_the_way_from_nothing_to_a_first_sync(newcomer: Visitor) -> None:
    assert (await newcomer.get("/")).status_code == 200
    steps = (await newcomer.get("/set-up")).text
    assert steps.count("To do") == 5

    checked = await connect_zoho(newcomer)
    assert "Zoho CRM is connected." in checked.text
    assert "scope ZohoCRM.notifications" in checked.text

    checked = await connect_moodle(newcomer)
    assert "Moodle is connected" in checked.text
    assert newcomer.world.engine.generation is not None

    checked = await newcomer.post("/set-up/mapping/check")
    assert "The mapping fits both sides." in checked.text

    answer = await newcomer.post("/set-up/channels/register", {"address": BRIDGE_URL})
    assert f"{len(MODULES)} channels are registered." in (await newcomer.follow(answer)).text

    answer = await newcomer.post("/sync/start", {"mode": "full"})
    assert answer.headers["location"] == "/admin/sync"
    journal = newcomer.world.engine.journal
    settings = await journal.settings.all()
    assert {"ZOHO_REFRESH_TOKEN", "MOODLE_TOKEN", "WEBHOOK_BASE_URL"} <= set(settings)
    assert {row.module for row in await journal.channels.list()} == set(MODULES)
    for action in ("connect_zoho", "check_zoho", "check_moodle", "check_mapping", "start_sync"):
        assert await outcomes(newcomer, action) == ["done"], action


async def test_the_consent_is_asked_for_with_all_that_the_bridge_needs(newcomer: Visitor) -> None:
    answer = await newcomer.post("/set-up/zoho/connect", APPLICATION)
    url = urlsplit(answer.headers["location"])
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert asked["scope"].split(",") == list(ZOHO_SCOPES)
    assert (asked["access_type"], asked["prompt"]) == ("offline", "consent")
    assert asked["redirect_uri"] == f"{BRIDGE_URL}/admin/set-up/zoho/back"
    assert CLIENT["client_secret"] not in answer.headers["location"]
    page = await newcomer.get("/set-up/zoho")
    assert CLIENT["client_secret"] not in page.text
    assert asked["redirect_uri"] in page.text


async def test_a_consent_of_another_session_is_not_taken(newcomer: Visitor) -> None:
    page = await agree(newcomer, await newcomer.post("/set-up/zoho/connect", APPLICATION))
    fields = Hidden(page.text).fields
    newcomer.world.clock.advance(1)
    await newcomer.post("/sign-out")
    await newcomer.sign_in()
    answer = await newcomer.post("/set-up/zoho/finish", fields)
    assert "was not asked for in this session" in (await newcomer.follow(answer)).text
    assert "ZOHO_REFRESH_TOKEN" not in await newcomer.world.engine.journal.settings.all()
    assert await outcomes(newcomer, "check_zoho") == ["consent_unknown"]


async def test_a_consent_is_good_for_a_quarter_of_an_hour(newcomer: Visitor) -> None:
    page = await agree(newcomer, await newcomer.post("/set-up/zoho/connect", APPLICATION))
    newcomer.world.clock.advance(901)
    answer = await newcomer.post("/set-up/zoho/finish", Hidden(page.text).fields)
    assert "was not asked for in this session" in (await newcomer.follow(answer)).text


async def test_who_does_not_agree_is_told_what_to_do(newcomer: Visitor) -> None:
    page = await newcomer.get("/set-up/zoho/back?error=access_denied")
    assert "Zoho gave no consent." in page.text
    assert 'href="/admin/set-up/zoho"' in page.text


async def test_a_wrong_secret_is_found_when_the_code_is_traded(newcomer: Visitor) -> None:
    wrong = {**APPLICATION, "ZOHO_CLIENT_SECRET": "canary-wrong-secret"}
    page = await agree(newcomer, await newcomer.post("/set-up/zoho/connect", wrong))
    answer = await newcomer.post("/set-up/zoho/finish", Hidden(page.text).fields)
    told = (await newcomer.follow(answer)).text
    assert "notice bad" in told
    assert "canary" not in told
    assert "ZOHO_REFRESH_TOKEN" not in await newcomer.world.engine.journal.settings.all()


@pytest.mark.parametrize(
    ("site", "line"),
    [
        ({"address": MOODLE_URL, "token": "f" * 32}, "moodle token"),
        ({"address": "https://nobody.test", "token": MOODLE_TOKEN}, "nobody"),
    ],
)
async def test_a_site_that_does_not_work_is_not_kept(
    newcomer: Visitor, site: dict[str, str], line: str
) -> None:
    answer = await newcomer.post("/set-up/moodle/connect", site)
    assert "Moodle does not let the bridge work yet." in answer.text
    assert line in answer.text
    assert site["token"] not in answer.text
    assert await newcomer.world.engine.journal.settings.all() == {}
    assert await outcomes(newcomer, "check_moodle") == ["checks_failed"]


async def test_an_address_without_tls_is_refused_with_its_reason(newcomer: Visitor) -> None:
    site = {"address": "http://moodle.example.org", "token": MOODLE_TOKEN}
    told = await newcomer.follow(await newcomer.post("/set-up/moodle/connect", site))
    assert "MOODLE_BASE_URL must use https" in told.text


async def test_an_address_that_leads_elsewhere_registers_no_channel(newcomer: Visitor) -> None:
    await connect_zoho(newcomer)
    await connect_moodle(newcomer)
    answer = await newcomer.post("/set-up/channels/register", {"address": MOODLE_URL})
    told = await newcomer.follow(answer)
    assert "Something else than this bridge answers" in told.text
    assert await newcomer.world.engine.journal.channels.list() == ()
    assert "WEBHOOK_BASE_URL" not in await newcomer.world.engine.journal.settings.all()


async def test_a_signing_key_is_shown_once_and_the_last_one_still_counts(
    newcomer: Visitor,
) -> None:
    first = (await newcomer.post("/set-up/moodle/key")).text
    key = first[first.index("whsec_") :].split("<")[0]
    assert key not in (await newcomer.get("/set-up/moodle")).text
    await newcomer.post("/set-up/moodle/key")
    kept = (await newcomer.world.engine.journal.settings.all())["MZI_EVENT_SECRETS"].text
    assert kept.split(",")[1] == key and len(kept.split(",")) == 2


async def test_what_the_environment_sets_is_checked_and_not_asked_for(world: World) -> None:
    async with visiting(world) as visitor:
        await visitor.sign_in()
        for step in ("zoho", "moodle"):
            page = (await visitor.get(f"/set-up/{step}")).text
            assert "Set by the environment" in page
            assert f'action="/admin/set-up/{step}/check"' in page
            checked = await visitor.post(f"/set-up/{step}/check")
            assert checked.status_code == 200
            assert 'class="state good"' in checked.text


async def test_a_step_can_be_done_again(newcomer: Visitor) -> None:
    await connect_zoho(newcomer)
    await connect_moodle(newcomer)
    first = (await newcomer.world.engine.journal.settings.all())["ZOHO_REFRESH_TOKEN"].text
    again = {**APPLICATION, "ZOHO_CLIENT_SECRET": ""}
    page = await agree(newcomer, await newcomer.post("/set-up/zoho/connect", again))
    checked = await newcomer.post("/set-up/zoho/finish", Hidden(page.text).fields)
    assert "Zoho CRM is connected." in checked.text
    second = (await newcomer.world.engine.journal.settings.all())["ZOHO_REFRESH_TOKEN"].text
    assert second != first
    assert newcomer.world.engine.trouble is None


async def test_a_viewer_sees_the_steps_and_changes_nothing(newcomer: Visitor) -> None:
    await newcomer.as_role(Role.VIEWER)
    for step in ("", "/zoho", "/moodle", "/mapping", "/channels", "/first-sync"):
        page = await newcomer.get(f"/set-up{step}")
        assert page.status_code == 200
        assert 'action="/admin/set-up' not in page.text
    assert (await newcomer.get("/set-up/zoho/back?code=x")).status_code == 403
