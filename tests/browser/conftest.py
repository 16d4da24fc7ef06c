"""A real browser on a real Moodle site; without one of them only `test_presence` is left."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.people import CHROMIUM_OPTIONS, People
from tests.browser.shared_bridge import SharedBridge, shared_bridge
from tests.browser.site import Site, chromium, lacks, open_site

expect.set_options(timeout=20_000)
collect_ignore_glob = ["test_[!p]*.py"] if lacks() else []


@pytest.fixture(scope="session")
def site() -> Site:
    if reason := lacks():
        pytest.fail(reason)
    return open_site()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def bridge(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedBridge]:
    """A stand-in, which all processes of the run share, as they share the site."""
    base = tmp_path_factory.getbasetemp()
    folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with shared_bridge(site, folder) as shared:
        yield shared


@pytest.fixture(scope="session")
def everyone(site: Site, browser: Browser, bridge: SharedBridge) -> Iterator[People]:
    """Opened when the bridge of the pages is there."""
    people = People(site, browser)
    yield people
    people.close()


@pytest.fixture
def people(everyone: People) -> Iterator[People]:
    """Everyone; a script that failed in any of a test's windows fails the test."""
    yield everyone
    assert everyone.close_windows() == []
