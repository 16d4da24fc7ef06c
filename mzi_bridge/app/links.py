"""Both sides, the journal and the mapping, opened as the configuration says."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import httpx2
from msgspec import Struct, field

from mzi_bridge.app.configured import configured
from mzi_bridge.clock import Clock, SystemClock
from mzi_bridge.journal.journal import Journal
from mzi_bridge.journal.tokens import TokenRow, Tokens, account_of
from mzi_bridge.moodle.client import CallObserver, MoodleClient
from mzi_bridge.moodle.functions import MoodleFunctions
from mzi_bridge.pipeline.batch_size import BatchSize
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.trail import Trail
from mzi_bridge.settings import Need, Settings
from mzi_bridge.zoho.apis import ApiVersions
from mzi_bridge.zoho.client import ZohoClient
from mzi_bridge.zoho.editions import EDITIONS
from mzi_bridge.zoho.oauth import StoredToken
from mzi_bridge.zoho.regions import region
from mzi_bridge.zoho.reserve import CreditReserve
from mzi_bridge.zoho.spending import count
from mzi_bridge.zoho.transport import CallReport, Observer

NEEDED: tuple[Need, ...] = ("zoho", "moodle")


class Observers(Struct, frozen=True):
    """Who hears of each call of the CRM and of Moodle, and who follows the changes."""

    zoho: tuple[Observer, ...] = ()
    moodle: tuple[CallObserver, ...] = ()
    trail: Trail = field(default_factory=Trail)


NOBODY = Observers()


class Bridge(Struct, frozen=True):
    """`settings` are those that count: the environment's and, under them, the stored ones.
    `generation` is the configuration's number that they are of."""

    settings: Settings
    links: Links
    generation: int = 0


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
    needs: Sequence[Need] = (),
) -> AsyncIterator[Bridge]:
    """Everything the use cases need; `transport` stands in for the network in tests, `needs` are
    settings that the caller wants besides.

    Raises what `open_journal` and `bridge_on` do.
    """
    check_start(settings, needs)
    clock = clock or SystemClock()
    async with (
        open_journal(settings, clock) as journal,
        bridge_on(journal, settings, clock, transport, needs) as bridge,
    ):
        yield bridge


def check_start(settings: Settings, needs: Sequence[Need] = ()) -> None:
    """Raises SettingsError where no journal is needed to see that something is missing: without a
    secret key what is stored cannot be read, and all must stand in the environment."""
    if not settings.secret_keys:
        settings.require("secret_key", *NEEDED, *needs)


@asynccontextmanager
async def bridge_on(
    journal: Journal,
    settings: Settings,
    clock: Clock,
    transport: httpx2.AsyncBaseTransport | None = None,
    needs: Sequence[Need] = (),
    observers: Observers = NOBODY,
) -> AsyncIterator[Bridge]:
    """A bridge by the configuration as it is now.

    Raises SettingsError naming what is missing, MappingErrors, JournalUnavailable.
    """
    now = await configured(journal, settings)
    now.settings.require("secret_key", *NEEDED, *needs)
    preset = now.preset() if now.settings.photos else now.preset().without_photos()
    async with AsyncExitStack() as stack:
        zoho = await stack.enter_async_context(
            zoho_client(now.settings, journal, clock, transport, observers.zoho)
        )
        moodle = await stack.enter_async_context(
            moodle_client(now.settings, transport, observers.moodle)
        )
        links = Links(
            journal=journal,
            zoho=zoho,
            moodle=MoodleFunctions(moodle),
            preset=preset,
            clock=clock,
            batches=BatchSize(now.settings.batch_size),
            trail=observers.trail,
        )
        yield Bridge(now.settings, links, now.generation)


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
async def zoho_client(
    settings: Settings,
    journal: Journal,
    clock: Clock,
    transport: httpx2.AsyncBaseTransport | None,
    observers: Sequence[Observer] = (),
) -> AsyncIterator[ZohoClient]:
    centre = region(settings.zoho_region)
    versions = settings.zoho_versions()
    versions["channels"] = versions.pop("notifications")
    assert settings.zoho_client_id and settings.zoho_client_secret and settings.zoho_refresh_token
    accounts_url = settings.zoho_accounts_url or centre.accounts_url

    def heard(report: CallReport) -> None:
        for observer in (count, *observers):
            observer(report)

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
        observer=heard,
        timeout=settings.zoho_timeout,
        concurrency=settings.zoho_parallel or EDITIONS[settings.zoho_edition].parallel,
        credits=_credits(settings, journal),
        # A clock that stands for the world's measures the world's calls, too.
        stopwatch=time.monotonic if isinstance(clock, SystemClock) else clock.now,
        http_transport=transport,
    ) as zoho:
        yield zoho


def daily_credits(settings: Settings) -> int:
    return settings.zoho_daily_credits or EDITIONS[settings.zoho_edition].credits


def _credits(settings: Settings, journal: Journal) -> CreditReserve:
    return CreditReserve(
        journal.credits,
        daily=daily_credits(settings),
        percent=settings.zoho_credit_reserve,
    )


@asynccontextmanager
async def moodle_client(
    settings: Settings,
    transport: httpx2.AsyncBaseTransport | None,
    observers: Sequence[CallObserver] = (),
) -> AsyncIterator[MoodleClient]:
    def heard(function: str, outcome: str, seconds: float) -> None:
        for observer in observers:
            observer(function, outcome, seconds)

    assert settings.moodle_base_url and settings.moodle_token
    async with MoodleClient(
        settings.moodle_base_url,
        settings.moodle_token,
        parallel=settings.moodle_parallel,
        timeout=settings.moodle_timeout,
        transport=transport,
        observer=heard,
    ) as moodle:
        yield moodle
