"""Every setting of the bridge: its name, shape, default and description, in one table.

The same table renders `config/env.example` and `docs/settings.md` (see `settings.docs`).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from mzi_bridge.settings.errors import SettingFault, SettingsError
from mzi_bridge.settings.types import (
    AdminToken,
    DatabaseUrl,
    EventKeys,
    FernetKeys,
    GradeBands,
    IssuerUrl,
    Networks,
    Origins,
    People,
    Secrets,
    SignatureSwitch,
    TimeZone,
    Url,
    Words,
)
from mzi_bridge.zoho_scopes import LISTED_SCOPES

Region = Literal["us", "eu", "in", "au", "jp", "cn", "ca", "sa", "uk", "ae", "sg"]
Edition = Literal["free", "standard", "professional", "enterprise", "ultimate"]
Need = Literal["zoho", "zoho_application", "moodle", "webhooks", "admin", "secret_key", "events"]

_NEEDS: dict[Need, tuple[str, ...]] = {
    "zoho": ("zoho_client_id", "zoho_client_secret", "zoho_refresh_token"),
    "zoho_application": ("zoho_client_id", "zoho_client_secret"),
    "moodle": ("moodle_base_url", "moodle_token"),
    "webhooks": ("webhook_base_url",),
    "admin": ("admin_token",),
    "secret_key": ("secret_keys",),
    "events": ("event_secrets",),
}
NEEDED = frozenset(field for fields in _NEEDS.values() for field in fields)
ZOHO_FAMILIES = (
    "records",
    "deleted",
    "search",
    "coql",
    "metadata",
    "notifications",
    "attachments",
    "bulk",
)


def _setting(
    name: str,
    group: str,
    description: str,
    *,
    example: str = "",
    default: Any = None,
    editable: bool = False,
    **limits: Any,
) -> Any:
    """`editable`: it can be set on a page or by the API, too, where the environment says nothing.
    Nothing that says who may come in, where the database is or which file is read."""
    return Field(
        default=default,
        validation_alias=name,
        description=description,
        examples=[example or str(default).lower()],
        json_schema_extra={"group": group, "editable": editable},
        **limits,
    )


def _version(family: str, what: str) -> Any:
    return _setting(
        f"MZI_ZOHO_API_VERSION_{family}",
        "Zoho",
        f"CRM API version for {what}. Zoho dates its API families differently.",
        default="v2",
        pattern=r"^v\d{1,2}(\.\d)?$",
    )


class Settings(BaseModel):
    """The bridge's settings. Read them with `load_settings`; secrets are `SecretStr`."""

    model_config = ConfigDict(
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        validate_by_name=True,
        validate_by_alias=True,
    )

    plain_http_hosts: Words = _setting(
        "MZI_PLAIN_HTTP_HOSTS",
        "Network",
        "Host names that may be reached without TLS, comma separated: only for a private "
        "container network. This machine itself never needs to be listed.",
        example="moodle,bridge",
        default=(),
    )

    database_url: DatabaseUrl = _setting(
        "DATABASE_URL",
        "Database",
        "Where the bridge keeps its queue: a SQLite file, or PostgreSQL when several "
        "processes or machines share the work.",
        example="postgresql+psycopg://mzi:password@localhost/mzi",
        default=SecretStr("sqlite:///mzi.sqlite3"),
    )
    secret_keys: FernetKeys = _setting(
        "MZI_SECRET_KEY",
        "Database",
        "Fernet key that encrypts cached OAuth tokens, and what of Moodle waits to be written into "
        "the CRM. Several keys, comma separated, rotate: "
        "the first encrypts, all decrypt. Make one with: python -c 'from cryptography.fernet "
        "import Fernet; print(Fernet.generate_key().decode())'",
        example="the output of that command, 44 characters",
        default=(),
    )
    tenant: str = _setting(
        "MZI_TENANT",
        "Database",
        "Name of this Zoho–Moodle pair in the database. One database can serve several pairs.",
        default="default",
        pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$",
    )

    moodle_base_url: Url | None = _setting(
        "MOODLE_BASE_URL",
        "Moodle",
        "The site's address, exactly its wwwroot.",
        example="https://moodle.example.org",
        editable=True,
    )
    moodle_token: SecretStr | None = _setting(
        "MOODLE_TOKEN",
        "Moodle",
        "Web-service token of the bridge's own user; Moodle's page Access of the bridge makes it.",
        example="32 hexadecimal characters",
        editable=True,
    )
    moodle_enabled: bool = _setting(
        "MOODLE_ENABLED",
        "Moodle",
        "Whether records are delivered to Moodle. Off: changes are taken in and wait.",
        default=True,
        editable=True,
    )

    moodle_parallel: int = _setting(
        "MZI_MOODLE_PARALLEL",
        "Moodle",
        "Most calls of Moodle under way at once from one process.",
        default=2,
        ge=1,
        le=32,
        editable=True,
    )
    moodle_timeout: float = _setting(
        "MZI_MOODLE_TIMEOUT",
        "Moodle",
        "Seconds a call of Moodle may take.",
        default=60.0,
        ge=1,
        le=600,
        editable=True,
    )

    zoho_client_id: str | None = _setting(
        "ZOHO_CLIENT_ID",
        "Zoho",
        "Client id from Zoho's API console.",
        example="1000.ABCDEFGHIJKLMNOPQRSTUVWXYZ0123",
        editable=True,
    )
    zoho_client_secret: SecretStr | None = _setting(
        "ZOHO_CLIENT_SECRET",
        "Zoho",
        "Client secret from Zoho's API console.",
        example="42 hexadecimal characters",
        editable=True,
    )
    zoho_refresh_token: SecretStr | None = _setting(
        "ZOHO_REFRESH_TOKEN",
        "Zoho",
        f"Refresh token of the consent, with the scopes {LISTED_SCOPES}.",
        example="1000.0123abcd.4567efab",
        editable=True,
    )
    zoho_region: Region = _setting(
        "ZOHO_REGION",
        "Zoho",
        f"Data centre that holds the CRM organisation: {', '.join(get_args(Region))}.",
        example="eu",
        default="us",
        editable=True,
    )
    zoho_environment: Literal["production", "sandbox", "developer"] = _setting(
        "ZOHO_ENVIRONMENT",
        "Zoho",
        "Which of the organisation's CRMs: production, sandbox or developer.",
        example="sandbox",
        default="production",
        editable=True,
    )
    zoho_accounts_url: Url | None = _setting(
        "ZOHO_ACCOUNTS_URL",
        "Zoho",
        "Address of the OAuth server, instead of the region's own.",
        example="http://127.0.0.1:9001",
    )
    zoho_api_url: Url | None = _setting(
        "ZOHO_API_URL",
        "Zoho",
        "Address of the CRM API, instead of the region's own.",
        example="http://127.0.0.1:9001",
    )
    zoho_version_records: str = _version("RECORDS", "reading and writing records")
    zoho_version_deleted: str = _version("DELETED", "the list of deleted records")
    zoho_version_search: str = _version("SEARCH", "search")
    zoho_version_coql: str = _version("COQL", "COQL queries")
    zoho_version_metadata: str = _version("METADATA", "modules and fields")
    zoho_version_notifications: str = _version("NOTIFICATIONS", "notification channels")
    zoho_version_attachments: str = _version("ATTACHMENTS", "attachments and photos")
    zoho_version_bulk: str = _version("BULK", "bulk reads")
    zoho_edition: Edition = _setting(
        "MZI_ZOHO_EDITION",
        "Zoho",
        f"The organisation's edition of Zoho CRM: {', '.join(get_args(Edition))}. It says how many "
        "calls may be under way at once (5, 10, 15, 20, 25) and how many API credits a day has.",
        example="enterprise",
        default="standard",
        editable=True,
    )
    zoho_daily_credits: int | None = _setting(
        "MZI_ZOHO_DAILY_CREDITS",
        "Zoho",
        "API credits of the whole organisation in 24 hours, as Setup, Developer Hub, APIs and "
        "SDKs shows them. Unset: what the edition has without any licence, 5000 (free) or 50000.",
        example="120000",
        ge=100,
        editable=True,
    )
    zoho_credit_reserve: int = _setting(
        "MZI_ZOHO_CREDIT_RESERVE",
        "Zoho",
        "Percent of the day's credits kept for live work: backfill, poll and reconcile wait "
        "rather than touch them.",
        default=20,
        ge=0,
        le=95,
        editable=True,
    )
    zoho_parallel: int | None = _setting(
        "MZI_ZOHO_PARALLEL",
        "Zoho",
        "Most calls of the CRM under way at once from one process, instead of the edition's "
        "number. The bridge makes fewer by itself when Zoho asks for it.",
        example="8",
        ge=1,
        le=25,
        editable=True,
    )
    zoho_timeout: float = _setting(
        "MZI_ZOHO_TIMEOUT",
        "Zoho",
        "Seconds a call of the CRM may take.",
        default=30.0,
        ge=1,
        le=300,
        editable=True,
    )
    channel_hours: int = _setting(
        "MZI_CHANNEL_HOURS",
        "Zoho",
        "Hours of life asked for a notification channel. CRM API v2 grants up to 24; a longer "
        "wish falls back to one hour without a word. Channels are renewed at half-life.",
        default=24,
        ge=1,
        le=168,
        editable=True,
    )
    poll_seconds: int = _setting(
        "MZI_POLL_SECONDS",
        "Zoho",
        "Mean seconds between two delta polls of a module, which repair lost notifications. "
        "0 turns them off.",
        default=900,
        ge=0,
        le=86_400,
        editable=True,
    )
    reconcile_hours: float = _setting(
        "MZI_RECONCILE_HOURS",
        "Zoho",
        "Hours between two reconciliations, which compare Moodle with the CRM record by record "
        "and mend what differs. 1 is cheap enough; 0 turns them off.",
        default=24.0,
        ge=0.0,
        le=720.0,
        editable=True,
    )

    photos: bool = _setting(
        "MZI_PHOTOS",
        "Mapping",
        "Whether students' photos are brought to Moodle, where the mapping says where they are.",
        default=True,
        editable=True,
    )
    photo_days: float = _setting(
        "MZI_PHOTO_DAYS",
        "Mapping",
        "Days after which a photo is looked at again though nothing told of a change: one or two "
        "API credits for each student in that time. 0 turns it off.",
        default=30.0,
        ge=0.0,
        le=3650.0,
        editable=True,
    )

    mapping: str = _setting(
        "MZI_MAPPING",
        "Mapping",
        "Field mapping: the preset btec or guide, or the path of a TOML file.",
        default="btec",
        min_length=1,
    )
    mapping_deny: Words = _setting(
        "MZI_MAPPING_DENY",
        "Mapping",
        "CRM fields that no mapping may read, comma separated, beside those always refused.",
        example="Passport_Number,Medical_*",
        default=(),
    )

    webhook_base_url: Url | None = _setting(
        "WEBHOOK_BASE_URL",
        "Webhooks",
        "The bridge's public address; Zoho sends notifications to it.",
        example="https://bridge.example.org",
        editable=True,
    )
    webhook_secrets: Secrets = _setting(
        "MZI_WEBHOOK_SECRETS",
        "Webhooks",
        "Secrets that workflow webhooks send in the header X-MZI-Token or the body field token, "
        "comma separated: the current one and, while rotating, the previous one.",
        example="at least 20 random characters",
        default=(),
        editable=True,
    )
    signature_secrets: Secrets = _setting(
        "MZI_SIGNATURE_SECRETS",
        "Webhooks",
        "Keys of X-Zoho-Signature, the hexadecimal HMAC-SHA256 of a workflow webhook's body, "
        "comma separated for rotation.",
        example="at least 20 random characters",
        default=(),
        editable=True,
    )
    require_signature: SignatureSwitch = _setting(
        "MZI_REQUIRE_SIGNATURE",
        "Webhooks",
        "Whether a workflow webhook without X-Zoho-Signature is refused.",
        example="true",
        default=False,
        editable=True,
    )
    webhook_allowed_ips: Networks = _setting(
        "MZI_WEBHOOK_ALLOWED_IPS",
        "Webhooks",
        "Addresses or CIDR ranges that may send webhooks and Moodle's events, comma separated: "
        "name those of Zoho and of Moodle. Empty: any.",
        example="192.0.2.0/24,2001:db8::/32",
        default=(),
    )
    trusted_proxies: Networks = _setting(
        "MZI_TRUSTED_PROXIES",
        "Webhooks",
        "Addresses or CIDR ranges of the proxies in front of the bridge, whose X-Forwarded-For "
        "is believed. Empty: the header is ignored.",
        example="127.0.0.1,10.0.0.0/8",
        default=(),
    )
    body_limit: int = _setting(
        "MZI_BODY_LIMIT",
        "Webhooks",
        "Largest request body in bytes.",
        default=1_048_576,
        ge=1024,
        le=16_777_216,
    )

    event_secrets: EventKeys = _setting(
        "MZI_EVENT_SECRETS",
        "Events",
        "Keys of the Standard Webhooks signature by which Moodle's events are proven, comma "
        "separated: the current one and, while rotating, the previous one. Each is whsec_ and the "
        "base64 of 24 to 64 random bytes.",
        example="the output of: python -c 'import base64, secrets; "
        'print("whsec_" + base64.b64encode(secrets.token_bytes(32)).decode())\'',
        default=(),
        editable=True,
    )
    event_tokens: Secrets = _setting(
        "MZI_EVENT_TOKENS",
        "Events",
        "Secrets that other senders of events may show in the header X-Moodle-Token instead of a "
        "signature, comma separated for rotation.",
        example="at least 20 random characters",
        default=(),
        editable=True,
    )
    push: bool = _setting(
        "MZI_PUSH",
        "Events",
        "Whether what Moodle tells is written into the CRM. Off: it is taken in and waits.",
        default=True,
        editable=True,
    )
    push_linger: float = _setting(
        "MZI_PUSH_LINGER",
        "Events",
        "Seconds that a write into the CRM waits for others to go with it: up to 100 rows share "
        "a call.",
        default=2.0,
        ge=0.0,
        le=60.0,
        editable=True,
    )
    profile_fields: Words = _setting(
        "MZI_PROFILE_FIELDS",
        "Events",
        "CRM fields of a student that a change of the Moodle profile may write, comma separated. "
        "Empty: none, for the CRM owns people. What is empty in the profile clears nothing.",
        example="Phone_Number,City,Country",
        default=(),
        editable=True,
    )
    grade_bands: GradeBands = _setting(
        "MZI_GRADE_BANDS",
        "Events",
        "Least percent of a distinction, a merit and a pass; what is below is a referral.",
        example="70,60,40",
        default=(Decimal(70), Decimal(60), Decimal(40)),
        editable=True,
    )
    grade_scale: Literal["bands", "words", "auto"] = _setting(
        "MZI_GRADE_SCALE",
        "Events",
        "How a grade becomes a letter: bands (by percent), words (of a scale: refer, pass, merit, "
        "distinction) or auto (words where the item has a scale, else bands).",
        example="auto",
        default="auto",
        editable=True,
    )
    iv_roles: Words = _setting(
        "MZI_IV_ROLES",
        "Events",
        "Short names of the Moodle roles that verify internally: their holder's name becomes the "
        "verifier of a grade, not its grader.",
        example="internalverifier",
        default=("internalverifier",),
        editable=True,
    )

    batch_size: int = _setting(
        "MZI_BATCH_SIZE",
        "Work",
        "Most records that travel together, at most 500 (the plugin's own limit); fewer while "
        "Moodle answers slowly.",
        default=500,
        ge=1,
        le=500,
        editable=True,
    )
    lease_seconds: int = _setting(
        "MZI_LEASE_SECONDS",
        "Work",
        "Seconds after which records claimed by a dead worker are taken over by another.",
        default=120,
        ge=10,
        le=3600,
    )

    host: str = _setting(
        "MZI_HOST",
        "Network",
        "Address the server listens on.",
        example="192.0.2.10",
        default="127.0.0.1",
        min_length=1,
    )
    port: int = _setting(
        "MZI_PORT",
        "Network",
        "Port the server listens on; 0 takes a free one.",
        default=8000,
        ge=0,
        le=65_535,
    )
    admin_token: AdminToken | None = _setting(
        "ADMIN_TOKEN",
        "Network",
        "Token of the administration API (Bearer) and of the console's sign-in, at least 32 "
        "characters. Unset: only API keys open the API.",
        example="the output of: python -c 'import secrets; print(secrets.token_urlsafe(32))'",
    )
    api_rate: int = _setting(
        "MZI_API_RATE",
        "Network",
        "Calls of the API that one key, or one address without a key, may make in a minute. What "
        "Zoho and Moodle post is not counted.",
        default=300,
        ge=1,
        le=100_000,
    )
    auth_failures: int = _setting(
        "MZI_AUTH_FAILURES",
        "Network",
        "Requests a minute from one address that may fail to prove who is asking, before it is "
        "told to wait.",
        default=20,
        ge=1,
        le=10_000,
    )
    cors_origins: Origins = _setting(
        "MZI_CORS_ORIGINS",
        "Network",
        "Origins whose pages may call the API from a browser, comma separated, each exactly as "
        "the browser sends it. Empty: none.",
        example="https://school.example.org",
        default=(),
    )

    oidc_issuer: IssuerUrl | None = _setting(
        "MZI_OIDC_ISSUER",
        "Console",
        "OpenID Connect issuer at which people sign in to the console, exactly as its discovery "
        "document writes it. Unset: they sign in with ADMIN_TOKEN only.",
        example="https://accounts.google.com",
    )
    oidc_client_id: str | None = _setting(
        "MZI_OIDC_CLIENT_ID",
        "Console",
        "Client id that the issuer gave. The address it leads back to is the console's own with "
        "/admin/openid/back.",
        example="0123456789-abc.apps.googleusercontent.com",
    )
    oidc_client_secret: SecretStr | None = _setting(
        "MZI_OIDC_CLIENT_SECRET",
        "Console",
        "Client secret that the issuer gave. Unset: a public client, by PKCE alone.",
        example="24 random characters",
    )
    oidc_operators: People = _setting(
        "MZI_OIDC_OPERATORS",
        "Console",
        "Who may look and act, comma separated: e-mail addresses (verified by the issuer), "
        "@domains of them, or claim=value of the ID token.",
        example="registrar@school.example,roles=MZI.Operator",
        default=(),
    )
    oidc_viewers: People = _setting(
        "MZI_OIDC_VIEWERS",
        "Console",
        "Who may look, in the same words. Whoever is on neither list is not let in.",
        example="@school.example",
        default=(),
    )
    oidc_scopes: Words = _setting(
        "MZI_OIDC_SCOPES",
        "Console",
        "Scopes asked of the issuer, comma separated; openid among them.",
        example="openid,email,profile",
        default=("openid", "email", "profile"),
    )
    time_zone: TimeZone = _setting(
        "MZI_TIME_ZONE",
        "Console",
        "Time zone in which the console tells days and hours.",
        example="Asia/Amman",
        default="UTC",
    )

    log_level: Literal["debug", "info", "warning", "error"] = _setting(
        "MZI_LOG_LEVEL",
        "Network",
        "Least severe message that is logged: debug, info, warning or error.",
        default="info",
    )
    work_port: int | None = _setting(
        "MZI_WORK_PORT",
        "Network",
        "Port on which `mzi work` answers /health and /metrics. Empty: none; each process on a "
        "machine needs its own.",
        default=None,
        ge=1,
        le=65_535,
        example="8001",
    )
    trace_endpoint: Url | None = _setting(
        "MZI_TRACE_ENDPOINT",
        "Network",
        "Address of an OpenTelemetry collector (OTLP over HTTP) that spans are sent to; needs "
        "mzi-bridge[traces]. Empty: none.",
        default=None,
        example="http://127.0.0.1:4318/v1/traces",
    )
    log_format: Literal["auto", "json", "console"] = _setting(
        "MZI_LOG_FORMAT",
        "Network",
        "How log lines are written: json, console (for people), or auto: console where standard "
        "error is a terminal, else json.",
        default="auto",
    )

    def zoho_versions(self) -> dict[str, str]:
        """API family (`records`, `notifications`, …) to its version."""
        return {family: getattr(self, f"zoho_version_{family}") for family in ZOHO_FAMILIES}

    def require(self, *needs: Need) -> None:
        """Raises SettingsError that lists every setting missing for these needs."""
        fields = [field for need in needs for field in _NEEDS[need]]
        if faults := [_missing(field) for field in fields if not getattr(self, field)]:
            raise SettingsError(faults)


def _missing(field: str) -> SettingFault:
    return SettingFault(setting_name(field), "is not set", setting_example(field))


def _editable() -> frozenset[str]:
    fields = Settings.model_fields.items()
    return frozenset(
        name
        for name, info in fields
        if isinstance(info.json_schema_extra, dict) and info.json_schema_extra.get("editable")
    )


EDITABLE = _editable()
"""Attributes of Settings that may be stored in the journal."""


def setting_name(field: str) -> str:
    """The name that users write, of an attribute of Settings."""
    return str(Settings.model_fields[field].validation_alias)


def setting_example(field: str) -> str:
    return str((Settings.model_fields[field].examples or [""])[0])
