"""/docs and /redoc show every operation, with nothing of any other host and under their CSP."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette

from mzi_bridge.api.document_routes import document_routes
from mzi_bridge.app.interface import OPERATIONS, all_problems, openapi_document
from tests.support.pictures import keep_pictures
from tests.support.served import served

SECONDS = 60_000


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    app = Starlette(routes=document_routes(openapi_document, all_problems()))
    with served(app) as address:
        yield address


class Watched:
    """A page; what it asked other hosts for and what it complained of."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.strange: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self._note(request.url, url))
        page.on("console", lambda told: self._hear(told.type, told.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, asked: str, url: str) -> None:
        parts = urlsplit(asked)
        if parts.scheme in {"http", "https"} and parts.netloc != urlsplit(url).netloc:
            self.strange.append(asked)

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error":
            self.complaints.append(text)


@pytest.fixture
def watched(browser: Browser, url: str) -> Iterator[Watched]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    yield Watched(page, url)
    page.close()


def test_swagger_ui_shows_every_operation(watched: Watched, url: str) -> None:
    page = watched.page
    page.goto(f"{url}/docs")
    expect(page.locator(".opblock")).to_have_count(len(OPERATIONS), timeout=SECONDS)
    page.locator("#operations-Syncs-startSync .opblock-summary").click()
    expect(page.get_by_text("The sync has begun.")).to_be_visible()
    keep_pictures(page, "api-docs")
    assert (watched.strange, watched.complaints) == ([], [])


def test_redoc_shows_every_operation(watched: Watched, url: str) -> None:
    page = watched.page
    page.goto(f"{url}/redoc")
    shown = page.locator('[data-section-id*="/operation/"]')
    expect(page.get_by_role("heading", name="MZI bridge")).to_be_visible(timeout=SECONDS)
    expect(shown).to_have_count(len(OPERATIONS), timeout=SECONDS)
    keep_pictures(page, "api-redoc")
    assert (watched.strange, watched.complaints) == ([], [])


def test_the_page_of_words_shows_them(watched: Watched, url: str) -> None:
    page = watched.page
    page.goto(f"{url}/docs/errors#bad_option")
    expect(page.locator("tbody tr")).to_have_count(len(all_problems()))
    expect(page.locator("tr:target code")).to_have_text("bad_option")
    keep_pictures(page, "api-errors")
    assert (watched.strange, watched.complaints) == ([], [])
