"""The console by Tab, Shift+Tab, Enter, Space and arrows alone: all of it, in the order in which
it is read, with the focus to be seen at every stop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from mzi_bridge.admin.navigation import NAVIGATION
from tests.console.conftest import sign_in
from tests.console.keys import USABLE, Keyboard, out_of_order, stand_still
from tests.console.school import EDITOR, STORY, STUDENTS, School
from tests.console.test_looks import PAGES_SEEN

SKIP = "Skip to the content"
ME = "Administrator (token)"


@pytest.fixture
def page(browser: Browser, school: School) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield sign_in(context, school)
    context.close()


@pytest.fixture
def keyboard(page: Page) -> Keyboard:
    return Keyboard(page)


@pytest.fixture(scope="module", params=["en", "ar"])
def walker(browser: Browser, school: School, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = sign_in(context, school, str(request.param))
    stand_still(page)
    yield page
    context.close()


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


@pytest.mark.parametrize("path", PAGES_SEEN)
def test_every_page_is_walked_in_the_order_in_which_it_is_read(
    walker: Page, school: School, path: str
) -> None:
    walker.goto(school.address(path))
    keyboard, usable = Keyboard(walker), walker.evaluate(USABLE)
    stops = keyboard.walk()
    assert stops[0].html.startswith('<a class="skip"')
    assert [stop.number for stop in stops] == list(range(usable)), "each once, and none left out"
    rtl = walker.locator("html").get_attribute("dir") == "rtl"
    # The skip link lies over the page's head.
    assert out_of_order(stops[1:], rtl=rtl) == []


def test_the_way_back_is_the_same(page: Page, school: School, keyboard: Keyboard) -> None:
    stand_still(page)
    page.goto(school.address("/dead"))
    there = [stop.number for stop in keyboard.walk()]
    back = [stop.number for stop in keyboard.walk("Shift+Tab")]
    assert back == there[::-1]


def test_the_first_key_skips_to_the_content(page: Page, school: School, keyboard: Keyboard) -> None:
    page.goto(school.address("/audit"))
    first = keyboard.tab()
    assert first is not None and first.name == SKIP
    keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    stop = keyboard.tab()
    assert stop is not None and page.evaluate("document.activeElement.closest('main') !== null")


def test_signing_in_and_out_takes_no_mouse(browser: Browser, school: School) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(school.address("/"))
    keyboard = Keyboard(page)
    keyboard.to("Administrator's token")
    keyboard.type(school.token)
    keyboard.press("Enter")
    heading(page, "Overview")
    keyboard.use(ME)
    keyboard.use("Sign out")
    expect(page.get_by_label("Administrator's token")).to_be_visible()
    context.close()


def test_the_menu_leads_to_every_page(page: Page, keyboard: Keyboard) -> None:
    for entry in NAVIGATION:
        keyboard.use(entry.label)
        expect(page.locator("nav [aria-current=page]:visible")).to_have_text(entry.label)


def test_the_menu_of_a_phone_opens_and_leads_on(
    page: Page, school: School, keyboard: Keyboard
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(school.address("/"))
    keyboard.use("Menu", "Space")
    keyboard.use("Given up")
    heading(page, "Given up")


def test_a_sync_is_started(page: Page, school: School, keyboard: Keyboard) -> None:
    page.goto(school.address("/sync"))
    keyboard.use("Cancel")
    expect(page.get_by_role("status").first).to_contain_text("The sync is cancelled")
    keyboard.to("Module")
    keyboard.press("ArrowDown")
    keyboard.to("How much")
    keyboard.press("ArrowDown")
    keyboard.use("Only try: write nothing", "Space")
    keyboard.use("Start")
    expect(page.get_by_role("status").first).to_contain_text("The sync has begun.")
    expect(page.locator("main")).to_contain_text("Everything · only tried")


def test_a_records_story_is_opened(page: Page, school: School, keyboard: Keyboard) -> None:
    page.goto(school.address("/records"))
    keyboard.to("CRM id or student number")
    keyboard.type(school.made[STORY].rpartition("/")[2])
    keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Record")
    keyboard.use("Try again or discard")
    heading(page, "Given up")


def test_a_row_that_differs_leads_to_its_story(
    page: Page, school: School, keyboard: Keyboard
) -> None:
    page.goto(school.address("/drift"))
    keyboard.use(school.made[STORY].rpartition("/")[2])
    expect(page.locator("h1")).to_contain_text("Record")


def test_a_line_of_the_mapping_is_changed_and_saved(
    page: Page, school: School, keyboard: Keyboard
) -> None:
    page.goto(school.address(EDITOR))
    keyboard.use("How total_fees")
    keyboard.to("Mark before the decimals")
    keyboard.press("ArrowDown")
    keyboard.to("No record without it")
    keyboard.press("Space")
    keyboard.to("Note", "Shift+Tab")
    keyboard.type("By keyboard")
    keyboard.use("Save")
    expect(page.get_by_role("status").first).to_contain_text("is saved and counts")
    keyboard.use("How total_fees")
    keyboard.to("No record without it")
    assert page.evaluate("document.activeElement.checked")


def test_a_record_is_tried_again_and_one_discarded_with_a_note(
    page: Page, school: School, keyboard: Keyboard
) -> None:
    page.goto(school.address(f"/dead?module={STUDENTS}"))
    before = school.dead()
    keyboard.use("Try again")
    expect(page.get_by_role("status").first).to_contain_text("1 record is tried again.")
    keyboard.to("Try again")
    keyboard.use("Discard")
    keyboard.to("Why (no names of people)")
    keyboard.type("Twice in the CRM")
    keyboard.use("Discard")
    expect(page.get_by_role("status").first).to_contain_text("1 record is discarded.")
    assert school.dead() == before - 2


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_what_folds_opens_and_closes_and_lets_go(
    page: Page, school: School, keyboard: Keyboard, key: str
) -> None:
    page.goto(school.address("/"))
    opened = page.locator("details.me[open]")
    keyboard.use(ME, key)
    expect(opened).to_have_count(1)
    keyboard.press(key)
    expect(opened).to_have_count(0)
    keyboard.press(key)
    keyboard.to("Sign out")
    keyboard.to("Overview")
    expect(opened).to_have_count(0)


def test_escape_closes_what_lies_over_the_page(
    page: Page, school: School, keyboard: Keyboard
) -> None:
    page.goto(school.address("/"))
    keyboard.use(ME)
    keyboard.to("Sign out")
    keyboard.press("Escape")
    expect(page.locator("details.me[open]")).to_have_count(0)
    stop = keyboard.stop()
    assert stop is not None and stop.name == ME
