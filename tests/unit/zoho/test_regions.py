from __future__ import annotations

import pytest

from mzi_bridge.zoho.errors import UnknownRegion
from mzi_bridge.zoho.regions import REGIONS, choose_api_url, region


@pytest.mark.parametrize(
    ("name", "accounts", "api", "upload"),
    [
        ("us", "accounts.zoho.com", "www.zohoapis.com", "content.zohoapis.com"),
        ("EU", "accounts.zoho.eu", "www.zohoapis.eu", "content.zohoapis.eu"),
        (".com.au", "accounts.zoho.com.au", "www.zohoapis.com.au", "content.zohoapis.com.au"),
        ("ca", "accounts.zohocloud.ca", "www.zohoapis.ca", "upload.zohocloud.ca"),
        ("sa", "accounts.zoho.sa", "www.zohoapis.sa", "files.zoho.sa"),
        ("cn", "accounts.zoho.com.cn", "www.zohoapis.com.cn", "content.zohoapis.com.cn"),
    ],
)
def test_a_region_names_its_hosts(name: str, accounts: str, api: str, upload: str) -> None:
    found = region(name)
    assert found.accounts_url == f"https://{accounts}"
    assert found.api_url() == f"https://{api}"
    assert found.upload_url == f"https://{upload}"


def test_each_region_has_a_sandbox_and_a_developer_host() -> None:
    for one in REGIONS.values():
        assert one.api_url("sandbox") == f"https://sandbox.{one.api_domain}"
        assert one.api_url("developer") == f"https://developer.{one.api_domain}"


def test_an_unknown_region_is_told_with_those_there_are() -> None:
    with pytest.raises(UnknownRegion, match=r"mars.*Use one of .*eu.*us") as raised:
        region("mars")
    assert raised.value.reason == "unknown_region"


@pytest.mark.parametrize(
    ("configured", "api_domain", "chosen"),
    [
        ("https://www.zohoapis.com", "https://www.zohoapis.eu", "https://www.zohoapis.eu"),
        ("https://www.zohoapis.com", "https://WWW.zohoapis.in/", "https://www.zohoapis.in"),
        ("https://www.zohoapis.com/", None, "https://www.zohoapis.com"),
        ("https://www.zohoapis.com", "https://evil.example", "https://www.zohoapis.com"),
        ("https://www.zohoapis.com", "http://www.zohoapis.eu", "https://www.zohoapis.com"),
        ("https://www.zohoapis.com", "https://www.zohoapis.com.evil.example", "https://www.zohoapis.com"),
        ("https://www.zohoapis.com", "https://u:p@www.zohoapis.eu", "https://www.zohoapis.com"),
        ("https://sandbox.zohoapis.eu", "https://www.zohoapis.eu", "https://sandbox.zohoapis.eu"),
        ("https://sandbox.zohoapis.com", "https://sandbox.zohoapis.eu", "https://sandbox.zohoapis.eu"),
        ("http://127.0.0.1:8001", "https://www.zohoapis.eu", "http://127.0.0.1:8001"),
    ],
)  # fmt: skip
def test_an_api_domain_counts_only_as_zohos_host_of_the_same_environment(
    configured: str, api_domain: str | None, chosen: str
) -> None:
    assert choose_api_url(configured, api_domain) == chosen
