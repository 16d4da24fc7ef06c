"""What the API answers to whoever watches the bridge, without its other operations."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.routing import Route

from mzi_bridge.api import alarms, health, metrics_routes
from mzi_bridge.api.door import Door
from mzi_bridge.api.endpoint import open_route
from mzi_bridge.api.ports import ListAlarms, Ready

BEHIND_THE_DOOR = ("/api/v1/admin", "/api/v1/extension", "/api/v1/students", "/api/v1/sync")
"""Each operation of `routes.py` is below one of these."""


def standing_routes(
    readiness: Mapping[str, Ready], list_alarms: ListAlarms, door: Door
) -> list[Route]:
    """How a bridge that is connected does; `readiness` by the name of the part."""
    checks = health.HealthEndpoints(readiness)
    standing = alarms.AlarmEndpoint(list_alarms, door.is_admin)
    return [
        open_route(alarms.HEALTH.path, standing.health),
        open_route(health.READY.path, checks.ready),
    ]


def alive_route() -> Route:
    """Answers whatever else is out of reach."""
    return open_route(health.ALIVE.path, health.alive)


def metrics_route(text: metrics_routes.ScrapeText, door: Door) -> Route:
    """Answers with or without a bridge at work."""
    endpoint = metrics_routes.MetricsEndpoint(text, door)
    return open_route(metrics_routes.METRICS.path, endpoint.scrape)
