"""The CRM, Moodle and one bridge on one virtual clock."""

from __future__ import annotations

import asyncio
import base64
import logging
import pickle
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import httpx2

from mzi_bridge.app import create_app
from mzi_bridge.journal.inbox import Inbox
from mzi_bridge.journal.pushes import Pushes
from mzi_bridge.mapping import Preset, load_preset
from mzi_bridge.pipeline.channels import setup
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.sync import Mode, sync
from mzi_bridge.sandbox.moodle import create_moodle_app
from mzi_bridge.sandbox.zoho import Crm, Switches, create_zoho_app
from mzi_bridge.settings import Settings
from tests.simulation import school
from tests.simulation.chance import Chance
from tests.simulation.disk import Disk
from tests.simulation.virtual_time import LONG_SECONDS, BridgeClock, WorldClock
from tests.simulation.wires import Wires
from tests.simulation.witness import CrmWitness, History, MoodleWitness

CRM, ACCOUNTS, MOODLE, BRIDGE = "crm.test", "accounts.test", "moodle.test", "bridge.test"
CLIENT = {"client_id": "1000.CLIENT", "client_secret": "canary-client-secret"}
REFRESH_TOKEN = "1000.canary.refresh"
MOODLE_TOKEN = "0123456789abcdef0123456789abcdef"
SECRET_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
EVENT_SECRET = "whsec_" + base64.b64encode(b"the key of the simulation's moodle").decode()
IDLE_SECONDS = LONG_SECONDS
PAUSED_SECONDS = 60.0
RESTART_SECONDS = 20.0
PHOTOS_SECONDS = 10.0


class World:
    """Everything of one history but the history itself."""

    def __init__(
        self,
        folder: Path,
        chance: Chance,
        subset: tuple[str, ...],
        standing: school.Standing | None = None,
        *,
        crm: Crm | None = None,
        writes: bool = False,
        **settings: Any,
    ) -> None:
        """`writes`: what Moodle tells goes into the CRM."""
        self.chance = chance
        self.subset = subset
        self.file = folder / "journal.sqlite3"
        self.clock = WorldClock()
        self.bridge_clock = BridgeClock()
        self.history = History(self.clock.now)
        self.disk = Disk(chance.wire)
        self.disk.install()
        if standing is not None:
            self.file.write_bytes(standing.journal)
        self.crm = crm or (school.new_crm(subset) if standing is None else standing.new_crm())
        self.crm_app = create_zoho_app(
            self.crm,
            refresh_token=REFRESH_TOKEN,
            switches=Switches(api_domain=f"https://{CRM}"),
            **CLIENT,
        )
        self.moodle_app = create_moodle_app(
            school.contract(), school.users(), self.clock, MOODLE_TOKEN
        )
        self.site = self.moodle_app.state.site
        if standing is not None:
            standing.fill(self.site)
            for channel in standing.channels:
                self.emulator.channels.put(channel)
        self.spared: Callable[[str, str], bool] = lambda module, record_id: False
        mapping = _mapping(subset, writes)
        self.preset = _preset(mapping)
        entities = {name: module.entity for name, module in self.preset.modules.items()}
        self.crm_app.faults.app = CrmWitness(self.crm_app.faults.app, self.history)
        self.moodle_app.faults.app = MoodleWitness(
            self.moodle_app.faults.app,
            self.site,
            entities,
            self.history,
            partial(school.had_photo, self.crm),
        )
        self.settings = Settings.model_validate(_environment(self.file, mapping)).model_copy(
            update=settings
        )
        self.hosts: dict[str, Any] = {
            CRM: self.crm_app,
            ACCOUNTS: self.crm_app,
            MOODLE: self.moodle_app,
        }
        self.outside = Wires(self.hosts, chance.wire)
        self.most_in_flight: Counter[str] = Counter()
        self.life: Life | None = None
        self._journal: sqlite3.Connection | None = None

    @property
    def emulator(self) -> Any:
        return self.crm_app.state.emulator

    def ask_journal(self, query: str, *given: Any) -> list[tuple[Any, ...]]:
        """What is committed at this moment, past the bridge's own connections."""
        if self._journal is None:
            self._journal = sqlite3.connect(self.file)
        return self._journal.execute(query, given).fetchall()

    async def start_bridge(self) -> None:
        """Starts the process, again and again where the journal does not let it."""
        while True:
            self.life = Life(self)
            if await self.life.started():
                return
            await self.life.kill()
            await asyncio.sleep(RESTART_SECONDS)

    async def kill_bridge(self) -> None:
        if self.life is not None:
            life, self.life = self.life, None
            await life.kill()

    async def close(self) -> None:
        await self.kill_bridge()
        if self._journal is not None:
            self._journal.close()
        await self.emulator.notifier.close()


