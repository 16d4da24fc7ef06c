"""Every page in both languages, light and dark: WCAG 2.2 AA by axe-core, no sideways scrolling at
360 pixels and at 200 % zoom. The pictures are kept: MZI_SCREENSHOTS names their folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page

from mzi_bridge.admin.routes import PAGES
from tests.console.conftest import sign_in
from tests.console.school import School

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ROOT = Path(__file__).parents[2]
PICTURES = Path(os.environ.get("MZI_SCREENSHOTS", ROOT / ".run" / "screenshots")) / "console"
NOWHERE = "/nowhere"
CHOSEN = (
    "/dead?module=BTEC_Students&reason=required",
    "/held?module=BTEC_Students",
    "/mappings/versions/reset?preset=guide",
    NOWHERE,
)
"""Pages that are other pages by what was chosen."""
PATHS = sorted(
    page.path
    for page in PAGES
    if page.look is not None and not page.path.endswith(("/live", "/export", "/reset"))
)
PAGES_SEEN = (*PATHS, *CHOSEN)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.fixture(scope="module", params=["en", "ar"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def page(browser: Browser, school: School, language: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    faults: list[str] = []
    page = sign_in(context, school, language)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)
    yield page
    context.close()
    assert faults == []


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("path", PAGES_SEEN)
def test_a_page_has_no_violation_of_wcag(
    page: Page, school: School, language: str, path: str, theme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(school.address(path))
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("html").get_attribute("dir") == {"en": "ltr", "ar": "rtl"}[language]
    for details in page.locator("main details > summary").all():
        details.click()
    picture(page, path, language, theme)
    assert violations(page) == []


@pytest.mark.parametrize("width", [360, 640])
@pytest.mark.parametrize("path", PAGES_SEEN)
def test_nothing_scrolls_sideways(page: Page, school: School, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(school.address(path))
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, f"{wide} pixels wide"


@pytest.mark.parametrize("theme", THEMES)
def test_signing_in_is_open_to_all(
    browser: Browser, school: School, language: str, theme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(locale=language, color_scheme=theme)
    page = context.new_page()
    page.goto(f"{school.url}/admin/sign-in")
    assert page.locator("html").get_attribute("lang") == language
    picture(page, "/sign-in", language, theme)
    assert violations(page) == []
    context.close()


def is_fault(said: ConsoleMessage) -> bool:
    """A browser says of itself that an address is not there."""
    return said.type == "error" and not said.location["url"].endswith(NOWHERE)


def violations(page: Page) -> list[str]:
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found: dict[str, Any] = Axe().run(page, options=options).response
    return [
        f"{rule['id']} at {node['target']} in {node['html'][:160]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def picture(page: Page, path: str, language: str, theme: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^a-z0-9]+", "-", path).strip("-") or "overview"
    for device, width in (("phone", 360), ("desktop", 1280)):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=PICTURES / f"{name}-{language}-{theme}-{device}.png", full_page=True)
