"""Light, dark, or as the site: kept for the user, with and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import People
from tests.browser.school import OMAR
from tests.browser.site import Site


def ground(page: Page) -> str:
    colour: str = page.locator(".local-mzi").first.evaluate(
        "e => getComputedStyle(e).backgroundColor"
    )
    return colour


@pytest.mark.parametrize("javascript", (True, False))
def test_the_choice_is_kept_and_the_tab_stays(people: People, site: Site, javascript: bool) -> None:
    page = people.open(OMAR, "index.php?tab=profile", javascript=javascript)
    page.locator('[data-local-mzi-tab="finance"]').click()
    expect(page.locator('[data-local-mzi-tab="finance"]')).to_have_attribute("aria-current", "page")
    for choice in ("dark", "light", "site"):
        page.locator(f'.local-mzi-theme [value="{choice}"]').click()
        pressed = page.locator(".local-mzi-theme [aria-pressed=true]")
        expect(pressed).to_have_attribute("value", choice)
        assert "tab=finance" in page.url
        if javascript:
            expected = {"dark": "rgb(20, 24, 28)", "light": "rgb(255, 255, 255)"}
            assert ground(page) == expected.get(choice, "rgba(0, 0, 0, 0)")


def test_switched_off_it_is_gone_and_refused(people: People, site: Site) -> None:
    site.set_plugin("show_themetoggle", 0)
    try:
        page = people.open(OMAR, "index.php")
        expect(page.locator(".local-mzi-theme")).to_have_count(0)
        session = people.session(OMAR)
        form = {"sesskey": session.sesskey, "theme": "dark", "returnurl": "/"}
        assert session.post("theme.php", **form).status_code == 404
    finally:
        site.set_plugin("show_themetoggle", 1)
