"""The walk of somebody who has never seen the bridge: both sides connected, everything carried
over, one record refused, the mapping mended, the record tried again. By pages alone.

Its pictures are those of docs/admin-guide.md: MZI_GUIDE_PICTURES=docs/admin-guide writes them anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.console.newcomer import REGISTRATIONS, Newcomer, newcomer
from tests.support.real_moodle import sites_from_environment

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "admin-guide.md"
SCREENSHOTS = ROOT / ".run" / "screenshots"
PICTURES = Path(os.environ.get("MZI_GUIDE_PICTURES", SCREENSHOTS / "admin-guide"))
TALL = 1600
"""Pixels of a page of which a picture shows only what the screen does."""


def _sites() -> dict[str, dict[str, str]]:
    """The emulated Moodle, and each real one that the environment names."""
    real = sites_from_environment()
    return {"emulated": {}} | {
        name: {"MOODLE_BASE_URL": site.base_url, "MOODLE_TOKEN": site.token}
        for name, site in real.items()
    }


@pytest.fixture(scope="module", params=_sites())
def found(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Newcomer]:
    folder = Path(tmp_path_factory.mktemp("newcomer"))
    with newcomer(folder, _sites()[request.param]) as found:
        yield found


@pytest.fixture
def folder(request: pytest.FixtureRequest) -> Path:
    """The guide shows the emulated site, whose words are the same each time."""
    site = request.node.callspec.params["found"]
    return PICTURES if site == "emulated" else SCREENSHOTS / f"admin-guide-{site}"


class Walk:
    """One person at a browser, who takes a picture of each page that the guide shows."""

    def __init__(self, page: Page, found: Newcomer, folder: Path) -> None:
        self.page = page
        self.found = found
        self._folder = folder
        self.pictures: list[str] = []

    def picture(self, name: str) -> None:
        self.pictures.append(f"{len(self.pictures) + 1:02}-{name}.png")
        self._folder.mkdir(parents=True, exist_ok=True)
        height = self.page.evaluate("document.documentElement.scrollHeight")
        self.page.screenshot(path=self._folder / self.pictures[-1], full_page=height < TALL)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def says(self, text: str) -> None:
        expect(self.page.locator("main")).to_contain_text(text)

    def main(self, selector: str) -> Locator:
        return self.page.locator(f"main {selector}")

    def sign_in(self) -> None:
        self.page.goto(f"{self.found.url}/admin/")
        self.picture("sign-in")
        self.page.get_by_label("Administrator's token").fill(self.found.keys["ADMIN_TOKEN"])
        self.press("Sign in")

    def connect_zoho(self) -> None:
        self.follow("Set-up")
        self.picture("set-up")
        self.follow("Connect Zoho CRM")
        self.page.get_by_label("Client id").fill(self.found.keys["ZOHO_CLIENT_ID"])
        self.page.get_by_label("Client secret").fill(self.found.keys["ZOHO_CLIENT_SECRET"])
        self.picture("zoho")
        self.press("Connect")
        self.says("Zoho CRM is connected.")
        self.picture("zoho-connected")
        self.follow("Next: connect Moodle")

    def connect_moodle(self) -> None:
        self.page.get_by_label("Address of the site").fill(self.found.keys["MOODLE_BASE_URL"])
        self.page.get_by_label("Token", exact=True).fill(self.found.keys["MOODLE_TOKEN"])
        self.press("Try and connect")
        self.says("Moodle is connected")
        self.picture("moodle-connected")
        self.page.goto(f"{self.found.url}/admin/set-up/mapping")

    def check_mapping(self) -> None:
        self.press("Check the mapping now")
        self.says("The mapping fits both sides.")
        self.picture("mapping-checked")
        self.follow("Next: register channels")

    def register_channels(self) -> None:
        self.press("Register channels")
        self.says("channels are registered.")
        self.picture("channels")
        self.follow("Next: carry everything over")

    def first_sync(self) -> None:
        self.press("Carry everything over now")
        self.picture("sync-running")
        expect(self.main("table").last).to_contain_text("Done", timeout=120_000)
        self.picture("sync-done")

    def find_the_refused_record(self) -> None:
        self.follow("Given up")
        self.says(self.found.unclear)
        self.says("total_fees")
        self.picture("given-up")

    def mend_the_mapping(self) -> None:
        self.follow("Field mapping")
        self.follow(REGISTRATIONS)
        row = self.page.get_by_role("group", name=re.compile(r"^total_fees"))
        row.locator("summary").click()
        row.get_by_label("Mark before the decimals").select_option(".")
        row.scroll_into_view_if_needed()
        self.picture("mapping-row")
        self.page.get_by_label("Try it on a record").fill(self.found.unclear)
        self.press("Preview")
        self.says(self.found.fees)
        self.picture("mapping-preview")
        self.page.get_by_label("Note").fill("Fees are written as 1,250")
        self.press("Save")
        self.says("Records are carried over by the new mapping as they change.")
        self.picture("mapping-saved")

    def try_again(self) -> None:
        self.follow("Given up")
        self.press("Try again")
        self.says("No record was given up.")
        self.picture("none-given-up")


def test_somebody_new_connects_carries_over_and_mends_by_pages_alone(
    browser: Browser, found: Newcomer, folder: Path
) -> None:
    page = browser.new_context(viewport={"width": 1100, "height": 760}, locale="en").new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    walk = Walk(page, found, folder)
    walk.sign_in()
    walk.connect_zoho()
    walk.connect_moodle()
    walk.check_mapping()
    walk.register_channels()
    walk.first_sync()
    assert found.fees_in_moodle() != found.fees
    walk.find_the_refused_record()
    walk.mend_the_mapping()
    walk.try_again()
    expect.set_options(timeout=20_000)
    for _ in range(100):
        if found.fees_in_moodle() == found.fees:
            break
        page.wait_for_timeout(100)
    assert found.fees_in_moodle() == found.fees
    assert faults == []
    shown = re.findall(r"\]\(admin-guide/([0-9a-z-]+\.png)\)", GUIDE.read_text(encoding="utf-8"))
    assert shown == walk.pictures, "the guide shows each picture of the walk, in order"
    for name in shown:
        assert (GUIDE.parent / "admin-guide" / name).is_file(), name
