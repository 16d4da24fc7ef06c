"""The page of the architecture names what is there and nothing else, and every page is found."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(\w[\w./]*\.(?:py|php|json|html|js|css))`", PAGE)))


@pytest.fixture(scope="module")
def files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return listed.stdout.split()


@pytest.mark.parametrize("named", NAMED)
def test_a_file_that_is_named_is_there(files: list[str], named: str) -> None:
    assert [file for file in files if f"/{file}".endswith(f"/{named}")]


def test_every_part_of_the_bridge_stands_among_the_folders() -> None:
    folders = PAGE.partition("## Folders")[2].partition("## Arrows")[0]
    parts = [
        f"{part.name}/" if part.is_dir() else part.name
        for part in (ROOT / "mzi_bridge").iterdir()
        if part.name not in ("__init__.py", "__pycache__", "py.typed")
    ]
    assert [part for part in parts if f" {part} " not in folders] == []


def test_the_readme_leads_to_every_page() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    pages = {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")}
    assert sorted(pages - set(re.findall(r"\]\((docs/[\w-]+\.md)\)", readme))) == []
