"""Killed at any point and started again, the bridge ends as if nothing had happened.

Here every n-th point is tried, so that it takes some minutes; `scripts/crash_points` tries all.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.crash.stories import STORIES
from tests.support.databases import KINDS

ROOT = Path(__file__).parents[2]
EVERY = int(os.environ.get("MZI_CRASH_EVERY", "72"))
SHARDS = 2
SECONDS = 14_400 if EVERY < 72 else 1800
SHOWN = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


async def _sweep(story: str, kind: str, shard: int) -> dict[str, Any]:
    """One process; the shards take turns at the points."""
    command = [sys.executable, "-m", "tests.crash.sweep", story, kind]
    command += ["--first", str(1 + shard * EVERY), "--every", str(SHARDS * EVERY)]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, complained = await process.communicate()
    assert process.returncode == 0, complained.decode()[-3000:]
    result: dict[str, Any] = json.loads(said)
    return result


async def _all(kind: str) -> list[dict[str, Any]]:
    """Every story, two processes at a time."""
    waiting = [(story, shard) for story in STORIES for shard in range(SHARDS)]
    results: list[dict[str, Any]] = []

    async def work() -> None:
        while waiting:
            story, shard = waiting.pop()
            results.append(await _sweep(story, kind, shard))

    await asyncio.gather(*(work() for _ in range(SHARDS)))
    return results


@pytest.mark.timeout(SECONDS)
@pytest.mark.parametrize("kind", KINDS)
async def test_a_bridge_killed_at_any_point_ends_as_one_that_never_was(
    kind: str, tell: Callable[[str], None]
) -> None:
    results = await _all(kind)

    deaths, reached = (sum(r[what] for r in results) for what in ("deaths", "points"))
    of = "" if EVERY == 1 else f" (one in {EVERY} of {reached}; all: scripts/crash_points)"
    tell(f"crash points: {deaths} on {SHOWN[kind]}{of}")
    assert [fault for result in results for fault in result["faults"]] == []
    assert deaths >= reached // EVERY > 50
