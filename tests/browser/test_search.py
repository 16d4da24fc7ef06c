"""How staff finds a student: live while typing, by keys, and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import People
from tests.browser.school import ATTACK, LAYLA, MALLORY, STAFF, STUDENTS
from tests.browser.site import Site


def open_search(people: People, site: Site, *, javascript: bool = True) -> Page:
    return people.open(STAFF, "search.php", javascript=javascript)


def test_a_student_is_found_while_typing_and_opened_by_keys(people: People, site: Site) -> None:
    page = open_search(people, site)
    field = page.get_by_role("searchbox")
    field.fill(f"{site.school.prefix} layla")
    found = page.locator(".local-mzi-found a")
    expect(found).to_have_count(1)
    expect(found).to_have_text(STUDENTS[LAYLA][2])
    expect(page.locator("[data-local-mzi=summary]")).to_contain_text("1")
    assert site.school.prefix not in page.url
    field.press("ArrowDown")
    expect(found).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".local-mzi-name")).to_have_text(STUDENTS[LAYLA][2])
    page.go_back()
    expect(found).to_have_count(1)


@pytest.mark.parametrize("what", ("number", "email", "name"))
def test_a_student_is_found_without_javascript(people: People, site: Site, what: str) -> None:
    query = {
        "number": site.school.number(LAYLA),
        "email": f"{site.school.username(LAYLA)}@example.org",
        "name": f"حدّاد {site.school.prefix}",
    }[what]
    page = open_search(people, site, javascript=False)
    page.get_by_role("searchbox").fill(query)
    page.get_by_role("button", name="Search", exact=True).click()
    found = page.locator(".local-mzi-found a")
    expect(found).to_have_count(1)
    found.click()
    expect(page.locator(".local-mzi-name")).to_have_text(STUDENTS[LAYLA][2])


def test_signs_of_sql_and_html_are_looked_for_as_they_are(people: People, site: Site) -> None:
    page = open_search(people, site)
    field = page.get_by_role("searchbox")
    summary = page.locator("[data-local-mzi=summary]")
    for nothing in ("%", "_", "' OR 1=1 --", "\\"):
        field.fill(f"{site.school.prefix} {nothing}")
        expect(summary).to_have_text("No student fits.")
        field.fill(f"{site.school.prefix}")
        expect(summary).to_contain_text(f"of {len(STUDENTS)}")
    field.fill(f"{site.school.prefix} {ATTACK.split('>')[0]}")
    expect(page.locator(".local-mzi-found a")).to_contain_text(["<script>"])
    assert page.evaluate("window.pwned") is None
    assert MALLORY in page.locator(".local-mzi-found").inner_text()
