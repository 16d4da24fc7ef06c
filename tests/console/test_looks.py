"""Every page in both languages, light and dark: WCAG 2.2 AA by axe-core, no sideways scrolling at
360 pixels and at 200 % zoom. A folder named by MZI_SCREENSHOTS gets their pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from mzi_bridge.admin.routes import PAGES
from tests.console.conftest import sign_in
from tests.console.school import School
from tests.support.pictures import keep_pictures
from tests.support.wcag import violations

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
    keep(page, path, language, theme)
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
    keep(page, "/sign-in", language, theme)
    assert violations(page) == []
    context.close()


def is_fault(said: ConsoleMessage) -> bool:
    """A browser says of itself that an address is not there."""
    return said.type == "error" and not said.location["url"].endswith(NOWHERE)


def keep(page: Page, path: str, language: str, theme: str) -> None:
    name = re.sub(r"[^a-z0-9]+", "-", path).strip("-") or "overview"
    keep_pictures(page, f"console-{name}-{language}-{theme}")
