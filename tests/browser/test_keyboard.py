"""Every page by the Tab key alone: all is reached, the focus is seen, nothing holds it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.pages import PAGES, go
from tests.browser.people import People
from tests.browser.site import Site

MOST_STOPS = 400

# Numbers what can be used in the page's main part, with its looks before the focus comes.
NUMBER = """
() => {
    window.looks = element => {
        const style = getComputedStyle(element);
        return ['outlineStyle', 'outlineWidth', 'outlineColor', 'boxShadow', 'backgroundColor',
            'borderColor'].map(name => style[name]).join(' ');
    };
    window.before = [];
    const usable = 'a[href], button, input:not([type=hidden]), select, textarea, summary, ' +
        '[tabindex="0"]';
    for (const element of document.querySelectorAll(`[role=main] :is(${usable})`)) {
        const group = element.type === 'radio' &&
            document.querySelector(`input[type=radio][name="${element.name}"]:checked`);
        if (element.disabled || element.tabIndex < 0 || (group && group !== element) ||
                !element.checkVisibility({visibilityProperty: true})) {
            continue;
        }
        element.dataset.walk = window.before.length;
        window.before.push({name: element.outerHTML.slice(0, 160), looks: window.looks(element)});
    }
    return window.before.map(one => one.name);
}
"""

STOP = """
() => {
    const element = document.activeElement;
    const number = element.dataset.walk;
    const known = number === undefined ? null : Number(number);
    const seen = known === null || window.looks(element) !== window.before[known].looks;
    const box = element.getBoundingClientRect();
    const under = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return {
        number: known,
        seen,
        covered: known !== null && under !== null &&
            !element.contains(under) && !under.contains(element) &&
            !(element.labels && [...element.labels].some(label => label.contains(under))),
        end: element === document.body,
    };
}
"""


@pytest.mark.parametrize("name", PAGES)
def test_the_tab_key_reaches_everything_and_is_held_by_nothing(
    people: People, site: Site, name: str
) -> None:
    page = go(people, site, name, "en")
    wanted: list[str] = page.evaluate(NUMBER)
    stops = _walk(page)
    reached = {stop["number"] for stop in stops}
    assert [what for number, what in enumerate(wanted) if number not in reached] == []
    assert [wanted[stop["number"]] for stop in stops if not stop["seen"]] == []
    assert [wanted[stop["number"]] for stop in stops if stop["covered"]] == []


def _walk(page: Page) -> list[dict[str, Any]]:
    """Where the focus stood, until it left the page at its end."""
    stops: list[dict[str, Any]] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop["end"] and stops:
            return stops
        stops.append(stop)
    raise AssertionError(f"the focus is held at {stops[-1]} after {MOST_STOPS} stops")


def test_the_first_key_skips_to_the_content(people: People, site: Site) -> None:
    page = go(people, site, "profile", "en")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#maincontent")
