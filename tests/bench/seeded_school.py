"""The school whose pages are measured: 5,000 students on a real Moodle, written by the plugin's
own batches."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.bench.site import said

EMPTY_PAGE = "empty page"
SPECIAL = {"nothing": 0, "one of each": -1, "usual": 1, "rich": 20}
"""Students whose pages are fetched, with how many times the usual rows they have (-1: one each)."""

_HERE = Path(__file__).parent


def seed(facts: Mapping[str, Any], students: int) -> dict[str, Any]:
    """Fills the site, if it does not hold the school yet."""
    names = [user["username"] for user in facts["users"][: len(SPECIAL)]]
    special = dict(zip(names, SPECIAL.values(), strict=True))
    given = json.dumps({"students": students, "special": special})
    answer = said([*shlex.split(facts["run"]), str(_HERE / "seed.php")], given)
    seeded: dict[str, Any] = json.loads(answer)
    return seeded


def put_empty_page(facts: Mapping[str, Any]) -> None:
    page = Path(facts["wwwroot_dir"], "mzi_empty_page.php")
    page.write_text((_HERE / "empty_page.php").read_text())
    page.chmod(0o644)


def path_of(name: str) -> str:
    return "/mzi_empty_page.php" if name == EMPTY_PAGE else f"/local/mzi/index.php?tab={name}"
