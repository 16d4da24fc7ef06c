"""Commands that need the journal alone: neither the CRM nor Moodle has to be set up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import anyio

from mzi_bridge.app import configured, open_journal
from mzi_bridge.journal.journal import Journal
from mzi_bridge.mapping import Preset
from mzi_bridge.settings import load_settings

ResultT = TypeVar("ResultT")


def with_journal(env_file: Path, use: Callable[[Journal], Awaitable[ResultT]]) -> ResultT:
    """What `use` returns, run on the journal of the settings."""
    settings = load_settings(env_file)

    async def run() -> ResultT:
        async with open_journal(settings) as journal:
            return await use(journal)

    return anyio.run(run)


def preset_in_force(env_file: Path) -> Preset:
    """The mapping that counts: the saved one, or that of the settings. Raises MappingErrors."""
    settings = load_settings(env_file)

    async def run() -> Preset:
        async with open_journal(settings) as journal:
            return (await configured(journal, settings)).preset()

    return anyio.run(run)


def shown_time(seconds: float) -> str:
    """Epoch seconds as ISO 8601 in UTC, to the second."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
