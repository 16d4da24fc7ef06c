"""Style sheet and script: kept by caches under an address that changes with their content."""

from __future__ import annotations

import pytest

from mzi_bridge.admin.static_files import KEPT, static_url
from tests.support.console import Visitor


@pytest.mark.parametrize("name", ["console.css", "console.js", "mark.svg"])
async def test_a_file_is_kept_for_good_under_its_hash(visitor: Visitor, name: str) -> None:
    answer = await visitor.http.get(static_url(name))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == KEPT


async def test_another_hash_is_not_found(visitor: Visitor) -> None:
    answer = await visitor.get("/static/0123456789abcdef/console.css")
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["..%2froutes.py", "console.py", ".hidden.css", "nothing.css"])
async def test_nothing_else_is_served(visitor: Visitor, name: str) -> None:
    assert (await visitor.get(f"/static/0123456789abcdef/{name}")).status_code == 404
