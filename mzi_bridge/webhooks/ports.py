"""What the webhooks ask of the rest of the bridge."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct, field

from mzi_bridge.client_address import Network
from mzi_bridge.clock import Clock, SystemClock
from mzi_bridge.pipeline.accept import Accept, ChannelRow
from mzi_bridge.rate_limit import RateLimit
from mzi_bridge.webhooks.reasons import RefusalReason

ChannelLookup = Callable[[str], Awaitable[ChannelRow | None]]
"""The registered channel of an id. Raises RetryLater while the journal is out of reach."""

ModuleOf = Callable[[str], str | None]
"""The CRM module that the mapping reads for a plugin entity, or None."""


def not_told(reason: RefusalReason) -> None:
    """For whoever keeps no account of refusals."""


class Ports(Struct, frozen=True):
    """`refused` is told of each request that was turned away, and why."""

    accept: Accept
    channel: ChannelLookup
    module_of: ModuleOf
    refused: Callable[[RefusalReason], None] = not_told


class Guards(Struct, frozen=True):
    """Who may send, and how much.

    `tokens` and `signature_keys` are in clear, the current one first; `body_limit` in bytes;
    `failures` counts by address what was not proven.
    """

    tokens: tuple[str, ...] = ()
    signature_keys: tuple[str, ...] = ()
    require_signature: bool = False
    allowed_ips: Sequence[Network] = ()
    trusted_proxies: Sequence[Network] = ()
    body_limit: int = 1_048_576
    clock: Clock = field(default_factory=SystemClock)
    failures: RateLimit | None = None

    def __repr__(self) -> str:
        return "Guards(…)"
