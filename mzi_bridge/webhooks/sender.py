"""Who may knock at all: the method and the address, before a byte of the body is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from starlette.requests import Request

from mzi_bridge.client_address import Address, Network, client_address, is_within
from mzi_bridge.rate_limit import RateLimit
from mzi_bridge.webhooks.reasons import RefusalReason, Refused, status_of

UNPROVEN = frozenset({401, 403})


class SenderGuards(Protocol):
    @property
    def allowed_ips(self) -> Sequence[Network]: ...
    @property
    def trusted_proxies(self) -> Sequence[Network]: ...
    @property
    def failures(self) -> RateLimit | None: ...


def check_sender(request: Request, guards: SenderGuards) -> None:
    """Raises Refused (method_not_allowed, address_not_allowed)."""
    if request.method != "POST":
        raise Refused(RefusalReason.METHOD_NOT_ALLOWED)
    if not guards.allowed_ips:
        return
    address = _address(request, guards)
    if address is None or not is_within(address, guards.allowed_ips):
        raise Refused(RefusalReason.ADDRESS_NOT_ALLOWED)


def failed_too_often(request: Request, guards: SenderGuards, reason: RefusalReason) -> float:
    """Seconds that an address has to wait that has proven nothing too often; 0.0 otherwise.

    Only refusals are answered by it: what is proven is taken in however much of the same address
    is not, so that nobody shuts out the CRM or Moodle by sending rubbish beside them.
    """
    if guards.failures is None or status_of(reason) not in UNPROVEN:
        return 0.0
    return guards.failures.take(str(_address(request, guards)))


def _address(request: Request, guards: SenderGuards) -> Address | None:
    return client_address(
        request.client.host if request.client else None,
        request.headers.getlist("x-forwarded-for"),
        guards.trusted_proxies,
    )
