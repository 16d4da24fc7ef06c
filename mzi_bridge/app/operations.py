"""The API's operations, bound: those of a bridge at work, and those that need none."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from starlette.routing import Router
from starlette.types import ASGIApp

from mzi_bridge.api.ports import Operations
from mzi_bridge.api.routes import api_routes, extension_routes, key_routes_of
from mzi_bridge.app.doors import Doors
from mzi_bridge.app.engine import Engine
from mzi_bridge.app.extension import extension_of
from mzi_bridge.app.links import Bridge
from mzi_bridge.clock import Clock
from mzi_bridge.pipeline.channel_terms import ChannelOutcome
from mzi_bridge.pipeline.channels import setup
from mzi_bridge.pipeline.held import HeldDesk
from mzi_bridge.pipeline.profile import student_profile
from mzi_bridge.pipeline.sync_jobs import SyncJobs
from mzi_bridge.settings import Settings


def operations_at_work(bridge: Bridge, syncs: SyncJobs, doors: Doors) -> Router:
    """What a bridge at work answers."""
    links = bridge.links
    operations = Operations(
        syncs=syncs,
        set_up_channels=lambda: _set_up_channels(bridge),
        held=HeldDesk(links.journal),
        profile=partial(student_profile, links),
        audit=doors.audit,
    )
    return Router(api_routes(operations, doors.api))


def operations_always(
    engine: Engine, settings: Settings, clock: Clock, doors: Doors, at_work: ASGIApp
) -> Router:
    """What is answered with or without one; `at_work` answers the rest."""
    keys = engine.journal.api_keys
    return Router(
        [
            *key_routes_of(keys, clock, doors.audit, doors.api),
            *extension_routes(extension_of(engine, settings, clock), doors.api),
        ],
        default=at_work,
    )


async def _set_up_channels(bridge: Bridge) -> Sequence[ChannelOutcome]:
    bridge.settings.require("webhooks")
    return await setup(
        bridge.links, str(bridge.settings.webhook_base_url), bridge.settings.channel_hours
    )
