"""Zoho's data centres and environments, as the office knows them."""

from __future__ import annotations

from types import MappingProxyType

from mzi_bridge.admin.text import N_, Text

REGIONS = MappingProxyType(
    {
        "us": N_("United States (zoho.com)"),
        "eu": N_("Europe (zoho.eu)"),
        "in": N_("India (zoho.in)"),
        "au": N_("Australia (zoho.com.au)"),
        "jp": N_("Japan (zoho.jp)"),
        "cn": N_("China (zoho.com.cn)"),
        "ca": N_("Canada (zohocloud.ca)"),
        "sa": N_("Saudi Arabia (zoho.sa)"),
        "uk": N_("United Kingdom (zoho.uk)"),
        "ae": N_("United Arab Emirates (zoho.ae)"),
        "sg": N_("Singapore (zoho.sg)"),
    }
)
ENVIRONMENTS = MappingProxyType(
    {
        "production": N_("The real CRM"),
        "sandbox": N_("Its sandbox, for trying things out"),
        "developer": N_("A developer's CRM"),
    }
)


def region_text(word: str) -> Text:
    return Text(REGIONS[word])


def environment_text(word: str) -> Text:
    return Text(ENVIRONMENTS[word])
