"""What the console needs to know of the settings."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

from mzi_bridge.admin.ports import AdminTerms, Facts, OpenIdTerms
from mzi_bridge.settings import Settings


def facts_of(settings: Settings, daily_credits: int) -> Facts:
    return Facts(
        public_url=settings.webhook_base_url,
        moodle_enabled=settings.moodle_enabled,
        poll_seconds=settings.poll_seconds,
        daily_credits=daily_credits,
        channel_hours=settings.channel_hours,
        event_keys=bool(settings.event_secrets or settings.event_tokens),
    )


def terms_of(settings: Settings) -> AdminTerms:
    return AdminTerms(
        admin_token=settings.admin_token,
        openid=_openid(settings),
        trusted_proxies=settings.trusted_proxies,
        plain_http_hosts=settings.plain_http_hosts,
        zone=UTC if settings.time_zone == "UTC" else ZoneInfo(settings.time_zone),
    )


def _openid(settings: Settings) -> OpenIdTerms | None:
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    return OpenIdTerms(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret,
        settings.oidc_operators,
        settings.oidc_viewers,
        settings.oidc_scopes,
    )
