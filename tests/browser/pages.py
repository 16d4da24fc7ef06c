"""Every page of the plugin, by name: who opens it, and where it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser.people import People, settle
from tests.browser.school import LAYLA, STAFF
from tests.browser.site import Site

TABS = ("profile", "academics", "finance", "classes", "grades", "requests")
REQUEST_TYPES = ("enroll", "drop", "late", "change", "card", "photo")


@dataclass(frozen=True)
class Place:
    """`path` under /local/mzi/ may name rows of the site."""

    person: str
    path: Callable[[Site], str]


def _own(path: str) -> Place:
    return Place(LAYLA, lambda _: path)


PLACES = {
    **{tab: _own(f"index.php?tab={tab}") for tab in TABS},
    "staff-view": Place(
        STAFF, lambda site: f"index.php?tab=finance&student={site.student_row(LAYLA)}"
    ),
}
PAGES = tuple(PLACES)


def go(people: People, site: Site, name: str, language: str, **window: object) -> Page:
    """Opens a page by its name and waits until its scripts are done."""
    place = PLACES[name]
    page = people.window(place.person, language=language, **window)  # type: ignore[arg-type]
    page.goto(site.url(place.path(site)))
    settle(page)
    return page
