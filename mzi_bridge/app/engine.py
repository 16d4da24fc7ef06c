"""The running bridge, begun anew whenever its configuration changes.

A generation is one bridge with its clients, mapping, workers and routes. The next one is built and
takes the calls before the last one is stopped, so a change of the configuration loses no notice;
for a moment both work, as two processes would.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field

import anyio
import httpx2
import msgspec
from anyio.abc import TaskGroup, TaskStatus
from starlette.routing import BaseRoute, Router

from mzi_bridge.app.doors import Doors
from mzi_bridge.app.links import Bridge, Observers, bridge_on, check_start, open_bridge
from mzi_bridge.app.routes import routes_of
from mzi_bridge.app.working import working
from mzi_bridge.clock import Clock
from mzi_bridge.errors import MziError, OperatorError
from mzi_bridge.journal.errors import JournalUnavailable
from mzi_bridge.journal.journal import Journal
from mzi_bridge.pipeline.first_of import first_of
from mzi_bridge.pipeline.reconcile.asked import Reconciler
from mzi_bridge.pipeline.supervise import supervised
from mzi_bridge.pipeline.sync_jobs import SyncJobs
from mzi_bridge.settings import Settings, SettingsError

log = logging.getLogger(__name__)
WATCH_SECONDS = 5.0
"""How soon a change that another process stored is taken up."""
GRACE_SECONDS = 20.0
"""How long the calls of the last generation may go on."""
SETTLED_SECONDS = 10.0


@dataclass
class Generation:
    """A bridge at work, until `stopping`. `calls` are the requests it is answering now."""

    bridge: Bridge
    router: Router
    syncs: SyncJobs
    reconciler: Reconciler
    stopping: anyio.Event = field(default_factory=anyio.Event)
    calls: int = 0
    _idle: anyio.Event = field(default_factory=anyio.Event)

    def enter(self) -> None:
        self.calls += 1

    def leave(self) -> None:
        self.calls -= 1
        if not self.calls:
            self._idle.set()
            self._idle = anyio.Event()

    async def idle(self) -> None:
        if self.calls:
            await self._idle.wait()


class Way(msgspec.Struct, frozen=True):
    """How generations are made. `doors`: those by which they answer calls, None for none;
    `with_worker`: they work; `may_wait`: without a configuration that makes a bridge the process
    waits for one; `observers` hear the calls of all of them."""

    doors: Doors | None = None
    with_worker: bool = True
    may_wait: bool = False
    observers: Observers = msgspec.field(default_factory=Observers)
    watch_seconds: float = WATCH_SECONDS


class Engine:
    """`generation` is the one at work, None while there is none; `trouble` tells why the
    configuration as it is now cannot be used."""

    def __init__(
        self,
        journal: Journal,
        settings: Settings,
        clock: Clock,
        way: Way,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self.generation: Generation | None = None
        self.trouble: MziError | None = None
        self.journal = journal
        self._settings = settings
        self._clock = clock
        self._way = way
        self._transport = transport
        self._seen = 0
        self._looked = anyio.Event()
        self._next_change = journal.configuration.next_change()

    @property
    def bridge(self) -> Bridge:
        """The one at work. Raises what keeps it from working."""
        if self.generation is None:
            raise self.trouble or not_connected()
        return self.generation.bridge

    async def settled(self) -> None:
        """Returns when the configuration as it is now was taken up, or found to be of no use; after
        `SETTLED_SECONDS` in any case. Raises JournalUnavailable."""
        with anyio.move_on_after(SETTLED_SECONDS):
            while True:
                looked = self._looked
                if await self.journal.configuration.generation() == self._seen:
                    return
                await looked.wait()

    async def renew(self, generations: TaskGroup) -> None:
        """Begins a generation of the configuration as it is now, and ends the last one.

        Where that is not possible the last one goes on, and `trouble` tells why. Raises
        JournalUnavailable.
        """
        try:
            fresh: Generation = await generations.start(self._generation)
        except OperatorError as error:
            self.trouble = error
            self._tell(error)
            return
        last, self.generation, self.trouble = self.generation, fresh, None
        self._seen = fresh.bridge.generation
        if last is not None:
            log.info("the configuration has changed: generation %d", self._seen)
            last.stopping.set()

    async def begin(self, generations: TaskGroup) -> None:
        """The first look, as `renew`."""
        self._seen = await self.journal.configuration.generation()
        await self.renew(generations)

    async def watch(self, generations: TaskGroup) -> None:
        """For ever: takes up each change of the configuration, also of other processes."""
        while True:
            await first_of(self._next_change, lambda: self._clock.sleep(self._way.watch_seconds))
            # Before the look: what is stored while a generation begins is heard after it.
            self._next_change = self.journal.configuration.next_change()
            try:
                now = await self.journal.configuration.generation()
                if now != self._seen:
                    await self.renew(generations)
                    self._seen = now
                    self._looked.set()
                    self._looked = anyio.Event()
            except JournalUnavailable as error:
                log.warning("the configuration was not looked at: %s", error.reason)

    async def _generation(self, *, task_status: TaskStatus[Generation]) -> None:
        async with (
            bridge_on(
                self.journal,
                self._settings,
                self._clock,
                self._transport,
                observers=self._way.observers,
            ) as bridge,
            anyio.create_task_group() as tasks,
        ):
            enabled = bridge.settings.moodle_enabled
            syncs = SyncJobs(bridge.links, tasks, enabled=enabled)
            routes: Sequence[BaseRoute] = ()
            if self._way.doors is not None:
                if enabled:
                    tasks.start_soon(supervised, "pick-up of syncs", self._clock, syncs.pick_up)
                routes = routes_of(bridge, syncs, tasks, self._way.doors)
            reconciler = Reconciler(bridge.links, tasks, enabled=enabled)
            generation = Generation(bridge, Router(routes), syncs, reconciler)
            async with self._work(bridge):
                task_status.started(generation)
                await generation.stopping.wait()
            with anyio.move_on_after(GRACE_SECONDS):
                await generation.idle()
            tasks.cancel_scope.cancel()

    def _tell(self, error: OperatorError) -> None:
        if isinstance(error, SettingsError) and self.generation is None and self._way.may_wait:
            names = ", ".join(fault.name for fault in error.faults)
            log.warning("not connected yet (%s): sign in at /admin/ and open Set-up", names)
        else:
            log.error("the configuration cannot be used: %s: %s", error.reason, error)

    def _work(self, bridge: Bridge) -> AbstractAsyncContextManager[None]:
        return working(bridge) if self._way.with_worker else nullcontext()


@asynccontextmanager
async def running(
    settings: Settings,
    clock: Clock,
    journal: Journal,
    way: Way,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> AsyncIterator[Engine]:
    """An engine at work for as long as the block runs; then what is in hand is finished.

    Raises OperatorError if the configuration makes no bridge and `way` does not let it wait.
    """
    engine = Engine(journal, settings, clock, way, transport)
    first: MziError | None = None
    async with anyio.create_task_group() as generations:
        try:
            await engine.begin(generations)
        except JournalUnavailable as error:
            first = error
        if engine.trouble is not None and not way.may_wait:
            first = engine.trouble
        if first is None:
            async with anyio.create_task_group() as watch:
                watch.start_soon(engine.watch, generations)
                try:
                    yield engine
                finally:
                    watch.cancel_scope.cancel()
            if engine.generation is not None:
                engine.generation.stopping.set()
    if first is not None:
        # Outside of the task group, which would wrap it in a group of errors.
        raise first


def may_wait(settings: Settings) -> bool:
    """Whether somebody can sign in and connect what is not connected yet."""
    by_openid = settings.oidc_issuer is not None and settings.oidc_client_id is not None
    return settings.admin_token is not None or by_openid


async def ready_to_start(settings: Settings) -> None:
    """Says what is missing before a server is started that nobody could set up.

    Raises SettingsError, MappingErrors, JournalUnavailable.
    """
    check_start(settings)
    if not may_wait(settings):
        async with open_bridge(settings):
            pass


def not_connected() -> OperatorError:
    return OperatorError(
        "The bridge is not connected yet.",
        reason="not_connected",
        fix="Connect the CRM and Moodle on the console's page Set-up.",
    )
