"""Nothing lies outside the window: on a phone of 360 pixels, and on a screen at 200 % zoom."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.pages import PAGES, go
from tests.browser.people import LANGUAGES, People
from tests.browser.site import Site
from tests.support.pictures import PHONE

ZOOMED = (640, 450)
"""What a window of 1280 × 900 has at 200 % zoom, in CSS pixels."""

# What may be wider than the window: what is not seen, which may stand in a box of one pixel.
OUTSIDE = """
() => {
    const width = document.documentElement.clientWidth;
    const main = document.querySelector('[role=main]');
    const found = [];
    const clipped = new Set([...main.querySelectorAll('*')].filter(
        (element) => element.offsetWidth < 2 && getComputedStyle(element).overflowX === 'hidden'));
    for (let box = main; box; box = box.parentElement) {
        if (box.scrollWidth > box.clientWidth + 1) {
            const name = `${box.tagName}.${box.className}`;
            found.push(`${name} scrolls: ${box.scrollWidth} > ${box.clientWidth}`);
        }
    }
    for (const element of main.querySelectorAll('*')) {
        const box = element.getBoundingClientRect();
        const hidden = !element.checkVisibility({visibilityProperty: true}) || box.width < 2;
        if (hidden || inside(element, clipped)) {
            continue;
        }
        if (box.left < -1 || box.right > width + 1) {
            const start = element.outerHTML.slice(0, 120);
            found.push(`${start} from ${box.left} to ${box.right} of ${width}`);
        }
    }
    return found;

    function inside(element, boxes) {
        return Boolean(element) && (boxes.has(element) || inside(element.parentElement, boxes));
    }
}
"""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone_and_a_zoomed_screen(
    people: People, site: Site, name: str, language: str
) -> None:
    page = go(people, site, name, language, size=PHONE)
    assert outside(page) == []
    page.set_viewport_size({"width": ZOOMED[0], "height": ZOOMED[1]})
    assert outside(page) == []


def outside(page: Page) -> list[str]:
    found: list[str] = page.evaluate(OUTSIDE)
    return found
