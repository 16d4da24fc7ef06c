"""A bridge with something of everything to show, on the loopback between both emulators."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio.from_thread
from anyio.from_thread import BlockingPortal

from mzi_bridge.app import create_app
from mzi_bridge.journal.records import HeldKind, Outcome, OutcomeKind
from mzi_bridge.pipeline.channels import setup
from mzi_bridge.sandbox.listener import listening
from tests.support.world import ADMIN_TOKEN, BRIDGE_URL, World, open_world

STUDENTS = "BTEC_Students"
PAYMENTS = "BTEC_Payments"


@dataclass(frozen=True)
class School:
    """`call` runs in the bridge's own event loop."""

    url: str
    world: World
    portal: BlockingPortal
    token: str = ADMIN_TOKEN

    def dead(self) -> int:
        return self.portal.call(self.world.links.journal.dead.count)

    def held(self) -> int:
        counts = self.portal.call(self.world.links.journal.held.counts)
        return sum(counts.values())


@asynccontextmanager
async def _open(folder: Path) -> AsyncIterator[tuple[str, World]]:
    async with open_world(folder, students=4) as world:
        await _fill(world)
        app = create_app(
            world.settings, with_worker=False, clock=world.clock, transport=world.wires
        )
        async with listening(app) as url:
            world.wires.apps["bridge.test"] = app
            yield url, world


async def _fill(world: World) -> None:
    journal = world.links.journal
    await setup(world.links, BRIDGE_URL)
    students = sorted(world.crm.records(STUDENTS))
    await world.carry(STUDENTS, *students)
    await give_up(world, STUDENTS, students[:2], "required", "name: a text was expected")
    await give_up(world, PAYMENTS, sorted(world.crm.records(PAYMENTS))[:1], "invalid_value", "")
    world.clock.advance(7200)
    now = int(world.clock.now() * 1000)
    held = dict.fromkeys(students, HeldKind.DELETE)
    at = dict.fromkeys(students, now)
    await journal.held.hold(STUDENTS, held, reason="over_the_cap", at_ms=at)
    await journal.alarms.raise_alarm("brake", STUDENTS, "4 changes of BTEC_Students are held.")
    await journal.links.pause("moodle", "maintenance", world.clock.now() + 600)
    run = await journal.runs.start("job", None, owner="test")
    position = {
        "mode": "full",
        "wanted": [STUDENTS, PAYMENTS],
        "counts": {STUDENTS: {"inserted": 4, "unchanged": 1200}},
        "finished": [STUDENTS],
        "waiting": "maintenance",
    }
    await journal.runs.checkpoint(run.id, position, {"inserted": 4})


async def give_up(world: World, module: str, ids: Sequence[str], reason: str, message: str) -> None:
    """As the worker does with what a record itself is to blame for."""
    inbox = world.links.journal.inbox
    await world.notice(module, *ids)
    claim = await inbox.claim(owner="test", limit=100, lease_seconds=60.0)
    assert claim is not None
    dead = [Outcome(i, OutcomeKind.DEAD, reason=reason, message=message) for i in ids]
    await inbox.settle(claim, dead)


@contextmanager
def open_school(folder: Path) -> Iterator[School]:
    with (
        anyio.from_thread.start_blocking_portal() as portal,
        portal.wrap_async_context_manager(_open(folder)) as (url, world),
    ):
        yield School(url, world, portal)
