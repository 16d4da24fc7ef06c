"""The operations of the HTTP API; all but those of `open_routes.py` are behind the door."""

from __future__ import annotations

from starlette.routing import Route

from mzi_bridge.api import (
    alarms,
    channel_routes,
    health,
    held_routes,
    key_routes,
    mapping_routes,
    metrics_routes,
    profile_routes,
    settings_routes,
    state_routes,
    steering_routes,
    sync_routes,
)
from mzi_bridge.api.audit import Audited
from mzi_bridge.api.door import Door
from mzi_bridge.api.endpoint import routes_of
from mzi_bridge.api.extension_ports import Extension
from mzi_bridge.api.key_routes import Desk, KeyEndpoints
from mzi_bridge.api.ports import Audit, Operations
from mzi_bridge.clock import Clock
from mzi_bridge.openapi.operation import Operation

API_OPERATIONS: tuple[Operation, ...] = (
    *health.OPERATIONS,
    metrics_routes.METRICS,
    alarms.HEALTH,
    *sync_routes.OPERATIONS,
    *held_routes.OPERATIONS,
    *channel_routes.OPERATIONS,
    *profile_routes.OPERATIONS,
    *key_routes.OPERATIONS,
    *state_routes.OPERATIONS,
    *settings_routes.OPERATIONS,
    *mapping_routes.OPERATIONS,
    *steering_routes.OPERATIONS,
)
"""Every operation of the API, in the order in which the document tells them."""


def api_routes(operations: Operations, door: Door) -> list[Route]:
    """What needs a bridge that is connected."""
    audited = Audited(operations.audit)
    endpoints = [
        *sync_routes.SyncEndpoints(operations.syncs, audited).endpoints,
        *held_routes.HeldEndpoints(operations.held, audited).endpoints,
        *channel_routes.ChannelEndpoint(operations.set_up_channels, audited).endpoints,
        *profile_routes.ProfileEndpoint(operations.profile).endpoints,
    ]
    return routes_of(endpoints, door)


def key_routes_of(keys: Desk, clock: Clock, audit: Audit, door: Door) -> list[Route]:
    """What needs the journal alone."""
    return routes_of(KeyEndpoints(keys, clock, Audited(audit)).endpoints, door)


def extension_routes(extension: Extension, door: Door) -> list[Route]:
    """What Moodle's pages of the office use; most of it needs no bridge at work."""
    audited = Audited(extension.audit)
    endpoints = [
        *state_routes.StateEndpoints(extension).endpoints,
        *settings_routes.SettingsEndpoints(extension.settings, audited).endpoints,
        *mapping_routes.MappingEndpoints(extension, audited).endpoints,
        *steering_routes.SteeringEndpoints(extension.syncs, audited).endpoints,
        *steering_routes.ReconcileEndpoint(extension.reconcile, audited).endpoints,
    ]
    return routes_of(endpoints, door)
