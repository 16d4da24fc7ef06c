"""Somebody without a mouse: Tab, Shift+Tab, Enter, Space and arrows, and what is seen meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from playwright.sync_api import Page, Route

MOST_STOPS = 600
STOP = """
() => {
    const element = document.activeElement;
    if (element === document.body || element === document.documentElement) return null;
    const style = getComputedStyle(element);
    const shown = element.matches(':focus-visible') && (
        (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) ||
        style.boxShadow !== 'none');
    const labels = [...(element.labels || [])].map(label => label.innerText);
    const name = element.getAttribute('aria-label') || labels.join(' ') ||
        element.innerText || element.id || element.tagName;
    const box = element.getBoundingClientRect();
    const [x, y] = [box.left + Math.min(box.width, 20) / 2, box.top + Math.min(box.height, 20) / 2];
    const under = document.elementFromPoint(x, y);
    const covered = under !== null && !element.contains(under) && !under.contains(element);
    window.walked = window.walked || new Map();
    if (!window.walked.has(element)) window.walked.set(element, window.walked.size);
    return {
        number: window.walked.get(element),
        name: name.trim().replace(/\\s+/g, ' '),
        shown,
        covered: covered || y < 0 || y > innerHeight,
        left: box.left, right: box.right, top: box.top + scrollY, bottom: box.bottom + scrollY,
        html: element.outerHTML.slice(0, 120),
    };
}
"""
USABLE = """
() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, ' +
        'textarea, summary, [tabindex="0"]')]
    .filter(element => !element.disabled && element.tabIndex >= 0 &&
        element.checkVisibility({visibilityProperty: true}))
    .filter(element => element.type !== 'radio' || element.checked ||
        !document.querySelector(`input[name="${element.name}"]:checked`)).length
"""


@dataclass(frozen=True)
class Stop:
    """Where the focus stands: `name` as it is read, its box in pixels of the page."""

    number: int
    name: str
    shown: bool
    covered: bool
    left: float
    right: float
    top: float
    bottom: float
    html: str


class Keyboard:
    """Every stop has to show the focus, where the eye can see it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def stop(self) -> Stop | None:
        """None where the focus is on nothing of the page."""
        found = self.page.evaluate(STOP)
        return None if found is None else Stop(**found)

    def tab(self, key: str = "Tab") -> Stop | None:
        self.press(key)
        stop = self.stop()
        if stop is not None:
            assert stop.shown, f"no focus is seen at {stop.html}"
            assert not stop.covered, f"the focus is hidden at {stop.html}"
        return stop

    def to(self, name: str, key: str = "Tab") -> Stop:
        """On to the next stop of this name, or one that begins with it and "…"."""
        seen = []
        for _ in range(MOST_STOPS):
            stop = self.tab(key)
            if stop is None:
                continue
            if stop.name == name or (name.endswith("…") and stop.name.startswith(name[:-1])):
                return stop
            seen.append(stop.name)
        raise AssertionError(f"{name!r} is not reached, but {seen[:80]}")

    def use(self, name: str, key: str = "Enter") -> None:
        self.to(name)
        self.press(key)

    def walk(self, key: str = "Tab") -> list[Stop]:
        """Every stop until the focus leaves the page, or is where the walk began."""
        stops: list[Stop] = []
        for _ in range(MOST_STOPS):
            stop = self.tab(key)
            if stop is None or (stops and stop.number == stops[0].number):
                return stops
            stops.append(stop)
        raise AssertionError(f"the focus is held: {[stop.name for stop in stops[-5:]]}")


def stand_still(page: Page) -> None:
    """No part of the page is renewed under the walk."""

    def none(route: Route) -> None:
        route.abort()

    page.route("**/live", none)


def out_of_order(stops: list[Stop], *, rtl: bool) -> list[str]:
    """Stops that the eye meets before the one that comes before them: above it, and not at the
    head of the next column."""
    found = []
    for before, stop in pairwise(stops):
        ahead = stop.right <= before.left + 1 if rtl else stop.left >= before.right - 1
        behind = stop.left >= before.right - 1 if rtl else stop.right <= before.left + 1
        above = stop.bottom <= before.top + 1
        beside = not above and stop.top < before.bottom - 1
        if (above and not ahead) or (beside and behind):
            found.append(f"{before.html} → {stop.html}")
    return found
