"""A short campaign of schemathesis; `scripts/fuzz_api` is the long one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fuzz.campaign import fuzz

SECONDS = (25, 120)
"""Of the first campaign, and of another one where a busy machine came to nothing in the first."""
FEWEST = 30


@pytest.mark.timeout(300)
async def test_schemathesis_finds_nothing(tmp_path: Path, tell: Callable[[str], None]) -> None:
    for seconds in SECONDS:
        folder = tmp_path / str(seconds)
        folder.mkdir()
        found = await fuzz(folder, seconds=seconds, seed=20261122)
        assert found.clean, found.words[-20_000:]
        if found.cases >= FEWEST:
            break
    assert found.cases >= FEWEST, "the campaign did nothing"
    tell(f"schemathesis: {found.cases} requests judged in {seconds} s, nothing found")
