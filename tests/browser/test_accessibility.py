"""WCAG 2.2 AA on every page of the plugin; MZI_SCREENSHOTS names a folder for their pictures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.pages import PAGES, go
from tests.browser.people import LANGUAGES, THEMES, People
from tests.browser.school import LAYLA, NADA, STAFF
from tests.browser.site import Site
from tests.support.pictures import keep_pictures
from tests.support.wcag import violations


@pytest.fixture(scope="module", params=THEMES)
def theme(everyone: People, request: pytest.FixtureRequest) -> Iterator[str]:
    name: str = request.param
    with everyone.theme(LAYLA, name), everyone.theme(STAFF, name), everyone.theme(NADA, name):
        yield name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_violation_of_wcag(
    people: People, site: Site, theme: str, name: str, language: str
) -> None:
    page = go(people, site, name, language)
    assert page.locator("html").get_attribute("dir") == {"en": "ltr", "ar": "rtl"}[language]
    assert page.locator("html").get_attribute("lang") == language
    keep_pictures(page, f"{name}-{language}-{theme}")
    assert violations(page) == []
