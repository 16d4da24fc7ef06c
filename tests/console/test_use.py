"""The console in use: with the keyboard alone, without scripts, and as it renews itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import sign_in
from tests.console.school import STUDENTS, School

MOST_STOPS = 80
FOCUS = "(document.activeElement.innerText || document.activeElement.id || '').trim()"


@pytest.fixture
def page(browser: Browser, school: School) -> Iterator[Page]:
    context = browser.new_context()
    yield sign_in(context, school)
    context.close()


def tab_to(page: Page, text: str) -> None:
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUS) == text:
            return
    raise AssertionError(f"{text!r} is not reached by the Tab key")


def test_signing_in_takes_the_keyboard_only(browser: Browser, school: School) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{school.url}/admin/")
    tab_to(page, "token")
    page.keyboard.type(school.token)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    context.close()


def test_the_first_key_skips_to_the_content(page: Page, school: School) -> None:
    page.goto(f"{school.url}/admin/audit")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS) == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_record_is_tried_again_with_the_keyboard_only(page: Page, school: School) -> None:
    page.goto(f"{school.url}/admin/dead")
    before = school.dead()
    tab_to(page, "Try again")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1 record is tried again.")
    assert school.dead() == before - 1


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
