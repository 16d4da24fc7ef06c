"""What the extension API works with: there before the bridge is, and whatever becomes of it."""

from __future__ import annotations

from collections.abc import Sequence

from mzi_bridge.api.extension_ports import Extension, Standing
from mzi_bridge.app.engine import Engine, Generation, not_connected
from mzi_bridge.app.interface import bridge_version
from mzi_bridge.app.links import daily_credits
from mzi_bridge.app.settings_desk import SettingsDesk
from mzi_bridge.clock import Clock
from mzi_bridge.errors import MziError
from mzi_bridge.journal.runs import Run
from mzi_bridge.pipeline.bridge_state import bridge_state
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.mapping_desk import MappingDesk
from mzi_bridge.pipeline.ping import Pinged, ping_moodle, unreached
from mzi_bridge.settings import Settings
from mzi_bridge.zoho.metadata import ModuleInfo


def extension_of(engine: Engine, settings: Settings, clock: Clock) -> Extension:
    """`settings` are those of the environment."""
    journal = engine.journal

    def at_work() -> Generation:
        if engine.generation is None:
            raise not_connected()
        return engine.generation

    def links() -> Links | None:
        return engine.generation.bridge.links if engine.generation else None

    def now() -> Settings:
        return engine.generation.bridge.settings if engine.generation else settings

    async def standing() -> Standing:
        state = await bridge_state(journal, clock)
        connected = engine.generation is not None
        trouble = engine.trouble or (None if connected else not_connected())
        return Standing(state, connected, trouble, daily_credits(now()))

    def mappings() -> MappingDesk:
        return MappingDesk(journal, links, fallback=now().mapping, deny=now().mapping_deny)

    async def crm_modules() -> Sequence[ModuleInfo]:
        return await at_work().bridge.links.zoho.metadata.modules()

    async def ping(site: str) -> Pinged:
        try:
            found = at_work().bridge.links
        except MziError as error:
            return unreached(error)
        return await ping_moodle(found, site)

    async def reconcile(module: str | None, *, repair: bool) -> Run:
        return await at_work().reconciler.start(module, repair=repair)

    return Extension(
        version=bridge_version(),
        standing=standing,
        settings=SettingsDesk(journal, settings),
        mappings=mappings,
        history=journal.runs,
        syncs=lambda: at_work().syncs,
        crm_modules=crm_modules,
        ping=ping,
        reconcile=reconcile,
        audit=journal.audit,
    )
