"""What the doors for events ask of the rest of the bridge."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct, field

from mzi_bridge.client_address import Network
from mzi_bridge.clock import Clock, SystemClock
from mzi_bridge.pipeline.take_events import TakeEvents
from mzi_bridge.rate_limit import RateLimit


def not_told(events: int) -> None:
    """For whoever keeps no account of refusals."""


class EventPorts(Struct, frozen=True):
    """`refused` is told how many events were turned away; 1 for a post that was not read."""

    take: TakeEvents
    refused: Callable[[int], None] = not_told


class EventGuards(Struct, frozen=True):
    """Who may send events, and how much.

    `keys` of the signature (`whsec_…`) and `tokens` are in clear, the current one first;
    `body_limit` in bytes; `failures` counts by address what was not proven.
    """

    keys: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    tenant: str = "default"
    allowed_ips: Sequence[Network] = ()
    trusted_proxies: Sequence[Network] = ()
    body_limit: int = 1_048_576
    clock: Clock = field(default_factory=SystemClock)
    failures: RateLimit | None = None

    def __repr__(self) -> str:
        return "EventGuards(…)"
