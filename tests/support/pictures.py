"""Pictures of pages for people to look at, kept in the folder that MZI_SCREENSHOTS names."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page

PHONE = (360, 740)
DESKTOP = (1280, 900)


def keep_pictures(page: Page, name: str) -> None:
    """The whole page as a phone and as a desktop shows it; none where no folder is named."""
    if not (folder := os.environ.get("MZI_SCREENSHOTS")):
        return
    for device, (width, height) in (("phone", PHONE), ("desktop", DESKTOP)):
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=Path(folder) / f"{name}-{device}.png", full_page=True)
