"""The settings on their page: what counts, where it is from, and no secret ever told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mzi_bridge.journal.audit import AuditFilter
from mzi_bridge.journal.sessions import Role
from tests.support.console import Visitor, visiting
from tests.support.world import ADMIN_TOKEN, MOODLE_TOKEN, REFRESH_TOKEN, World, open_world

PAGE = "/settings"
SECRET = "a-secret-of-twenty-characters-and-more"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as world:
        yield world


@pytest.fixture
async def operator(world: World) -> AsyncIterator[Visitor]:
    async with visiting(world) as visitor:
        await visitor.as_role(Role.OPERATOR)
        yield visitor


async def stored(world: World) -> dict[str, str]:
    return {name: one.text for name, one in (await world.links.journal.settings.all()).items()}


def part_of(page: str, name: str) -> str:
    start = page.index(f'id="of-{name}"')
    end = page.find('<div class="setting"', start)
    return page[start : end if end > 0 else None]


async def test_each_setting_is_told_with_its_value_and_where_it_is_from(operator: Visitor) -> None:
    page = (await operator.get(PAGE)).text
    assert "set by the environment" in part_of(page, "WEBHOOK_BASE_URL")
    assert "https://bridge.test" in part_of(page, "WEBHOOK_BASE_URL")
    assert "default" in part_of(page, "MZI_BATCH_SIZE")
    assert 'value="500"' in part_of(page, "MZI_BATCH_SIZE")
    assert "<input" not in part_of(page, "DATABASE_URL")


async def test_no_secret_is_ever_sent_to_the_browser(operator: Visitor, world: World) -> None:
    form = {"group": "Webhooks", "MZI_WEBHOOK_SECRETS": SECRET}
    answer = await operator.post(PAGE, form)
    assert answer.status_code == 303 and (await stored(world))["MZI_WEBHOOK_SECRETS"] == SECRET
    pages = [(await operator.get(PAGE)).text]
    bad = {"group": "Webhooks", "MZI_WEBHOOK_SECRETS": "short", "MZI_SIGNATURE_SECRETS": SECRET}
    pages.append((await operator.post(PAGE, bad)).text)
    for page in pages:
        for secret in (SECRET, ADMIN_TOKEN, MOODLE_TOKEN, REFRESH_TOKEN, "short&#34;", '"short"'):
            assert secret not in page
    rows = await world.links.journal.audit.list(AuditFilter(action="change_settings"))
    assert [row.outcome for row in rows] == ["settings", "done"]
    assert SECRET not in repr(rows) and "MZI_WEBHOOK_SECRETS" in repr(rows)


async def test_only_what_differs_is_stored_and_an_empty_field_is_the_default(
    operator: Visitor, world: World
) -> None:
    form = {"group": "Work", "MZI_BATCH_SIZE": "50"}
    await operator.post(PAGE, form)
    assert await stored(world) == {"MZI_BATCH_SIZE": "50"}
    page = (await operator.get(PAGE)).text
    assert "set here" in part_of(page, "MZI_BATCH_SIZE")
    assert "operator@school.example" in part_of(page, "MZI_BATCH_SIZE")
    answer = await operator.post(PAGE, form)
    assert "Nothing was changed." in (await operator.follow(answer)).text
    await operator.post(PAGE, {"group": "Work", "MZI_BATCH_SIZE": ""})
    assert await stored(world) == {}


async def test_a_setting_is_taken_back(operator: Visitor, world: World) -> None:
    await operator.post(PAGE, {"group": "Work", "MZI_BATCH_SIZE": "50"})
    await operator.post(f"{PAGE}/take-back", {"name": "MZI_BATCH_SIZE"})
    assert await stored(world) == {}


async def test_a_stored_secret_is_taken_away_by_its_box_alone(
    operator: Visitor, world: World
) -> None:
    await operator.post(PAGE, {"group": "Webhooks", "MZI_WEBHOOK_SECRETS": SECRET})
    await operator.post(PAGE, {"group": "Webhooks", "MZI_WEBHOOK_SECRETS": ""})
    assert "MZI_WEBHOOK_SECRETS" in await stored(world)
    form = {"group": "Webhooks", "MZI_WEBHOOK_SECRETS": "", "MZI_WEBHOOK_SECRETS.remove": "1"}
    await operator.post(PAGE, form)
    assert await stored(world) == {}


async def test_a_fault_stands_next_to_its_field_and_what_was_typed_is_kept(
    operator: Visitor, world: World
) -> None:
    form = {"group": "Work", "MZI_BATCH_SIZE": "9000"}
    answer = await operator.post(PAGE, form)
    assert answer.status_code == 422
    part = part_of(answer.text, "MZI_BATCH_SIZE")
    assert 'aria-invalid="true"' in part and 'value="9000"' in part and "500" in part
    assert await stored(world) == {}


@pytest.mark.parametrize("name", ["DATABASE_URL", "MZI_MAPPING", "ADMIN_TOKEN", "NOTHING"])
async def test_what_may_not_be_set_here_is_not(operator: Visitor, world: World, name: str) -> None:
    for group in ("Database", "Mapping", "Network"):
        await operator.post(PAGE, {"group": group, name: "x"})
    assert (await operator.post(f"{PAGE}/take-back", {"name": name})).status_code == 422
    assert await stored(world) == {}


async def test_every_description_is_there_in_arabic(operator: Visitor) -> None:
    await operator.post("/language", {"to": "ar", "next": "/admin/settings"})
    page = (await operator.get(PAGE)).text
    hints = [part.split("</p>")[0] for part in page.split('<p class="hint"')[1:]]
    assert len(hints) > 50
    assert all(any("\u0600" <= letter <= "\u06ff" for letter in hint) for hint in hints)


async def test_a_viewer_changes_nothing(operator: Visitor, world: World) -> None:
    await operator.as_role(Role.VIEWER)
    assert "<input id=" not in (await operator.get(PAGE)).text
    answer = await operator.post(PAGE, {"group": "Work", "MZI_BATCH_SIZE": "50"})
    assert answer.status_code == 403 and await stored(world) == {}
