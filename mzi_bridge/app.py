"""The composition root: the only place that builds everything and knows every part."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

import anyio
import httpx2
from anyio.abc import TaskGroup
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from mzi_bridge.api.ports import Operations
from mzi_bridge.api.routes import api_routes
from mzi_bridge.clock import Clock, SystemClock
from mzi_bridge.journal.journal import Journal
from mzi_bridge.journal.tokens import TokenRow, Tokens, account_of
from mzi_bridge.mapping import load_preset
from mzi_bridge.moodle.client import MoodleClient
from mzi_bridge.moodle.functions import MoodleFunctions
from mzi_bridge.pipeline.accept import accept_into
from mzi_bridge.pipeline.channel_terms import ChannelOutcome
from mzi_bridge.pipeline.channels import setup
from mzi_bridge.pipeline.duties import Terms, run_pusher, run_workers, timed_duties
from mzi_bridge.pipeline.gaps import NoticeGap
from mzi_bridge.pipeline.held import HeldDesk
from mzi_bridge.pipeline.intents import Terms as IntentTerms
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.profile import student_profile
from mzi_bridge.pipeline.supervise import supervised
from mzi_bridge.pipeline.sync_jobs import SyncJobs
from mzi_bridge.pipeline.take_events import take_into
from mzi_bridge.settings import Settings
from mzi_bridge.webhooks.moodle.ports import EventGuards, EventPorts
from mzi_bridge.webhooks.moodle.routes import moodle_routes
from mzi_bridge.webhooks.ports import Guards, Ports
from mzi_bridge.webhooks.routes import webhook_routes
from mzi_bridge.zoho.apis import ApiVersions
from mzi_bridge.zoho.client import ZohoClient
from mzi_bridge.zoho.editions import EDITIONS
from mzi_bridge.zoho.oauth import StoredToken
from mzi_bridge.zoho.regions import region
from mzi_bridge.zoho.reserve import CreditReserve
from mzi_bridge.zoho.spending import count


@dataclass(frozen=True)
class Bridge:
    settings: Settings
    links: Links


@asynccontextmanager
async def open_journal(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Journal]:
    """The journal alone, migrated and ready. Raises OperatorError or JournalUnavailable."""
    async with Journal.open(
        settings.database_url.get_secret_value(),
        clock=clock or SystemClock(),
        secret_keys=settings.secret_keys,
        tenant=settings.tenant,
    ) as journal:
        yield journal


@asynccontextmanager
async def open_bridge(
    settings: Settings,
    *,
    clock: Clock | None = None,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> AsyncIterator[Bridge]:
    """Everything the use cases need; `transport` stands in for the network in tests.

    Raises SettingsError naming what is missing, MappingErrors, and what `open_journal` does.
    """
    settings.require("zoho", "moodle", "secret_key")
    clock = clock or SystemClock()
    preset = load_preset(settings.mapping, deny=settings.mapping_deny)
    if not settings.photos:
        preset = preset.without_photos()
    async with AsyncExitStack() as stack:
        journal = await stack.enter_async_context(open_journal(settings, clock))
        zoho = await stack.enter_async_context(_zoho(settings, journal, clock, transport))
        moodle = await stack.enter_async_context(_moodle(settings, transport))
        links = Links(
            journal=journal,
            zoho=zoho,
            moodle=MoodleFunctions(moodle),
            preset=preset,
            clock=clock,
            batch_size=settings.batch_size,
        )
        yield Bridge(settings, links)


def create_app(
    settings: Settings,
    *,
    with_worker: bool = True,
    clock: Clock | None = None,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> Starlette:
    """The HTTP service. Its lifespan opens everything and, with a worker, does the work."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with (
            open_bridge(settings, clock=clock, transport=transport) as bridge,
            anyio.create_task_group() as tasks,
        ):
            app.state.bridge = bridge
            app.router.routes.extend(_routes(bridge, tasks))
            if with_worker:
                async with working(bridge):
                    yield
            else:
                yield
            tasks.cancel_scope.cancel()

    return Starlette(lifespan=lifespan)


@asynccontextmanager
async def working(bridge: Bridge) -> AsyncIterator[None]:
    """Everything a bridge does by itself, for as long as the block runs.

    On leaving, the batches in hand are finished; timed duties are dropped where they stand.
    """
    settings, links, stopping = bridge.settings, bridge.links, anyio.Event()
    terms = Terms(
        channel_hours=settings.channel_hours,
        poll_seconds=settings.poll_seconds,
        base_url=settings.webhook_base_url and str(settings.webhook_base_url),
        moodle_enabled=settings.moodle_enabled,
        reconcile_hours=settings.reconcile_hours,
        photo_days=settings.photo_days,
    )
    async with anyio.create_task_group() as timed:
        for name, duty in timed_duties(links, terms).items():
            timed.start_soon(supervised, name, links.clock, duty)
        async with anyio.create_task_group() as workers:
            if settings.moodle_enabled:
                workers.start_soon(run_workers, links, settings.lease_seconds, stopping)
            if settings.push:
                workers.start_soon(run_pusher, links, settings.lease_seconds, stopping)
            try:
                yield
            finally:
                stopping.set()
        timed.cancel_scope.cancel()


