"""The HTTP API besides the webhooks: health for everyone, the rest behind the admin's token."""

from __future__ import annotations

from pydantic import SecretStr
from starlette.middleware import Middleware
from starlette.routing import Route

from mzi_bridge.api.admin_door import AdminDoor
from mzi_bridge.api.alarms import AlarmEndpoint
from mzi_bridge.api.channel_routes import ChannelEndpoint
from mzi_bridge.api.health import HealthEndpoints
from mzi_bridge.api.held_routes import HeldEndpoints
from mzi_bridge.api.ports import Operations
from mzi_bridge.api.profile_routes import ProfileEndpoint
from mzi_bridge.api.sync_routes import SyncEndpoints
from mzi_bridge.body_limit import BodyLimit

BODY_LIMIT = 65_536


def api_routes(operations: Operations, admin_token: SecretStr | None) -> list[Route]:
    """`admin_token` None turns the administration off: 503 `admin_not_configured`."""
    health = HealthEndpoints(operations.readiness)
    syncs = SyncEndpoints(operations.syncs)
    held = HeldEndpoints(operations.held)
    profile = ProfileEndpoint(operations.profile)
    channels = ChannelEndpoint(operations.set_up_channels)
    token = admin_token.get_secret_value() if admin_token else None
    alarms = AlarmEndpoint(operations.alarms, token)
    guarded = [
        Middleware(AdminDoor, token=token),
        Middleware(BodyLimit, limit=BODY_LIMIT),
    ]
    return [
        Route("/health", health.alive),
        Route("/api/v1/health", alarms.health),
        Route("/readyz", health.ready),
        Route("/api/v1/sync/{entity}", syncs.entity, methods=["POST"], middleware=guarded),
        Route("/api/v1/admin/full-sync", syncs.full, methods=["POST"], middleware=guarded),
        Route("/api/v1/admin/full-sync/status", syncs.status, middleware=guarded),
        Route("/api/v1/students/profile", profile.read, middleware=guarded),
        Route("/api/v1/admin/held", held.list, middleware=guarded),
        Route("/api/v1/admin/held/confirm", held.confirm, methods=["POST"], middleware=guarded),
        Route("/api/v1/admin/held/discard", held.discard, methods=["POST"], middleware=guarded),
        Route("/api/v1/admin/held/reopen", held.reopen, methods=["POST"], middleware=guarded),
        Route(
            "/api/v1/admin/setup-zoho-webhooks",
            channels.set_up,
            methods=["POST"],
            middleware=guarded,
        ),
    ]
