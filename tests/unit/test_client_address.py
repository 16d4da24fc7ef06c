from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mzi_bridge.client_address import client_address

PROXIES = (ip_network("10.0.0.0/8"), ip_network("127.0.0.1"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.9"], "192.0.2.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.9"], "198.51.100.9"),
        ("10.0.0.1", ["203.0.113.5, 198.51.100.9"], "198.51.100.9"),
        ("10.0.0.1", ["203.0.113.5, 198.51.100.9, 10.0.0.2"], "198.51.100.9"),
        ("10.0.0.1", ["203.0.113.5", "198.51.100.9"], "198.51.100.9"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["198.51.100.9:4711"], "198.51.100.9"),
        ("10.0.0.1", ["[2001:db8::7]:4711"], "2001:db8::7"),
        ("10.0.0.1", ["2001:db8::7"], "2001:db8::7"),
        ("::ffff:10.0.0.1", ["::ffff:198.51.100.9"], "198.51.100.9"),
        ("fd00::1", ["198.51.100.9"], "198.51.100.9"),
        (None, ["198.51.100.9"], "198.51.100.9"),
        ("10.0.0.1", ["unknown"], None),
        ("10.0.0.1", ["198.51.100.9, "], None),
        ("10.0.0.1", ["192.0.2.1, _hidden"], None),
        ("testclient", [], None),
    ],
)
def test_the_nearest_hop_that_is_no_proxy_is_the_client(
    peer: str | None, forwarded: list[str], expected: str | None
) -> None:
    address = client_address(peer, forwarded, PROXIES)
    assert address == (ip_address(expected) if expected else None)


@given(st.none() | st.text(), st.lists(st.text()))
def test_no_header_is_a_fault(peer: str | None, forwarded: list[str]) -> None:
    client_address(peer, forwarded, PROXIES)


@given(st.lists(st.ip_addresses().map(str)))
def test_an_untrusted_peer_cannot_claim_another_address(forwarded: list[str]) -> None:
    assert client_address("192.0.2.1", forwarded, PROXIES) == ip_address("192.0.2.1")
