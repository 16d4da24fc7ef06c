"""Connecting both sides while the bridge runs, or before it can: tried for real, then stored."""

from __future__ import annotations

import base64
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import httpx2
from msgspec import Struct
from pydantic import SecretStr

from mzi_bridge.admin.ports import SetUpStanding
from mzi_bridge.app.configured import Configured, configured
from mzi_bridge.app.links import moodle_client, zoho_client
from mzi_bridge.app.settings_desk import SettingsDesk
from mzi_bridge.clock import Clock
from mzi_bridge.errors import OperatorError
from mzi_bridge.journal.journal import Journal
from mzi_bridge.mapping import Preset
from mzi_bridge.moodle.functions import MoodleFunctions
from mzi_bridge.pipeline.batch_size import BatchSize
from mzi_bridge.pipeline.diagnosis import Check
from mzi_bridge.pipeline.doctor_moodle import examine_moodle
from mzi_bridge.pipeline.doctor_zoho import examine_zoho
from mzi_bridge.settings import Settings
from mzi_bridge.zoho.apis import ZohoApis
from mzi_bridge.zoho.grants import ZohoGrants
from mzi_bridge.zoho.regions import REGIONS, region
from mzi_bridge.zoho_scopes import ZOHO_SCOPES


class _OneSide(Struct, frozen=True):
    """What of Links there is as long as only one side is connected."""

    preset: Preset
    clock: Clock
    batches: BatchSize


class _Zoho(_OneSide, frozen=True):
    zoho: ZohoApis


class _Moodle(_OneSide, frozen=True):
    moodle: MoodleFunctions


