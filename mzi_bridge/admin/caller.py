"""Where a request came from: its client, its scheme, and whether our own page sent it."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_network
from urllib.parse import urlsplit

from starlette.requests import Request

from mzi_bridge.admin.ports import AdminTerms
from mzi_bridge.client_address import Address, client_address, is_within

LOOPBACK_NAMES = frozenset({"localhost", "ip6-localhost"})


def address_of(request: Request, terms: AdminTerms) -> Address | None:
    """The nearest hop that is no trusted proxy; None if that cannot be told."""
    return client_address(_peer(request), _all(request, "x-forwarded-for"), terms.trusted_proxies)


def limit_key(address: Address | None) -> str:
    """Whom a limit counts: an IPv6 customer has a /64 to take addresses from."""
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return str(address)


def is_secure(request: Request, terms: AdminTerms) -> bool:
    """Whether it came by https: to the bridge itself, or to a trusted proxy that says so."""
    forwarded = _all(request, "x-forwarded-proto")
    peer = client_address(_peer(request), (), ())
    if forwarded and peer is not None and is_within(peer, terms.trusted_proxies):
        # The last word is the nearest proxy's.
        return forwarded[-1].rpartition(",")[2].strip().lower() == "https"
    return request.url.scheme == "https"


def may_be_plain(request: Request, terms: AdminTerms) -> bool:
    """Whether its host needs no TLS: this machine itself, or one that the settings name."""
    host = (request.url.hostname or "").lower()
    if host in LOOPBACK_NAMES or host in terms.plain_http_hosts:
        return True
    address = client_address(f"[{host}]" if ":" in host else host, (), ())
    return address is not None and address.is_loopback


def own_origin(request: Request, terms: AdminTerms) -> str:
    """The origin by which the browser knows this console."""
    scheme = "https" if is_secure(request, terms) else "http"
    return f"{scheme}://{request.headers.get('host', '').lower()}"


def is_own_page(request: Request, terms: AdminTerms) -> bool:
    """Whether a page of this very origin sent the request: by Sec-Fetch-Site, or where a browser
    does not send it by Origin (OWASP, Cross-Site Request Forgery Prevention, Fetch Metadata).
    A request with neither is nobody's page."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    if origin is None:
        return False
    return _normal(origin) == _normal(own_origin(request, terms))


def _normal(origin: str) -> tuple[str, str, int | None] | str:
    """Scheme, host and port, the default port spelt out."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return origin
    default = {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), port or default


def _peer(request: Request) -> str | None:
    return request.client.host if request.client else None


def _all(request: Request, name: str) -> list[str]:
    return request.headers.getlist(name)
