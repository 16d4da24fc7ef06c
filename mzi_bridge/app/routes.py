"""What one bridge answers: the doors of Zoho and Moodle, and the API."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from anyio.abc import TaskGroup
from pydantic import SecretStr
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from mzi_bridge.api.open_routes import BEHIND_THE_DOOR, standing_routes
from mzi_bridge.api.ports import Ready
from mzi_bridge.app.doors import Doors
from mzi_bridge.app.links import Bridge
from mzi_bridge.app.room import Room
from mzi_bridge.journal.activity_points import Word
from mzi_bridge.pipeline.accept import accept_into
from mzi_bridge.pipeline.gaps import NoticeGap
from mzi_bridge.pipeline.intents import Terms as IntentTerms
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.readiness import moodle_ready, zoho_ready
from mzi_bridge.pipeline.supervise import supervised
from mzi_bridge.pipeline.sync_jobs import SyncJobs
from mzi_bridge.pipeline.take_events import take_into
from mzi_bridge.settings import Settings
from mzi_bridge.webhooks.moodle.ports import EventGuards, EventPorts
from mzi_bridge.webhooks.moodle.routes import moodle_routes
from mzi_bridge.webhooks.ports import Guards, Ports
from mzi_bridge.webhooks.routes import webhook_routes


def routes_of(bridge: Bridge, syncs: SyncJobs, tasks: TaskGroup, doors: Doors) -> list[BaseRoute]:
    """What a bridge answers; `tasks` runs as long as it does."""
    gap = NoticeGap(bridge.links)
    tasks.start_soon(supervised, "watch of the journal", bridge.links.clock, gap.watch)
    return [
        *_notice_routes(bridge, gap, doors),
        *_event_routes(bridge, doors),
        *_standing_routes(bridge, tasks, doors),
        _operations(bridge, syncs, doors),
    ]


def _notice_routes(bridge: Bridge, gap: NoticeGap, doors: Doors) -> list[Route]:
    """Zoho's door; what fails in the journal behind it is a gap to be looked through later."""
    links, settings = bridge.links, bridge.settings
    note, modules = links.journal.activity.note, links.preset.modules.keys()
    accept = accept_into(links.journal.inbox, modules, note=note, trail=links.trail)
    ports = Ports(
        accept=gap.guarded(accept),
        channel=gap.guarded(links.journal.channels.get),
        module_of=lambda entity: _module_of(links, entity),
        refused=lambda reason: note(Word.REFUSED, of=reason.value),
    )
    guards = Guards(
        tokens=_in_clear(settings.webhook_secrets),
        signature_keys=_in_clear(settings.signature_secrets),
        require_signature=settings.require_signature,
        allowed_ips=settings.webhook_allowed_ips,
        trusted_proxies=settings.trusted_proxies,
        body_limit=settings.body_limit,
        clock=links.clock,
        failures=doors.failures,
    )
    return webhook_routes(ports, guards)


def _event_routes(bridge: Bridge, doors: Doors) -> list[Route]:
    """Moodle's door."""
    links, settings = bridge.links, bridge.settings
    take = take_into(
        links.journal, links.preset, links.clock, _terms(settings), linger=settings.push_linger
    )
    refused = partial(links.journal.activity.note, Word.EVENTS_REFUSED)
    guards = EventGuards(
        keys=_in_clear(settings.event_secrets),
        tokens=_in_clear(settings.event_tokens),
        tenant=settings.tenant,
        allowed_ips=settings.webhook_allowed_ips,
        trusted_proxies=settings.trusted_proxies,
        body_limit=settings.body_limit,
        clock=links.clock,
        failures=doors.failures,
    )
    return moodle_routes(EventPorts(take, refused=refused), guards)


def _standing_routes(bridge: Bridge, tasks: TaskGroup, doors: Doors) -> list[Route]:
    links = bridge.links
    readiness: dict[str, Ready] = {
        "database": links.journal.ping,
        "zoho": partial(zoho_ready, links, tasks),
        "moodle": partial(moodle_ready, links),
    }
    return standing_routes(readiness, links.journal.alarms.list, doors.api)


def _operations(bridge: Bridge, syncs: SyncJobs, doors: Doors) -> Room:
    def build() -> ASGIApp:
        from mzi_bridge.app.operations import operations_at_work

        return operations_at_work(bridge, syncs, doors)

    return Room("the API", BEHIND_THE_DOOR, build)


def _terms(settings: Settings) -> IntentTerms:
    return IntentTerms(
        bands=settings.grade_bands,
        way=settings.grade_scale,
        iv_roles=frozenset(settings.iv_roles),
        profile_fields=frozenset(settings.profile_fields),
    )


def _module_of(links: Links, entity: str) -> str | None:
    mapping = links.preset.module_for(entity)
    return mapping.module if mapping else None


def _in_clear(secrets: Sequence[SecretStr]) -> tuple[str, ...]:
    return tuple(secret.get_secret_value() for secret in secrets)
