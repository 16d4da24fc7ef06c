"""A school at work: the emulated CRM, a real Moodle with its rows, `mzi serve` between them.

Beside it stands the naive way, with a journal of its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mzi_bridge.pipeline.channel_terms import WEBHOOK_PATH
from tests.bench import programs
from tests.bench.database import SiteDatabase, database_of
from tests.bench.naive import Naive, naive
from tests.bench.site import disposable_site
from tests.support.bridge_process import BridgeProcess
from tests.support.stream import save_channels

MODULE = "BTEC_Students"
USERS = 5_000
"""Of the site, as many as its other measurements want."""

_TABLE, _COLUMN, _FIELD = "local_mzi_students", "city", "City"


@dataclass
class Live:
    crm: programs.Crm
    database: SiteDatabase
    bridge: BridgeProcess
    naive: Naive
    _edits: int = field(default=0, init=False)

    @property
    def webhook(self) -> str:
        return self.bridge.url + WEBHOOK_PATH

    def edit(self, count: int) -> list[str]:
        """Edits so many students in silence; their ids."""
        self._edits += 1
        return self.crm.touch(MODULE, count, **{_FIELD: self._city})

    def arrived(self, ids: Sequence[str]) -> None:
        """Once the last edit stands in Moodle."""
        self.database.wait_for(len(ids), _TABLE, _COLUMN, self._city)

    def moodle_calls(self) -> int:
        """Calls of the bridge's so far."""
        return int(programs.metric(self.bridge.url, "mzi_moodle_calls_total"))

    @property
    def _city(self) -> str:
        return f"Bench {self._edits}"


@asynccontextmanager
async def live(students: int) -> AsyncIterator[Live]:
    """While the block runs; the students stand in Moodle, and both ways are warm."""
    with (
        tempfile.TemporaryDirectory() as name,
        disposable_site("pgsql", students=USERS) as site,
        programs.crm(students) as crm,
    ):
        site.reset()
        folder = Path(name)
        values = programs.settings(crm, site.facts, folder)
        beside = programs.settings(crm, site.facts, folder, f"sqlite:///{folder / 'naive.sqlite3'}")
        await save_channels(values["DATABASE_URL"])
        programs.mzi(values, "sync", "full", "--module", MODULE)
        bridge = programs.bridge(values, folder)
        bridge.start()
        try:
            programs.wait_for(f"{bridge.url}/readyz")
            with database_of(site.facts) as database:
                async with naive(beside) as other:
                    yield Live(crm, database, bridge, other)
        finally:
            bridge.kill()
