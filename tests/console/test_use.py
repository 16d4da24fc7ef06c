"""The console in use: without scripts, and as it renews itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import sign_in
from tests.console.school import STUDENTS, School


@pytest.fixture
def page(browser: Browser, school: School) -> Iterator[Page]:
    context = browser.new_context()
    yield sign_in(context, school)
    context.close()


def test_without_scripts_everything_is_done(browser: Browser, school: School) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = sign_in(context, school, "ar")
    page.goto(f"{school.url}/admin/held")
    number = school.held()
    page.fill(f"input[name=module][value={STUDENTS}] ~ input[name=number]", str(number))
    page.locator("button.main").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert school.held() == 0
    context.close()


def test_the_overview_renews_itself(page: Page, school: School) -> None:
    page.goto(f"{school.url}/admin/")
    # An open connection's part of the page: replaced by what the bridge sends.
    page.evaluate("document.querySelector('[data-live] .verdict').remove()")
    expect(page.locator("[data-live] .verdict")).to_be_visible()


def test_the_menu_of_a_phone_opens_without_a_script(browser: Browser, school: School) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = sign_in(context, school)
    page.locator(".menu-fold > summary").click()
    page.locator(".menu-fold").get_by_role("link", name="Given up").click()
    expect(page.get_by_role("heading", name="Given up", level=1)).to_be_visible()
    context.close()
