"""A bridge with something of everything to show, on the loopback between both emulators."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio.from_thread
from anyio.from_thread import BlockingPortal

from mzi_bridge.app import create_app
from mzi_bridge.errors import RetryLater
from mzi_bridge.journal.records import HeldKind, Outcome, OutcomeKind
from mzi_bridge.journal.runs import RunState
from mzi_bridge.pipeline.channels import setup
from mzi_bridge.pipeline.reconcile import Finding, Kind, ModuleReport, Reconciliation
from mzi_bridge.pipeline.reconcile.kept import KIND as COMPARED
from mzi_bridge.pipeline.reconcile.standing import Progress, kept_progress, kept_result
from mzi_bridge.sandbox.listener import listening
from tests.support.world import ADMIN_TOKEN, BRIDGE_URL, World, open_world

STUDENTS = "BTEC_Students"
PAYMENTS = "BTEC_Payments"
REGISTRATIONS = "BTEC_Registrations"
MANY = (*Kind, *[Kind.MISSING] * 12)
STORY, EDITOR, COMPARISON = "/records/{module}/{id}", "/mappings/{module}", "/drift/{id}"


@dataclass(frozen=True)
class School:
    """`made` are real addresses of the pages that are made for one thing: a record that was given
    up and is held back, a mapping with a list, a comparison with something of every kind."""

    url: str
    world: World
    portal: BlockingPortal
    made: Mapping[str, str]
    token: str = ADMIN_TOKEN

    def address(self, path: str) -> str:
        """Of a page as its route declares it, by what there is of the kind it is made for."""
        return f"{self.url}/admin{self.made[path] if '{' in path else path}"

    def dead(self) -> int:
        return self.portal.call(self.world.links.journal.dead.count)

    def held(self) -> int:
        counts = self.portal.call(self.world.links.journal.held.counts)
        return sum(counts.values())


@asynccontextmanager
async def _open(folder: Path) -> AsyncIterator[tuple[str, World, Mapping[str, str]]]:
    async with open_world(folder, students=4) as world:
        made = await _fill(world)
        app = create_app(
            world.settings, with_worker=False, clock=world.clock, transport=world.wires
        )
        async with listening(app) as url:
            world.wires.apps["bridge.test"] = app
            yield url, world, made


async def _fill(world: World) -> Mapping[str, str]:
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
    return {
        STORY: STORY.format(module=STUDENTS, id=students[0]),
        EDITOR: EDITOR.format(module=REGISTRATIONS),
        COMPARISON: COMPARISON.format(id=await _compared(world, students)),
    }


async def _compared(world: World, students: Sequence[str]) -> int:
    """A comparison that found something of every kind, and one under way."""
    runs = world.links.journal.runs
    faults = "; ".join(f"column_of_some_length_{n}: required" for n in range(3))
    found = [
        Finding(kind, students[n % 4], ("status", "academic_email")) for n, kind in enumerate(MANY)
    ]
    found.append(Finding(Kind.UNREADABLE, students[0], (), faults))
    found.append(Finding(Kind.EXTRA, students[1], (), "not_shown_by_crm"))
    mended = (Finding(Kind.ALTERED, students[2], ("installments.amount",)),)
    result = Reconciliation(
        {
            STUDENTS: ModuleReport(STUDENTS, found=tuple(found), repaired=mended, unchecked=3),
            PAYMENTS: ModuleReport(PAYMENTS, error=RetryLater("Gone.", reason="crm_incomplete")),
        }
    )
    done = await runs.start(COMPARED, None, dry_run=False)
    await runs.checkpoint(done.id, kept_result(result), result.counts())
    await runs.finish(done.id, RunState.DONE)
    going = await runs.start(COMPARED, None, dry_run=True)
    progress = Progress((STUDENTS, PAYMENTS), (STUDENTS,), PAYMENTS, "comparing", 1200, 5000)
    await runs.checkpoint(going.id, kept_progress(progress), {})
    return done.id


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
        portal.wrap_async_context_manager(_open(folder)) as (url, world, made),
    ):
        yield School(url, world, portal, made)