class Life:
    """One process of the bridge, from its start until it is killed."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.wires = Wires(world.hosts, world.chance.wire)
        self.wires.most_in_flight = world.most_in_flight
        self.wires.heard.append(self._heard)
        self.app = create_app(
            world.settings,
            clock=world.bridge_clock,
            transport=self.wires,
            watch_seconds=LONG_SECONDS,
        )
        self._while_paused: Counter[tuple[str, float]] = Counter()
        self._started = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._run())

    @property
    def links(self) -> Links:
        links: Links = self.app.state.engine.bridge.links
        return links

    async def started(self) -> bool:
        """Whether it came up."""
        up = asyncio.get_running_loop().create_task(self._started.wait())
        await asyncio.wait((up, self._task), return_when=asyncio.FIRST_COMPLETED)
        up.cancel()
        return self._started.is_set()

    async def kill(self) -> None:
        """No grace: nothing that it would still do has an effect."""
        self._world.hosts.pop(BRIDGE, None)
        self.wires.cut = True
        self._world.disk.kill()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        async with self.app.router.lifespan_context(self.app):
            self._world.hosts[BRIDGE] = self.app
            watch_leases(self.links.journal.inbox, self._world)
            journal = self.links.journal
            wait_until_due(journal.inbox, self._world, "SELECT min(ready_at) FROM inbox")
            wait_until_due(journal.pushes, self._world, OWED)
            self._started.set()
            await asyncio.get_running_loop().create_future()

    def _heard(self, host: str, request: httpx2.Request) -> None:
        if host == MOODLE:
            self._befall(request.content)
        side = {CRM: "zoho", MOODLE: "moodle"}.get(host)
        if side is None or "/actions/watch" in request.url.path:
            return
        now = self._world.bridge_clock.now()
        query = "SELECT paused_at, until FROM links WHERE link = ?"
        for paused_at, until in self._world.ask_journal(query, side):
            # What was under way when the pause began may end.
            if paused_at + IN_HAND_SECONDS < now < until - 1.0 and until - now <= 3600.0:
                self._while_paused[side, until] += 1
                if self._while_paused[side, until] == PROBE_CALLS + 1:
                    self._world.history.wrong(f"more calls than a probe on the paused {side}")

    def _befall(self, body: bytes) -> None:
        behind = self._world.history.behind_writes
        for record_id in [one for one in behind if one.encode() in body]:
            behind.pop(record_id)()


OWED = "SELECT min(ready_at) FROM pushes WHERE state = 'due'"
IN_HAND_SECONDS = 150.0
PROBE_CALLS = 8


def watch_leases(inbox: Inbox, world: World) -> None:
    """Tells when a record is in two live claims at once."""
    held: dict[tuple[str, str], tuple[str, float]] = {}
    claim, extend, settle, release = inbox.claim, inbox.extend, inbox.settle, inbox.release

    over: set[str] = set()

    def free(ended: Any) -> None:
        over.add(ended.lease_id)
        for item in ended.items:
            if held.get((ended.module, item.record_id), ("", 0.0))[0] == ended.lease_id:
                del held[ended.module, item.record_id]

    async def claimed(**given: Any) -> Any:
        taken = await claim(**given)
        now = world.bridge_clock.now()
        if taken is None:
            return None
        for item in taken.items:
            key = (taken.module, item.record_id)
            if key in held and held[key][1] > now:
                world.history.wrong(f"two live leases: {taken.module} {item.record_id}")
            held[key] = (taken.lease_id, taken.lease_until)
        return taken

    async def extended(given: Any, seconds: float) -> Any:
        longer = await extend(given, seconds)
        # A batch may be settled while its last extension is under way.
        for item in () if longer.lease_id in over else longer.items:
            held[longer.module, item.record_id] = (longer.lease_id, longer.lease_until)
        return longer

    async def settled(given: Any, outcomes: Any) -> Any:
        free(given)
        return await settle(given, outcomes)

    async def released(given: Any) -> None:
        free(given)
        await release(given)

    for name, watched in {
        "claim": claimed,
        "extend": extended,
        "settle": settled,
        "release": released,
    }.items():
        setattr(inbox, name, watched)


def wait_until_due(queue: Inbox | Pushes, world: World, next_due: str) -> None:
    """Workers look when something is due or marked, not each second: the days would be full of
    looks that find nothing. `next_due` is asked of the journal."""

    async def wait(seconds: float) -> None:
        due = world.ask_journal(next_due)[0][0]
        left = IDLE_SECONDS if due is None else due - world.bridge_clock.now()
        if left <= 0.0:
            # What is due and was not claimed is of a module on pause.
            left = PAUSED_SECONDS
        await queue._wake.wait(world.bridge_clock, min(max(seconds, left), IDLE_SECONDS))

    setattr(queue, wait.__name__, wait)


async def begin(world: World) -> None:
    """Starts the bridge, sets up its channels and carries everything over, as an operator does."""
    await world.start_bridge()
    assert world.life is not None
    links = world.life.links
    await setup(links, f"https://{BRIDGE}", world.settings.channel_hours)
    await sync(links, world.subset, Mode.FULL)
    await sync(links, world.subset, Mode.DELTA)


async def first_sync(world: World) -> school.Standing:
    """What stands after `begin` and the photos behind it; the world is of no more use then."""
    await begin(world)
    while world.ask_journal("SELECT count(*) FROM inbox")[0][0]:  # noqa: ASYNC110
        await asyncio.sleep(PHOTOS_SECONDS)
    await world.close()
    return school.Standing(
        crm=_pickled(world.crm),
        channels=world.emulator.channels.live(world.clock.now()),
        tables=school.kept_tables(world.site),
        photos=pickle.dumps(world.site.photos),
        journal=_compact(world.file),
        passed=asyncio.get_running_loop().time(),
    )


def _pickled(crm: Crm) -> bytes:
    return pickle.dumps(crm)


def _compact(file: Path) -> bytes:
    """The journal's whole content in its main file."""
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return file.read_bytes()


