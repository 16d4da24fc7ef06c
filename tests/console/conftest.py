"""The bridge's own pages in a real browser, before emulators: no Moodle site is needed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.people import CHROMIUM_OPTIONS
from tests.browser.site import chromium
from tests.console.school import School, open_school

expect.set_options(timeout=20_000)
collect_ignore_glob = [] if chromium() else ["test_[!p]*.py"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    with open_school(Path(tmp_path_factory.mktemp("school"))) as school:
        yield school


def sign_in(context: BrowserContext, school: School, language: str = "en") -> Page:
    """A page of somebody signed in, with the language chosen by its button."""
    page = context.new_page()
    page.goto(f"{school.url}/admin/sign-in")
    if language != "en":
        page.locator(f"button[value={language}]").click()
    page.fill("#token", school.token)
    page.locator("form.fields button").click()
    expect(page.locator("nav.menu")).to_be_attached()
    return page
