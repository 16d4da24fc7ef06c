from __future__ import annotations

from ipaddress import ip_network

import pytest

from tests.unit.webhooks.bench import ZOHO, Bench, callback, guards

PROXIES = (ip_network("10.0.0.0/8"), ip_network("127.0.0.1"))


@pytest.mark.parametrize(
    ("peer", "header", "status"),
    [
        ("198.51.100.9", None, 202),
        ("203.0.113.5", None, 403),
        ("203.0.113.5", "198.51.100.9", 403),
        ("10.0.0.1", "198.51.100.9", 202),
        ("10.0.0.1", "198.51.100.9, 203.0.113.5", 403),
        ("10.0.0.1", "garbage", 403),
        ("10.0.0.1", None, 403),
    ],
)
def test_the_allow_list_judges_the_real_sender(
    bench: Bench, peer: str, header: str | None, status: int
) -> None:
    bench.guards = guards(allowed_ips=(ip_network("198.51.100.0/24"),), trusted_proxies=PROXIES)
    headers = {"X-Forwarded-For": header} if header else {}
    response = bench.client(peer).post(ZOHO, json=callback(), headers=headers)
    assert response.status_code == status
    if status == 403:
        assert response.json()["error"] == "forbidden"
        assert bench.stored_nothing
