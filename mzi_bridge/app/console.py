"""The console of the running bridge: there before the bridge is, and whatever becomes of it."""

from __future__ import annotations

import httpx2
from starlette.routing import Router

from mzi_bridge.admin.ports import AdminPorts, Facts
from mzi_bridge.admin.routes import admin_routes
from mzi_bridge.admin.terms import facts_of, terms_of
from mzi_bridge.app.engine import Engine
from mzi_bridge.app.links import daily_credits
from mzi_bridge.app.set_up import SetUpDesk
from mzi_bridge.app.settings_desk import SettingsDesk
from mzi_bridge.clock import Clock
from mzi_bridge.journal.seal import Seal
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.mapping_desk import MappingDesk
from mzi_bridge.pipeline.reconcile.asked import Reconciler
from mzi_bridge.pipeline.sync_jobs import SyncJobs
from mzi_bridge.settings import Settings


def console(
    engine: Engine,
    settings: Settings,
    clock: Clock,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> Router:
    """`settings` are those of the environment; who may sign in does not depend on others."""
    return Router(admin_routes(_ports(engine, settings, clock, transport)))


def _ports(
    engine: Engine,
    settings: Settings,
    clock: Clock,
    transport: httpx2.AsyncBaseTransport | None,
) -> AdminPorts:
    def links() -> Links | None:
        return engine.generation.bridge.links if engine.generation else None

    def syncs() -> SyncJobs | None:
        return engine.generation.syncs if engine.generation else None

    def reconciler() -> Reconciler | None:
        return engine.generation.reconciler if engine.generation else None

    def facts() -> Facts:
        now = engine.generation.bridge.settings if engine.generation else settings
        return facts_of(now, daily_credits(now))

    return AdminPorts(
        journal=engine.journal,
        clock=clock,
        seal=Seal(settings.secret_keys),
        terms=terms_of(settings),
        facts=facts,
        links=links,
        syncs=syncs,
        reconciler=reconciler,
        set_up=SetUpDesk(
            engine.journal, settings, clock, transport=transport, settled=engine.settled
        ),
        trouble=lambda: engine.trouble,
        mappings=MappingDesk(
            engine.journal, links, fallback=settings.mapping, deny=settings.mapping_deny
        ),
        settings=SettingsDesk(engine.journal, settings),
        transport=transport,
    )
