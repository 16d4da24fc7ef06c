"""What the console asks of the rest of the bridge."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, tzinfo
from typing import Protocol

import httpx2
from msgspec import Struct
from pydantic import SecretStr

from mzi_bridge.client_address import Network
from mzi_bridge.clock import Clock
from mzi_bridge.errors import MziError
from mzi_bridge.journal.journal import Journal
from mzi_bridge.journal.runs import Run
from mzi_bridge.journal.seal import Seal
from mzi_bridge.pipeline.diagnosis import Check
from mzi_bridge.pipeline.links import Links
from mzi_bridge.pipeline.mapping_desk import MappingDesk
from mzi_bridge.pipeline.sync import Mode
from mzi_bridge.pipeline.sync_standing import Job
from mzi_bridge.settings.desk import SettingsDesk


class Syncs(Protocol):
    """`pipeline.sync_jobs.SyncJobs`, as far as the console needs it."""

    async def start(self, name: str | None, mode: Mode, *, dry_run: bool = False) -> Job: ...

    async def pause(self, job_id: int) -> Job: ...

    async def resume(self, job_id: int) -> Job: ...

    async def cancel(self, job_id: int) -> Job: ...


class Reconciles(Protocol):
    """`pipeline.reconcile.asked.Reconciler`, as far as the console needs it."""

    async def start(self, module: str | None, *, repair: bool) -> Run: ...


class SetUp(Protocol):
    """`app.set_up.SetUpDesk`. The checks raise SettingsError when nothing is there to check."""

    def accounts_origins(self) -> Sequence[str]: ...

    async def keep_application(self, values: Mapping[str, str], actor: str) -> None: ...

    async def consent_url(self, redirect_uri: str, state: str) -> str: ...

    async def take_consent(
        self, code: SecretStr, redirect_uri: str, location: str, actor: str
    ) -> None: ...

    def check_zoho(self) -> AsyncIterator[Check]: ...

    def check_moodle(self, address: str = "", token: str = "") -> AsyncIterator[Check]: ...

    async def keep_moodle(self, address: str, token: str, actor: str) -> None: ...

    async def keep_public_address(self, address: str, actor: str) -> None: ...

    async def new_event_key(self, actor: str) -> str: ...

    async def standing(self) -> SetUpStanding: ...


class SetUpStanding(Struct, frozen=True):
    """What is there already. `fixed` names the settings that the environment sets, which no page
    changes."""

    region: str
    environment: str
    client_id: str
    has_secret: bool
    has_consent: bool
    moodle_url: str
    has_moodle_token: bool
    public_url: str
    fixed: frozenset[str]


class OpenIdTerms(Struct, frozen=True):
    """Who may sign in at which issuer. `operators` and `viewers` are words: an e-mail address,
    `@domain`, or `claim=value` of the ID token. `secret` None: a public client (PKCE alone)."""

    issuer: str
    client_id: str
    secret: SecretStr | None
    operators: Sequence[str]
    viewers: Sequence[str]
    scopes: Sequence[str] = ("openid", "email", "profile")


class AdminTerms(Struct, frozen=True):
    """What of the settings of the environment the console's door goes by.

    `admin_token` None: nobody signs in by it. `openid` None: nobody by OpenID Connect.
    `plain_http_hosts` may be used without TLS, as this machine itself may.
    """

    admin_token: SecretStr | None = None
    openid: OpenIdTerms | None = None
    trusted_proxies: Sequence[Network] = ()
    plain_http_hosts: Sequence[str] = ()
    zone: tzinfo = UTC


class Facts(Struct, frozen=True):
    """What of the settings in force now the pages tell or use; they may change while it runs."""

    public_url: str | None
    moodle_enabled: bool
    poll_seconds: float
    daily_credits: int
    channel_hours: float
    event_keys: bool


class AdminPorts(Struct, frozen=True):
    """`links`, `syncs` and `reconciler` are of the running generation, None while the bridge is
    not set up or cannot start; `trouble` then says why.

    `transport` stands in for the network on the way to our own public address, in tests.
    """

    journal: Journal
    clock: Clock
    seal: Seal
    terms: AdminTerms
    facts: Callable[[], Facts]
    links: Callable[[], Links | None]
    syncs: Callable[[], Syncs | None]
    reconciler: Callable[[], Reconciles | None]
    set_up: SetUp
    trouble: Callable[[], MziError | None]
    mappings: MappingDesk
    settings: SettingsDesk
    transport: httpx2.AsyncBaseTransport | None = None
