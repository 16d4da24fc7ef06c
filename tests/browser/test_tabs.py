"""The six tabs: their own addresses, with and without JavaScript, forth and back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.people import People, settle
from tests.browser.school import LAYLA, MALLORY, NADA, STAFF, STUDENTS
from tests.browser.site import Site

TABS = ("profile", "academics", "finance", "classes", "grades", "requests")


@pytest.mark.parametrize("tab", TABS)
def test_a_tab_has_its_own_address_without_javascript(people: People, site: Site, tab: str) -> None:
    page = people.open(LAYLA, "index.php?tab=profile", javascript=False)
    link = page.locator(f'[data-local-mzi-tab="{tab}"]')
    title = link.inner_text()
    link.click()
    assert f"tab={tab}" in page.url
    expect(page.locator("#local-mzi-heading")).to_have_text(title)
    expect(page.locator("#local-mzi-student [aria-current=page]")).to_have_text(title)
    expect(page.locator(".local-mzi-name")).to_have_text(STUDENTS[LAYLA][2])


def test_tabs_are_fetched_and_the_back_button_returns(people: People, site: Site) -> None:
    page = people.open(LAYLA, "index.php?tab=profile")
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    page.on("load", lambda _: loads.append("loaded anew"))
    for tab in TABS[1:]:
        link = page.locator(f'[data-local-mzi-tab="{tab}"]')
        title = link.inner_text()
        link.click()
        expect(page.locator("#local-mzi-heading")).to_have_text(title)
        expect(page.locator("#local-mzi-heading")).to_be_focused()
        expect(link).to_have_attribute("aria-current", "page")
        expect(page.locator("[data-local-mzi=said]")).not_to_be_empty()
        assert f"tab={tab}" in page.url
        assert title in page.title()
    for tab in reversed(TABS[:-1]):
        page.go_back()
        expect(page.locator(f'[data-local-mzi-tab="{tab}"]')).to_have_attribute(
            "aria-current", "page"
        )
        assert f"tab={tab}" in page.url
    assert "loaded anew" not in loads


@pytest.mark.parametrize("tab", TABS)
def test_a_fetched_tab_is_the_one_its_address_shows(people: People, site: Site, tab: str) -> None:
    other = "profile" if tab != "profile" else "classes"
    page = people.open(LAYLA, f"index.php?tab={other}")
    page.locator(f'[data-local-mzi-tab="{tab}"]').click()
    expect(page.locator(f'[data-local-mzi-tab="{tab}"]')).to_have_attribute("aria-current", "page")
    fetched = page.locator("[data-local-mzi=body]").inner_text()
    page.reload()
    assert page.locator("[data-local-mzi=body]").inner_text() == fetched


def test_a_fetch_that_fails_follows_the_link(people: People, site: Site) -> None:
    page = people.open(LAYLA, "index.php?tab=profile")
    page.route("**/lib/ajax/service.php*", lambda route: route.abort())
    page.locator('[data-local-mzi-tab="classes"]').click()
    page.wait_for_url("**/index.php?tab=classes")
    expect(page.locator("[data-local-mzi=panel]")).not_to_have_attribute("aria-busy", "true")


@pytest.mark.parametrize("tab", TABS)
def test_what_is_written_in_the_crm_is_shown_not_run(people: People, site: Site, tab: str) -> None:
    page = people.open(MALLORY, f"index.php?tab={tab}")
    assert page.evaluate("window.pwned") is None
    assert "<script>" in page.locator(".local-mzi-name").inner_text()
    other = "profile" if tab != "profile" else "classes"
    page.locator(f'[data-local-mzi-tab="{other}"]').click()
    expect(page.locator(f'[data-local-mzi-tab="{other}"]')).to_have_attribute(
        "aria-current", "page"
    )
    page.locator(f'[data-local-mzi-tab="{tab}"]').click()
    expect(page.locator(f'[data-local-mzi-tab="{tab}"]')).to_have_attribute("aria-current", "page")
    assert page.evaluate("window.pwned") is None


@pytest.mark.parametrize("tab", TABS)
def test_a_student_without_rows_is_told_so(people: People, site: Site, tab: str) -> None:
    page = people.open(NADA, f"index.php?tab={tab}")
    expect(page.locator("[data-local-mzi=body]")).not_to_be_empty()


@pytest.mark.parametrize("tab", TABS)
def test_staff_opens_the_tab_of_any_student(people: People, site: Site, tab: str) -> None:
    page = people.open(STAFF, f"index.php?tab={tab}&student={site.student_row(LAYLA)}")
    expect(page.locator(".local-mzi-name")).to_have_text(STUDENTS[LAYLA][2])
    expect(page.locator(".local-mzi-note").first).to_be_visible()


def test_the_way_from_the_login_to_the_studies(people: People, site: Site) -> None:
    page = people.browser.new_context(base_url=site.base_url).new_page()
    page.goto("/login/index.php")
    settle(page)
    page.fill("#username", site.school.username(LAYLA))
    page.fill("#password", site.password)
    page.click("#loginbtn")
    settle(page)
    page.click("#user-menu-toggle")
    page.click('#usermenu-carousel a[href$="/local/mzi/index.php"]')
    expect(page.locator(".local-mzi-name")).to_have_text(STUDENTS[LAYLA][2])
    page.context.close()