def _routes(bridge: Bridge, tasks: TaskGroup) -> list[BaseRoute]:
    links, settings = bridge.links, bridge.settings
    gap = NoticeGap(links)
    tasks.start_soon(supervised, "watch of the journal", links.clock, gap.watch)
    ports = Ports(
        accept=gap.guarded(accept_into(links.journal.inbox, links.preset.modules.keys())),
        channel=gap.guarded(links.journal.channels.get),
        module_of=lambda entity: _module_of(links, entity),
    )
    guards = Guards(
        tokens=_in_clear(settings.webhook_secrets),
        signature_keys=_in_clear(settings.signature_secrets),
        require_signature=settings.require_signature,
        allowed_ips=settings.webhook_allowed_ips,
        trusted_proxies=settings.trusted_proxies,
        body_limit=settings.body_limit,
        clock=links.clock,
    )
    syncs = SyncJobs(links, tasks, enabled=settings.moodle_enabled)
    if settings.moodle_enabled:
        tasks.start_soon(supervised, "pick-up of syncs", links.clock, syncs.pick_up)
    take = take_into(
        links.journal, links.preset, links.clock, _terms(settings), linger=settings.push_linger
    )
    event_guards = EventGuards(
        keys=_in_clear(settings.event_secrets),
        tokens=_in_clear(settings.event_tokens),
        tenant=settings.tenant,
        allowed_ips=settings.webhook_allowed_ips,
        trusted_proxies=settings.trusted_proxies,
        body_limit=settings.body_limit,
        clock=links.clock,
    )
    operations = Operations(
        syncs=syncs,
        set_up_channels=lambda: _set_up_channels(bridge),
        readiness={"database": links.journal.ping, "moodle": lambda: _ask_moodle(links)},
        alarms=links.journal.alarms.list,
        held=HeldDesk(links.journal),
        profile=partial(student_profile, links),
    )
    return [
        *webhook_routes(ports, guards),
        *moodle_routes(EventPorts(take), event_guards),
        *api_routes(operations, settings.admin_token),
    ]


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


async def _ask_moodle(links: Links) -> None:
    await links.moodle.status()


async def _set_up_channels(bridge: Bridge) -> Sequence[ChannelOutcome]:
    bridge.settings.require("webhooks")
    return await setup(
        bridge.links, str(bridge.settings.webhook_base_url), bridge.settings.channel_hours
    )


class _TokenStore:
    """The journal's sealed token as the Zoho client wants it."""

    def __init__(self, tokens: Tokens, account: str) -> None:
        self._tokens = tokens
        self._account = account

    async def load(self) -> StoredToken | None:
        row = await self._tokens.load(self._account)
        if row is None:
            return None
        return StoredToken(row.access_token, row.expires_at, row.api_domain)

    async def save(self, token: StoredToken) -> None:
        row = TokenRow(token.access_token, token.expires_at, token.api_domain)
        await self._tokens.save(row, self._account)

    def refreshing(self) -> AbstractAsyncContextManager[None]:
        return self._tokens.refreshing()


@asynccontextmanager
async def _zoho(
    settings: Settings,
    journal: Journal,
    clock: Clock,
    transport: httpx2.AsyncBaseTransport | None,
) -> AsyncIterator[ZohoClient]:
    centre = region(settings.zoho_region)
    versions = settings.zoho_versions()
    versions["channels"] = versions.pop("notifications")
    assert settings.zoho_client_id and settings.zoho_client_secret and settings.zoho_refresh_token
    accounts_url = settings.zoho_accounts_url or centre.accounts_url
    account = account_of(settings.zoho_client_id, settings.zoho_refresh_token, accounts_url)
    async with ZohoClient(
        api_url=settings.zoho_api_url or centre.api_url(settings.zoho_environment),
        accounts_url=accounts_url,
        client_id=settings.zoho_client_id,
        client_secret=settings.zoho_client_secret,
        refresh_token=settings.zoho_refresh_token,
        store=_TokenStore(journal.tokens, account),
        clock=clock,
        versions=ApiVersions(**versions),
        observer=count,
        timeout=settings.zoho_timeout,
        concurrency=settings.zoho_parallel or EDITIONS[settings.zoho_edition].parallel,
        credits=_credits(settings, journal),
        # A clock that stands for the world's measures the world's calls, too.
        stopwatch=time.monotonic if isinstance(clock, SystemClock) else clock.now,
        http_transport=transport,
    ) as zoho:
        yield zoho


def _credits(settings: Settings, journal: Journal) -> CreditReserve:
    return CreditReserve(
        journal.credits,
        daily=settings.zoho_daily_credits or EDITIONS[settings.zoho_edition].credits,
        percent=settings.zoho_credit_reserve,
    )


@asynccontextmanager
async def _moodle(
    settings: Settings, transport: httpx2.AsyncBaseTransport | None
) -> AsyncIterator[MoodleClient]:
    assert settings.moodle_base_url and settings.moodle_token
    async with MoodleClient(
        settings.moodle_base_url,
        settings.moodle_token,
        parallel=settings.moodle_parallel,
        timeout=settings.moodle_timeout,
        transport=transport,
    ) as moodle:
        yield moodle
