"""Who opens pages: sessions over HTTP, and browser windows that share their cookie."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.site import Site
from tests.support.pictures import DESKTOP

GUEST, NOBODY, ADMIN = "guest", "nobody", "admin"
LANGUAGES = ("en", "ar")
THEMES = ("light", "dark")

CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
"""It reaches this machine and nothing else."""


class Session:
    """One person's session on the site, in one language, without a browser."""

    def __init__(self, site: Site, person: str, language: str) -> None:
        self.http = httpx2.Client(base_url=site.base_url, timeout=60, follow_redirects=True)
        self.site, self.person = site, person
        if person != NOBODY:
            self._log_in()
        self.http.get("/login/index.php", params={"lang": language})

    def _log_in(self) -> None:
        token = _found(r'name="logintoken" value="(\w+)"', self.http.get("/login/index.php").text)
        name, password = self._name_and_password()
        form = {"username": name, "password": password, "logintoken": token}
        done = self.http.post("/login/index.php", data=form)
        assert "/login/index.php" not in str(done.url), f"{self.person} cannot log in"

    def _name_and_password(self) -> tuple[str, str]:
        if self.person == ADMIN:
            return self.site.admin
        if self.person == GUEST:
            return GUEST, GUEST
        return self.site.school.username(self.person), self.site.password

    @property
    def sesskey(self) -> str:
        return _found(r'"sesskey":"(\w+)"', self.http.get("/user/preferences.php").text)

    def get(self, path: str, **parameters: str | int) -> httpx2.Response:
        return self.http.get(f"/local/mzi/{path}", params=parameters or None)

    def post(self, path: str, **form: str | int) -> httpx2.Response:
        return self.http.post(f"/local/mzi/{path}", data=form)

    def ajax(self, function: str, sesskey: str, **arguments: str | int) -> httpx2.Response:
        """What Moodle's own script posts when a page calls an external function."""
        call = [{"index": 0, "methodname": function, "args": arguments}]
        return self.http.post("/lib/ajax/service.php", params={"sesskey": sesskey}, json=call)


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, f"no {pattern} in the page"
    return match[1]


@dataclass
class People:
    """Everyone's sessions and windows; a session is opened once and kept."""

    site: Site
    browser: Browser
    _sessions: dict[tuple[str, str], Session] = field(default_factory=dict)
    _contexts: dict[tuple[object, ...], BrowserContext] = field(default_factory=dict)
    _pages: list[Page] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def session(self, person: str, language: str = "en") -> Session:
        key = (person, language)
        if key not in self._sessions:
            self._sessions[key] = Session(self.site, person, language)
        return self._sessions[key]

    def window(
        self,
        person: str,
        *,
        language: str = "en",
        javascript: bool = True,
        size: tuple[int, int] = DESKTOP,
        scale: float = 1,
    ) -> Page:
        """A new tab of this person's browser; what its scripts complain of is kept."""
        key = (person, language, javascript, size, scale)
        if key not in self._contexts:
            self._contexts[key] = self._context(*key)
        page = self._contexts[key].new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        self._pages.append(page)
        return page

    def open(self, person: str, path: str, *, javascript: bool = True, **how: Any) -> Page:
        """Opens a page below /local/mzi/ and waits for its scripts: links are plain until then."""
        page = self.window(person, javascript=javascript, **how)
        page.goto(self.site.url(path))
        if javascript:
            settle(page)
        return page

    def _context(
        self, person: str, language: str, javascript: bool, size: tuple[int, int], scale: float
    ) -> BrowserContext:
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            device_scale_factor=scale,
            java_script_enabled=javascript,
            reduced_motion="reduce",
            base_url=self.site.base_url,
        )
        context.set_default_timeout(60_000)
        for cookie in self.session(person, language).http.cookies.jar:
            value = cookie.value or ""
            context.add_cookies([{"name": cookie.name, "value": value, "url": self.site.base_url}])
        return context

    def choose_theme(self, person: str, theme: str) -> None:
        """As the buttons of the page do; it holds for all of the person's sessions."""
        session = self.session(person)
        session.post("theme.php", sesskey=session.sesskey, theme=theme, returnurl="/")

    @contextmanager
    def theme(self, person: str, theme: str) -> Iterator[None]:
        self.choose_theme(person, theme)
        yield
        self.choose_theme(person, "site")

    def close_windows(self) -> list[str]:
        """Answers what scripts complained of since the last time."""
        for page in self._pages:
            page.close()
        said, self._pages[:], self.complaints = self.complaints, [], []
        return said

    def close(self) -> None:
        self.close_windows()
        for context in self._contexts.values():
            context.close()
        for session in self._sessions.values():
            session.http.close()


def settle(page: Page) -> None:
    """Waits until Moodle's scripts have nothing more to do, as its own Behat steps do."""
    page.wait_for_function("window.M?.util?.pending_js?.length === 0")
