"""Which address a request really came from, and whether it may send."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# A Unix socket has no peer address; only this machine can open it.
_UNIX_SOCKET_PEER = "127.0.0.1"


def client_address(
    peer: str | None, forwarded_for: Sequence[str], trusted: Sequence[Network]
) -> Address | None:
    """The nearest hop that is no trusted proxy.

    `forwarded_for` holds the X-Forwarded-For headers in their order; it is read from the
    right, because everything left of the first untrusted hop was written by that hop. None:
    the address cannot be told.
    """
    address = _parse(peer if peer is not None else _UNIX_SOCKET_PEER)
    hops = [hop for value in forwarded_for for hop in value.split(",")]
    while address is not None and hops and is_within(address, trusted):
        address = _parse(hops.pop())
    return address


def is_within(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def _parse(text: str) -> Address | None:
    """An address literal, with or without brackets and a port; mapped IPv4 as IPv4."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
