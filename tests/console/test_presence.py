"""Without a browser nothing of the console is looked at: that is said, never passed over."""

from __future__ import annotations

import pytest

from tests.browser.site import chromium


def test_there_is_a_browser() -> None:
    if chromium() is None:
        pytest.skip("no Chromium (Debian package chromium): the console's pages in a browser")
