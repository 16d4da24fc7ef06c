"""One history: drawn from its seed, lived through, judged."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import logging
import tempfile
import time
from collections import Counter
from collections.abc import Set
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any

from mzi_bridge.errors import MziError
from mzi_bridge.journal import locks
from mzi_bridge.mapping import diff, project
from mzi_bridge.pipeline import module_walk, poll
from mzi_bridge.pipeline.confirm import Confirming
from mzi_bridge.pipeline.held import HeldDesk
from mzi_bridge.pipeline.photo_rounds import every_photo
from mzi_bridge.pipeline.reconcile import reconcile
from mzi_bridge.pipeline.sync import Mode
from tests.simulation import owed, school
from tests.simulation.chance import Chance
from tests.simulation.moodle_side import MoodleSide
from tests.simulation.office import EDITS, Office
from tests.simulation.post import DAY, Post
from tests.simulation.races import Races
from tests.simulation.troubles import TROUBLES, Troubles
from tests.simulation.virtual_time import LONG_SECONDS, StandsStill, VirtualLoop
from tests.simulation.witness import Key
from tests.simulation.world import (
    CRM,
    MOODLE,
    LogBook,
    World,
    first_sync,
    read_presets_once,
)

POLL_LOOK_SECONDS = LONG_SECONDS
POLL_SECONDS = 18_000
"""Jittered by a tenth and looked at every six hours: each look polls every module."""
LOCK_LOOK_SECONDS = 2.0
QUIET_STEP_SECONDS = LONG_SECONDS + 600.0
PATIENCE_SECONDS = 8 * DAY
EDIT_SHARE = 0.68
MOODLE_SHARE = 0.25
EVENTS_EVERY = 7
"""In one seed of so many Moodle tells what happens there. It shares no divisor with the numbers
by which a seed gets its modules and its polls."""
SEEDS_A_SWEEP = 23
MOODLE_CALLS = 2
CRM_CALLS = 5
MEMORY = Path("/dev/shm")  # noqa: S108


@dataclass(frozen=True)
class Verdict:
    """What came of one seed. `wrongs` is empty where every promise held."""

    seed: int
    events: int
    days: float
    seconds: float
    wrongs: tuple[str, ...]
    counts: Counter[str]
    lines: tuple[str, ...] = field(repr=False)

    @property
    def digest(self) -> str:
        """The same for the same history."""
        return hashlib.sha256("\n".join(self.lines).encode()).hexdigest()


def is_told_events(seed: int) -> bool:
    """Whether Moodle tells of anything in this history."""
    return seed % EVENTS_EVERY == 2


def simulate(seed: int, events: int = 200) -> Verdict:
    """Lives through the history of `seed`. Only in a process of its own: see `chance`."""
    prepare()
    subset = school.SUBSETS[seed % len(school.SUBSETS)]
    standing = standing_of(subset)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=memory()) as folder:
        loop = VirtualLoop(standing.passed)
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            simulation = Simulation(seed, subset, standing, Path(folder))
            try:
                runner.run(simulation.run(events))
            except StandsStill as error:
                simulation.world.history.wrong(f"the bridge hangs: {error}")
        history = simulation.world.history
        del simulation
        if seed % SEEDS_A_SWEEP == 0:
            gc.collect()
        return Verdict(
            seed,
            events,
            (loop.time() - standing.passed) / DAY,
            time.perf_counter() - began,
            tuple(history.wrongs),
            history.counts,
            tuple(history.lines),
        )


@cache
def prepare() -> None:
    """What holds for the whole process."""
    read_presets_once()
    locks.POLL_SECONDS = LOCK_LOOK_SECONDS
    # A look each quarter of a minute would fill the days. The jump of a clock is told from a
    # look that comes later than this, so no longer sleep may be made of it.
    poll.TICK_SECONDS = POLL_LOOK_SECONDS
    # The school is too small for a second load of a module.
    setattr(module_walk, Confirming.__name__, partial(Confirming, asks=True))
    # What a simulation leaves behind is looked for after it, not meanwhile.
    gc.disable()
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.basicConfig(level=logging.INFO, handlers=[logging.NullHandler()])


@cache
def standing_of(subset: tuple[str, ...]) -> school.Standing:
    """The school after its first sync; made once a process."""
    prepare()
    standing = _made_standing(subset)
    # Kept for good: what comes after a seed need not look through it.
    gc.collect()
    gc.freeze()
    return standing


def _made_standing(subset: tuple[str, ...]) -> school.Standing:
    with (
        tempfile.TemporaryDirectory(dir=memory()) as folder,
        asyncio.Runner(loop_factory=VirtualLoop) as runner,
    ):
        return runner.run(_first_sync(Path(folder), subset))


async def _first_sync(folder: Path, subset: tuple[str, ...]) -> school.Standing:
    return await first_sync(World(folder, Chance(0), subset, poll_seconds=0))


def memory() -> str | None:
    return str(MEMORY) if MEMORY.is_dir() else None


class Simulation:
    def __init__(
        self, seed: int, subset: tuple[str, ...], standing: school.Standing, folder: Path
    ) -> None:
        self._seed = seed
        self._subset = subset
        self._standing = standing
        self._folder = folder
        # Notices alone must do; or polls besides; or polls of a CRM that now and then denies what
        # it has, and is judged only after a reconcile.
        self._polls = seed % 3 != 0
        self._lies = seed % 3 == 1
        self._events = is_told_events(seed)
        self._carried_over = False
        self._moodle: MoodleSide | None = None
        self.world: World

    async def run(self, events: int) -> None:
        self.world = World(
            self._folder,
            Chance(self._seed),
            self._subset,
            self._standing,
            poll_seconds=POLL_SECONDS if self._polls else 0,
            writes=self._events,
            zoho_parallel=CRM_CALLS,
            reconcile_hours=0,
        )
        log = LogBook()
        logging.getLogger().addHandler(log)
        try:
            await self._live(events)
            self._judge(log.text.getvalue())
        finally:
            logging.getLogger().removeHandler(log)
            await self.world.close()

    async def _live(self, events: int) -> None:
        world = self.world
        await world.start_bridge()
        self._post = Post(world, faithful=not self._polls)
        office = Office(world, self._post)
        races = Races(world, office, self._post)
        self._troubles = Troubles(world, self._post, races, polls=self._polls, lies=self._lies)
        if self._events:
            denied = self._lies or school.PICTURED in self._subset
            self._moodle = MoodleSide(world, self._post.publish, asks=not denied)
        draw = world.chance.draw
        left = events
        while left:
            burst = min(left, draw.randrange(20, 60))
            left -= burst
            for _ in range(burst):
                if self._moodle is not None and draw.random() < MOODLE_SHARE:
                    await self._moodle.act()
                elif draw.random() < EDIT_SHARE:
                    await office.edit(_drawn(EDITS, draw))
                else:
                    await self._troubles.start(_drawn(TROUBLES, draw))
                await asyncio.sleep(draw.expovariate(5.0))
            if self._polls and not self._carried_over:
                await self._carry_all_over()
            await self._rest(draw.choice((60.0, 1800.0, 7200.0, 43_200.0)) * draw.random())
        await self._troubles.end()
        await self._come_to_rest()
        await self._post.close()
        if self._moodle is not None:
            await self._moodle.close()

    async def _carry_all_over(self) -> None:
        """The operator starts a full sync, once and early: what it would mend alone must come to
        be by other ways as well."""
        life = self.world.life
        engine = getattr(life.app.state, "engine", None) if life is not None else None
        if engine is not None and engine.generation is not None:
            self._carried_over = True
            self.world.history.tell("operator starts a full sync")
            with suppress(MziError):
                await engine.generation.syncs.start(None, Mode.FULL)

    async def _rest(self, seconds: float) -> None:
        self.world.bridge_clock.quiet_until = asyncio.get_running_loop().time() + seconds
        await asyncio.sleep(seconds)

    async def _come_to_rest(self) -> None:
        """Until nothing is under way any more, and with polls two rounds of them are over.

        What no poll can know is mended at the end: a CRM that denied its records, and a record
        restored from the recycle bin, which keeps its Modified_Time, whose notice was lost.
        """
        await self._empty(2 * POLL_LOOK_SECONDS if self._polls else 0.0)
        unknowable = self._restored_unheard()
        if not self._troubles.lied:
            self._judge_state(unknowable)
        if self._troubles.lied or unknowable:
            assert self.world.life is not None
            self.world.history.counts["mended by a reconcile"] += 1
            self.world.history.tell("operator reconciles")
            await reconcile(self.world.life.links, self._subset, repair=True, all_content=True)
            await self._empty(0.0)
            self._judge_state(frozenset())
        if school.PICTURED in self._subset:
            await self._come_to_the_last_photo(bool(unknowable))

    async def _come_to_the_last_photo(self, unknowable: bool) -> None:
        """A photo that was hidden at its first look is known to nobody: a second look finds it."""
        if unknowable or self._troubles.lied or self._troubles.hid_photos:
            assert self.world.life is not None
            self.world.history.tell("operator has every photo looked at")
            await every_photo(self.world.life.links)
            await self._empty(0.0)
        self._judge_photos()

    async def _confirm_held(self) -> None:
        """The operator lets through what the brake holds."""
        assert self.world.life is not None
        desk = HeldDesk(self.world.life.links.journal)
        for module, found in (await desk.open_now()).items():
            number = found.number
            self.world.history.tell(f"operator confirms {number} of {module}")
            self.world.history.counts["held changes confirmed"] += number
            await desk.confirm([module], number)

    def _restored_unheard(self) -> frozenset[Key]:
        history = self.world.history
        return frozenset(
            key
            for key, times in history.restored.items()
            if history.accepted.get(key, 0.0) < max(times)
        )

    def _judge_state(self, but: Set[Key]) -> None:
        for module in self._subset:
            self._judge_module(module, but)

    async def _empty(self, at_least: float) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        while loop.time() - began < PATIENCE_SECONDS:
            await self._rest(QUIET_STEP_SECONDS)
            await self._confirm_held()
            under_way = self._post.pending + (self._moodle.pending if self._moodle else 0)
            if not self._waiting() and not under_way and loop.time() - began >= at_least:
                return
        left = self.world.ask_journal("SELECT module, record_id, last_reason FROM inbox")
        self.world.history.wrong(f"not settled: {left}, {self._post.pending} notices under way")

    def _waiting(self) -> int:
        """How many records are dirty, and how many writes owed."""
        (dirty,), (due,) = self.world.ask_journal(
            "SELECT count(*) FROM inbox UNION ALL SELECT count(*) FROM pushes WHERE state = 'due'"
        )
        return int(dirty) + int(due)

    def _judge(self, log: str) -> None:
        if self._moodle is not None:
            for wrong in owed.wrongs(self.world, self._moodle):
                self.world.history.wrong(wrong)
        self._judge_accounts()
        self._judge_calls()
        self._judge_secrecy(log)

    def _judge_accounts(self) -> None:
        history = self.world.history
        dead = {(row[0], row[1]): row[2] for row in self._dead()}
        for (module, record_id), reason in dead.items():
            history.wrong(f"dead: {module} {record_id} {reason}")
        # What the CRM hid from the bridge, the bridge read all the same.
        accepted = {} if self._troubles.lied else history.accepted
        for key, at in accepted.items():
            named = f"{key[0]} {key[1]}"
            if key in dead:
                continue
            if history.read.get(key, 0.0) < at:
                history.wrong(f"accepted and not read after: {named}")
            if history.shown.get(key, 0.0) >= at and history.written.get(key, 0.0) < at:
                history.wrong(f"accepted, read and not written after: {named}")

    def _dead(self) -> list[tuple[Any, ...]]:
        return self.world.ask_journal(
            "SELECT module, record_id, reason FROM dead_letters WHERE state = 'dead'"
        )

    def _judge_module(self, module: str, but: Set[Key]) -> None:
        world = self.world
        mapping = world.preset.modules[module]
        table = world.site.tables[mapping.entity]
        living = world.crm.records(module)
        for record_id, record in living.items():
            shown = world.emulator.renderer.record(record, subforms=True)
            row = project(mapping, shown, world.crm.now()).row
            if row is None or (module, record_id) in but:
                continue
            stored = table.get(record_id)
            if stored is None:
                world.history.wrong(f"missing: {module} {record_id}")
            elif stored.deleted:
                world.history.wrong(f"a tombstone on a living record: {module} {record_id}")
            else:
                whole = {**stored.row, **stored.children}
                changes = [
                    change.column
                    for change in diff(whole, row, mapping.child_keys)
                    # An account found by Moodle itself stays where the CRM names none.
                    if change.column != "moodle_user_id" or change.after is not None
                ]
                if changes or stored.row["content_hash"] != row["content_hash"]:
                    world.history.wrong(f"another content: {module} {record_id} {changes}")
        for stored in table.all():
            record_id = stored.row[mapping.key_column]
            if record_id not in living and not stored.deleted:
                world.history.wrong(f"extra: {module} {record_id}")

    def _judge_photos(self) -> None:
        world = self.world
        for record_id, record in world.crm.records(school.PICTURED).items():
            kept, stored = school.photo_of(record), world.site.photos.get(record_id)
            wanted = kept.content if kept is not None else None
            found = stored.image if stored is not None else None
            if found != wanted:
                world.history.wrong(f"another photo: {record_id}")

    def _judge_calls(self) -> None:
        for host, most in self.world.most_in_flight.items():
            if most > {MOODLE: MOODLE_CALLS, CRM: CRM_CALLS}.get(host, most):
                self.world.history.wrong(f"{most} calls to {host} in flight")

    def _judge_secrecy(self, log: str) -> None:
        if school.CANARY in log:
            self.world.history.wrong("a personal value is in the log")
        self.world.ask_journal("PRAGMA wal_checkpoint(FULL)")
        kept = b"".join(
            file.read_bytes() for file in self.world.file.parent.iterdir() if file.is_file()
        )
        if school.CANARY.encode() in kept:
            self.world.history.wrong("a personal value is in the journal")


def _drawn(weights: dict[str, int], draw: Random) -> str:
    return draw.choices(list(weights), list(weights.values()))[0]
