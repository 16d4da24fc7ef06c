"""WCAG 2.2 AA as far as axe-core can tell, on every page; each one's pictures are kept.

MZI_SCREENSHOTS names the folder of the pictures (default .run/screenshots).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.pages import PAGES, go
from tests.browser.people import DESKTOP, LANGUAGES, PHONE, THEMES, People
from tests.browser.school import LAYLA, NADA, STAFF
from tests.browser.site import Site

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PICTURES = Path(
    os.environ.get("MZI_SCREENSHOTS", Path(__file__).parents[2] / ".run" / "screenshots")
)


@pytest.fixture(scope="module", params=THEMES)
def theme(everyone: People, request: pytest.FixtureRequest) -> Iterator[str]:
    name: str = request.param
    with everyone.theme(LAYLA, name), everyone.theme(STAFF, name), everyone.theme(NADA, name):
        yield name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_violation_of_wcag(
    people: People, site: Site, theme: str, name: str, language: str
) -> None:
    page = go(people, site, name, language)
    assert page.locator("html").get_attribute("dir") == {"en": "ltr", "ar": "rtl"}[language]
    assert page.locator("html").get_attribute("lang") == language
    _keep_pictures(page, f"{name}-{language}-{theme}")
    assert violations(page) == []


def violations(page: Page) -> list[str]:
    """One line for each element that breaks a rule."""
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found: dict[str, Any] = Axe().run(page, options=options).response
    assert found["testEngine"]["name"] == "axe-core"
    return [_line(rule, node) for rule in found["violations"] for node in rule["nodes"]]


def _line(rule: dict[str, Any], node: dict[str, Any]) -> str:
    why = [check["message"] for check in node["any"] + node["all"] + node["none"]]
    return f"{rule['id']} at {node['target']}: {'; '.join(why)} in {node['html'][:160]}"


def _keep_pictures(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for device, (width, height) in (("phone", PHONE), ("desktop", DESKTOP)):
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=PICTURES / f"{name}-{device}.png", full_page=True)
