"""Says, in one skipped test, why this run opened no browser."""

from __future__ import annotations

import pytest

from tests.browser.site import lacks


def test_there_is_a_browser_and_a_site_for_it() -> None:
    reason = lacks()
    if reason:
        pytest.skip(f"browser tests: {reason}")