class SetUpDesk:
    """`environment` are the settings that the process was started with; `settled` returns when a
    stored change was taken up.

    Every method raises JournalUnavailable, and SettingsError that names what is missing or wrong.
    """

    def __init__(
        self,
        journal: Journal,
        environment: Settings,
        clock: Clock,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
        settled: Callable[[], Awaitable[None]],
    ) -> None:
        self._settled = settled
        self._journal = journal
        self._environment = environment
        self._clock = clock
        self._transport = transport
        self._desk = SettingsDesk(journal, environment)

    def accounts_origins(self) -> tuple[str, ...]:
        """Where a consent may lead to."""
        if self._environment.zoho_accounts_url:
            return (self._environment.zoho_accounts_url,)
        return tuple(known.accounts_url for known in REGIONS.values())

    async def standing(self) -> SetUpStanding:
        """What is there already, whatever is wrong with the rest."""
        views = {view.name: view for view in await self._desk.list()}

        def text(name: str) -> str:
            return views[name].value or ""

        return SetUpStanding(
            region=text("ZOHO_REGION"),
            environment=text("ZOHO_ENVIRONMENT"),
            client_id=text("ZOHO_CLIENT_ID"),
            has_secret=views["ZOHO_CLIENT_SECRET"].is_set,
            has_consent=views["ZOHO_REFRESH_TOKEN"].is_set,
            moodle_url=text("MOODLE_BASE_URL"),
            has_moodle_token=views["MOODLE_TOKEN"].is_set,
            public_url=text("WEBHOOK_BASE_URL"),
            fixed=frozenset(name for name, view in views.items() if view.source == "environment"),
        )

    async def keep_application(self, values: Mapping[str, str], actor: str) -> None:
        """Stores region, environment, client id and client secret; the consent for another
        client is forgotten."""
        wanted: dict[str, str | None] = dict(values)
        now = await configured(self._journal, self._environment)
        if now.settings.zoho_client_id != wanted.get("ZOHO_CLIENT_ID"):
            wanted["ZOHO_REFRESH_TOKEN"] = None
        await self._change(await self._own(wanted), actor)

    async def consent_url(self, redirect_uri: str, state: str) -> str:
        """Where a person with an administrator's account in the CRM agrees."""
        now = await configured(self._journal, self._environment)
        async with self._grants(now.settings, None) as grants:
            return grants.consent_url(ZOHO_SCOPES, redirect_uri, state)

    async def take_consent(
        self, code: SecretStr, redirect_uri: str, location: str, actor: str
    ) -> None:
        """Trades the code of a consent for the refresh token, and stores it with the data centre
        that Zoho named (`location`).

        Raises OperatorError consent_without_token, and what the accounts server refuses.
        """
        now = await configured(self._journal, self._environment)
        centre = location if location in REGIONS else now.settings.zoho_region
        async with self._grants(now.settings, centre) as grants:
            granted = await grants.exchange(code, redirect_uri)
        if granted.refresh_token is None:
            raise OperatorError(
                "Zoho gave no lasting token for this consent.",
                reason="consent_without_token",
                fix="Take the application out of the account's connected apps, and agree again.",
            )
        values = {"ZOHO_REFRESH_TOKEN": granted.refresh_token, "ZOHO_REGION": centre}
        await self._change(await self._own(values), actor)

    async def check_zoho(self) -> AsyncIterator[Check]:
        """The CRM's lines of the doctor, asked now."""
        now = await configured(self._journal, self._environment)
        now.settings.require("zoho")
        async with zoho_client(now.settings, self._journal, self._clock, self._transport) as zoho:
            async for check in examine_zoho(_Zoho(*self._common(now), zoho)):
                yield check

    async def check_moodle(self, address: str = "", token: str = "") -> AsyncIterator[Check]:
        """Moodle's lines of the doctor, asked now, of the connected site or of the one given."""
        now = await configured(self._journal, self._environment)
        settings = now.settings
        if address:
            given = {"MOODLE_BASE_URL": address, "MOODLE_TOKEN": token}
            settings = await self._desk.tried(given)
        settings.require("moodle")
        async with moodle_client(settings, self._transport) as moodle:
            side = _Moodle(*self._common(now), MoodleFunctions(moodle))
            async for check in examine_moodle(side):
                yield check

    async def keep_moodle(self, address: str, token: str, actor: str) -> None:
        await self._change({"MOODLE_BASE_URL": address, "MOODLE_TOKEN": token}, actor)

    async def keep_public_address(self, address: str, actor: str) -> None:
        await self._change({"WEBHOOK_BASE_URL": address}, actor)

    async def new_event_key(self, actor: str) -> str:
        """A key by which Moodle signs its events, to be shown once; the last one still counts, so
        that nothing is refused until Moodle has the new one."""
        key = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        kept = (await self._desk.stored_text("MZI_EVENT_SECRETS") or "").split(",")
        await self._change({"MZI_EVENT_SECRETS": ",".join([key, *kept[:1]]).strip(",")}, actor)
        return key

    async def _change(self, values: Mapping[str, str | None], actor: str) -> None:
        """Returns when the bridge goes by it."""
        await self._desk.change(values, actor)
        await self._settled()

    async def _own(self, values: Mapping[str, str | None]) -> dict[str, str | None]:
        """Without what the environment sets to the same."""
        views = {view.name: view for view in await self._desk.list()}
        return {
            name: value
            for name, value in values.items()
            if views[name].editable or (value is not None and views[name].value != value)
        }

    def _common(self, now: Configured) -> tuple[Preset, Clock, BatchSize]:
        return now.preset(), self._clock, BatchSize(now.settings.batch_size)

    @asynccontextmanager
    async def _grants(self, settings: Settings, centre: str | None) -> AsyncIterator[ZohoGrants]:
        settings.require("zoho_application")
        assert settings.zoho_client_id and settings.zoho_client_secret
        grants = ZohoGrants(
            accounts_url=settings.zoho_accounts_url
            or region(centre or settings.zoho_region).accounts_url,
            client_id=settings.zoho_client_id,
            client_secret=settings.zoho_client_secret,
            timeout=settings.zoho_timeout,
            http_transport=self._transport,
        )
        try:
            yield grants
        finally:
            await grants.aclose()
