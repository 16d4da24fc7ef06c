"""The editor of a mapping in a real browser: seen, heard of by axe, used by keyboard alone, and
without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import sign_in
from tests.console.school import STUDENTS, School
from tests.console.test_looks import keep
from tests.support.wcag import violations

EDITOR = f"/admin/mappings/{STUDENTS}"
REGISTRATIONS = "/admin/mappings/BTEC_Registrations"
RESET = "/admin/mappings/versions/reset?preset=guide"


@pytest.fixture(params=["en", "ar"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(browser: Browser, school: School, language: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield sign_in(context, school, language)
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("path", "name"),
    [(EDITOR, "mapping"), (REGISTRATIONS, "mapping-lists"), (RESET, "mapping-difference")],
)
def test_the_editor_has_no_violation_of_wcag(
    page: Page, school: School, language: str, path: str, name: str, theme: str
) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.goto(school.url + path)
    keep(page, name, language, theme)
    page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
    assert violations(page) == []
    for width in (360, 640):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_wrong_field_is_mended_by_the_suggestion_and_tried_on_a_record(
    page: Page, school: School, language: str
) -> None:
    page.goto(school.url + EDITOR)
    page.fill("[id='c:phone.from']", "Phone_Numbre")
    page.keyboard.press("Enter")
    row = page.locator("[id='c:phone']")
    expect(row.locator(".found.error")).to_be_visible()
    keep(page, "mapping-found", language, "light")
    assert violations(page) == []
    row.locator(".found button").first.click()
    expect(page.locator("[id='c:phone.from']")).to_have_value("Phone_Number")
    page.fill("[id='c:city.from']", "Country")
    page.fill("#record", sorted(school.world.crm.records(STUDENTS))[0])
    page.locator("button[formaction$='/preview']").first.click()
    expect(page.locator("tr.changes code", has_text="city")).to_be_visible()
    keep(page, "mapping-preview", language, "light")
    assert violations(page) == []


def test_options_come_with_their_transform_and_rows_can_be_filtered(
    page: Page, school: School
) -> None:
    page.goto(school.url + EDITOR)
    row = page.locator("[id='c:gender']")
    row.locator("summary").click()
    expect(row.locator("[data-option=values]")).to_be_hidden()
    row.locator("[data-transform]").first.select_option("map")
    expect(row.locator("[data-option=values]")).to_be_visible()
    page.fill("#find-rows", "nationality")
    expect(page.locator("[data-row]:visible")).to_have_count(1)


def test_all_is_done_without_javascript(browser: Browser, school: School) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = sign_in(context, school)
    page.goto(school.url + REGISTRATIONS)
    row = page.locator("[id='c:intake']")
    row.locator("summary").click()
    row.locator("select[id='c:intake.transform.1']").select_option("map")
    page.locator("button[name=step][value='']").click()
    row.locator("summary").click()
    row.locator("textarea").first.fill("January = Winter\nSeptember = Autumn")
    row.locator("[id='c:intake.otherwise']").fill("Other")
    page.fill("#note", "terms in words")
    page.locator("button[formaction$='/save']").first.click()
    expect(page.locator("button", has_text="Carry this module over now")).to_be_visible()
    expect(row.locator("textarea").first).to_have_value("January = Winter\nSeptember = Autumn")
    context.close()
