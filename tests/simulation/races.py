"""Edits at the worst moment: between a read and its write, or where nobody else will tell."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from tests.simulation.office import HOT, Office
from tests.simulation.post import Post
from tests.simulation.witness import Key
from tests.simulation.world import World

LATE_SECONDS = 75.0
"""Longer than the bridge waits for Moodle, so that it writes anew before this is over."""

NOT_TAKEN: tuple[Mapping[str, Any], ...] = (
    {"kind": "drop_before"},
    {"kind": "status", "status": 502, "content_type": "text/html"},
    {"kind": "html"},
    {"kind": "maintenance"},
)
"""Answers of a Moodle that has written nothing, and of which no single record is to blame."""


class Races:
    """Each leaves something on its way when it returns."""

    def __init__(self, world: World, office: Office, post: Post) -> None:
        self._world = world
        self._office = office
        self._post = post
        self._draw = world.chance.draw

    def edit_behind_a_read(self) -> None:
        """The next record that is read of some module changes before anybody has the answer."""
        module = self._draw.choice(self._world.subset)
        self._world.history.behind_reads[module] = lambda record_id: self._once_more(
            (module, record_id)
        )

    def write_overtaken(self) -> None:
        """A write reaches Moodle after the next one of the same record, or after its deletion."""
        key = self._chosen(0)
        self._refuse(key, {"kind": "latency", "seconds": LATE_SECONDS}, 1)
        self._world.history.behind_writes[key[1]] = lambda: self._soon_once_more(key)
        self._office.update(*key)

    def untold_and_not_taken(self) -> None:
        """A change of which no notice tells, and that Moodle does not take at first."""
        key = self._chosen(HOT)
        self._refuse(key, self._draw.choice(NOT_TAKEN), self._draw.randrange(1, 4))
        self._post.fates.appendleft("dropped")
        self._office.update(*key)

    def _chosen(self, first: int) -> Key:
        module = self._draw.choice(self._world.subset)
        spared = self._world.spared
        living = [i for i in self._world.crm.records(module) if not spared(module, i)]
        return module, self._draw.choice(living[first:] or living)

    def _once_more(self, key: Key, *, may_delete: bool = False) -> None:
        if self._world.crm.get(*key) is None or self._world.spared(*key):
            return
        enough = len(self._world.crm.records(key[0])) > HOT * 2
        if may_delete and enough and self._draw.random() < 0.6:
            self._office.delete(*key)
        else:
            self._office.update(*key)

    def _soon_once_more(self, key: Key) -> None:
        seconds = 3.0 + self._draw.random() * 5.0
        asyncio.get_running_loop().call_later(
            seconds, lambda: self._once_more(key, may_delete=True)
        )

    def _refuse(self, key: Key, fault: Mapping[str, Any], times: int) -> None:
        match = {"body_contains": key[1]}
        self._world.moodle_app.faults.add([{"match": match, "times": times, "fault": dict(fault)}])
