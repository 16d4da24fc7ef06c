"""What the webhooks ask of the rest of the bridge."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from mzi_bridge.clock import Clock, SystemClock
from mzi_bridge.pipeline.accept import Accept, ChannelRow
from mzi_bridge.webhooks.client_address import Network

ChannelLookup = Callable[[str], Awaitable[ChannelRow | None]]
"""The registered channel of an id. Raises RetryLater while the journal is out of reach."""

ModuleOf = Callable[[str], str | None]
"""The CRM module that the mapping reads for a plugin entity, or None."""


@dataclass(frozen=True)
class Ports:
    accept: Accept
    channel: ChannelLookup
    module_of: ModuleOf


@dataclass(frozen=True)
class Guards:
    """Who may send, and how much.

    `tokens` and `signature_keys` are in clear, the current one first; `body_limit` in bytes.
    """

    tokens: tuple[str, ...] = ()
    signature_keys: tuple[str, ...] = ()
    require_signature: bool = False
    allowed_ips: Sequence[Network] = ()
    trusted_proxies: Sequence[Network] = ()
    body_limit: int = 1_048_576
    clock: Clock = field(default_factory=SystemClock)

    def __repr__(self) -> str:
        return "Guards(…)"
