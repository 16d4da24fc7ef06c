"""What the doors for events ask of the rest of the bridge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mzi_bridge.clock import Clock, SystemClock
from mzi_bridge.pipeline.take_events import TakeEvents
from mzi_bridge.webhooks.client_address import Network


@dataclass(frozen=True)
class EventPorts:
    take: TakeEvents


@dataclass(frozen=True)
class EventGuards:
    """Who may send events, and how much.

    `keys` of the signature (`whsec_…`) and `tokens` are in clear, the current one first;
    `body_limit` in bytes.
    """

    keys: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    tenant: str = "default"
    allowed_ips: Sequence[Network] = ()
    trusted_proxies: Sequence[Network] = ()
    body_limit: int = 1_048_576
    clock: Clock = field(default_factory=SystemClock)

    def __repr__(self) -> str:
        return "EventGuards(…)"
