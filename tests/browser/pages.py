"""Every page of the plugin, by name: who opens it, and where it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser.people import ADMIN, NOBODY, People, settle
from tests.browser.school import LAYLA, NADA, STAFF
from tests.browser.site import Site
from tests.support.extension_answers import MODULE
from tests.support.pictures import DESKTOP

TABS = ("profile", "academics", "finance", "classes", "grades", "requests")
MANAGE = (
    *("overview", "connection", "sync", "events"),
    *("mappings", "diagnostics", "unlinked", "reset"),
)
REQUEST_TYPES = ("enroll", "drop", "late", "change", "card", "photo")


@dataclass(frozen=True)
class Place:
    """`path` under /local/mzi/ may name rows of the site."""

    person: str
    path: Callable[[People, Site], str]


def _fixed(person: str, path: str) -> Place:
    return Place(person, lambda _people, _site: path)


def _of_layla(path: str) -> Place:
    return Place(STAFF, lambda _, site: f"{path}student={site.student_row(LAYLA)}")


def _check(people: People, site: Site) -> str:
    """Where the code on a student's card leads."""
    page = people.session(LAYLA).get("card.php").text
    match = re.search(r'verify\.php\?c=[^"&]+', page)
    assert match, "the card has no code"
    return match[0]


def _event(people: People, _site: Site) -> str:
    """The newest event for the bridge."""
    page = people.session(STAFF).get("manage/events.php").text
    match = re.search(r"manage/(event\.php\?id=\d+)", page)
    assert match, "the log has no event"
    return f"manage/{match[1]}"


PLACES = {
    **{tab: _fixed(LAYLA, f"index.php?tab={tab}") for tab in TABS},
    "grades-empty": _fixed(NADA, "index.php?tab=grades"),
    **{f"request-{kind}": _fixed(LAYLA, f"request.php?type={kind}") for kind in REQUEST_TYPES},
    "card": _fixed(LAYLA, "card.php"),
    "verify": Place(NOBODY, _check),
    "verify-invalid": _fixed(NOBODY, "verify.php?c=none"),
    "staff-finance": _of_layla("index.php?tab=finance&"),
    "staff-grades": _of_layla("index.php?tab=grades&"),
    "staff-card": _of_layla("card.php?"),
    "search": _fixed(STAFF, "search.php?q=layla"),
    "windows": _fixed(STAFF, "windows.php"),
    "cardkey": _fixed(ADMIN, "cardkey.php"),
    **{f"manage-{page}": _fixed(STAFF, f"manage/{page}.php") for page in MANAGE},
    "manage-access": _fixed(ADMIN, "manage/access.php"),
    "manage-mapping": _fixed(STAFF, f"manage/mappings.php?module={MODULE}"),
    "manage-event": Place(STAFF, _event),
    "manage-link": Place(
        STAFF, lambda _, site: f"manage/link.php?student={site.student_row(LAYLA)}"
    ),
}
PAGES = tuple(PLACES)


def go(
    people: People, site: Site, name: str, language: str, size: tuple[int, int] = DESKTOP
) -> Page:
    """Opens a page by its name and waits until its scripts are done."""
    place = PLACES[name]
    page = people.window(place.person, language=language, size=size)
    address = site.url(place.path(people, site))
    # Moodle keeps no session, and so no language, for who only follows a link to it.
    page.goto(f"{address}&lang={language}" if place.person == NOBODY else address)
    settle(page)
    return page
