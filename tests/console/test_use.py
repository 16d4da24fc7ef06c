"""The console in use: without scripts, and as it renews itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from mzi_bridge.admin.live import EVERY_SECONDS
from tests.console.conftest import sign_in
from tests.console.school import PAYMENTS, STUDENTS, School


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
    page.evaluate("document.title = 'not loaded again'")
    waiting = page.get_by_role("region", name="On the way to Moodle").locator("p").first
    before = waiting.inner_text()
    school.portal.call(school.world.notice, PAYMENTS, max(school.world.crm.records(PAYMENTS)))
    for _ in range(100):
        school.portal.call(school.world.clock.advance, EVERY_SECONDS)
        page.wait_for_timeout(100)
        if waiting.inner_text() != before:
            break
    expect(waiting).to_have_text(str(int(before) + 1))
    assert page.title() == "not loaded again"


def test_the_menu_of_a_phone_opens_without_a_script(browser: Browser, school: School) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = sign_in(context, school)
    page.locator(".menu-fold > summary").click()
    page.locator(".menu-fold").get_by_role("link", name="Given up").click()
    expect(page.get_by_role("heading", name="Given up", level=1)).to_be_visible()
    context.close()
