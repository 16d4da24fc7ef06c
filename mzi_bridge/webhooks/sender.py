"""Who may knock at all: the method and the address, before a byte of the body is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from starlette.requests import Request

from mzi_bridge.webhooks.client_address import Network, client_address, is_within
from mzi_bridge.webhooks.reasons import RefusalReason, Refused


class SenderGuards(Protocol):
    @property
    def allowed_ips(self) -> Sequence[Network]: ...
    @property
    def trusted_proxies(self) -> Sequence[Network]: ...


def check_sender(request: Request, guards: SenderGuards) -> None:
    """Raises Refused (method_not_allowed, address_not_allowed)."""
    if request.method != "POST":
        raise Refused(RefusalReason.METHOD_NOT_ALLOWED)
    if not guards.allowed_ips:
        return
    address = client_address(
        request.client.host if request.client else None,
        request.headers.getlist("x-forwarded-for"),
        guards.trusted_proxies,
    )
    if address is None or not is_within(address, guards.allowed_ips):
        raise Refused(RefusalReason.ADDRESS_NOT_ALLOWED)