def _environment(file: Path, mapping: str) -> Mapping[str, str]:
    return {
        "DATABASE_URL": f"sqlite:///{file}",
        "MZI_SECRET_KEY": SECRET_KEY,
        "MZI_MAPPING": mapping,
        "ZOHO_API_URL": f"https://{CRM}",
        "ZOHO_ACCOUNTS_URL": f"https://{ACCOUNTS}",
        "ZOHO_CLIENT_ID": CLIENT["client_id"],
        "ZOHO_CLIENT_SECRET": CLIENT["client_secret"],
        "ZOHO_REFRESH_TOKEN": REFRESH_TOKEN,
        "MOODLE_BASE_URL": f"https://{MOODLE}",
        "MOODLE_TOKEN": MOODLE_TOKEN,
        "WEBHOOK_BASE_URL": f"https://{BRIDGE}",
        "MZI_EVENT_SECRETS": EVENT_SECRET,
    }


@cache
def _mapping(subset: tuple[str, ...], writes: bool) -> str:
    return ("btec+:" if writes else "btec:") + ",".join(subset)


@cache
def _preset(mapping: str) -> Preset:
    """`btec:A,B` is the shipped preset with these modules alone, `btec+:A,B` with all that it
    writes, too."""
    name, _, modules = mapping.partition(":")
    whole = load_preset(name.removesuffix("+"))
    chosen = {module: whole.modules[module] for module in modules.split(",")}
    writes = whole.writes if name.endswith("+") else {}
    return Preset(whole.name, whole.description, chosen, whole.deny, writes)


def read_presets_once() -> None:
    def kept(path_or_name: str | Path, deny: Sequence[str] = ()) -> Preset:
        return _preset(str(path_or_name))

    setattr(import_module("mzi_bridge.app.configured"), load_preset.__name__, kept)


class LogBook(logging.Handler):
    """Keeps every line that the bridge logs."""

    def __init__(self) -> None:
        super().__init__()
        self.text = StringIO()
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.text.write(self.format(record) + "\n")
