"""Who may ask, and how often: what stays while the bridges behind it change."""

from __future__ import annotations

from msgspec import Struct

from mzi_bridge.api.door import Door
from mzi_bridge.api.ports import Audit
from mzi_bridge.clock import Clock
from mzi_bridge.journal.journal import Journal
from mzi_bridge.rate_limit import RateLimit
from mzi_bridge.settings import Settings

MINUTE = 60.0


class Doors(Struct, frozen=True):
    """`api` is the door of the API; `failures` counts by address what was not proven, there and
    at the doors of Zoho and Moodle; `audit` keeps who changed what."""

    api: Door
    failures: RateLimit
    audit: Audit


def doors_of(settings: Settings, journal: Journal, clock: Clock) -> Doors:
    """By the settings of the environment: a change that is stored opens no door."""
    failures = RateLimit(settings.auth_failures, MINUTE, clock)
    token = settings.admin_token
    door = Door(
        token.get_secret_value() if token else None,
        journal.api_keys,
        rate=RateLimit(settings.api_rate, MINUTE, clock),
        failures=failures,
        trusted_proxies=settings.trusted_proxies,
    )
    return Doors(door, failures, journal.audit)
