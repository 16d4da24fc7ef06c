from __future__ import annotations

from pathlib import Path

from mzi_bridge.webhooks.moodle.docs import PAGE, events_page


def test_the_page_is_what_the_routes_do() -> None:
    page = (Path(__file__).parents[4] / PAGE).read_text(encoding="utf-8")
    assert page == events_page(), "run: python -m mzi_bridge.webhooks.moodle.docs"
