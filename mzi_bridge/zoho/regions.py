"""Zoho's data centres: which hosts an organisation's account, API and uploads live on.

Hosts of us, eu, in, au, jp, cn, ca and sa come from Zoho's own SDKs; uk, ae and sg from
clients that use them. A data centre missing here can still be used by giving both URLs.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct

from mzi_bridge.zoho.errors import UnknownRegion

Environment = Literal["production", "sandbox", "developer"]

_PREFIX: dict[Environment, str] = {
    "production": "www",
    "sandbox": "sandbox",
    "developer": "developer",
}


class Region(Struct, frozen=True):
    """One data centre. URLs have a scheme and no trailing slash."""

    name: str
    accounts_url: str
    api_domain: str
    upload_url: str

    def api_url(self, environment: Environment = "production") -> str:
        """The API's address in one of the organisation's three environments."""
        return f"https://{_PREFIX[environment]}.{self.api_domain}"


def _region(name: str, accounts: str, api_domain: str, upload: str | None = None) -> Region:
    upload_host = upload or f"content.{api_domain}"
    return Region(name, f"https://{accounts}", api_domain, f"https://{upload_host}")


REGIONS: dict[str, Region] = {
    region.name: region
    for region in (
        _region("us", "accounts.zoho.com", "zohoapis.com"),
        _region("eu", "accounts.zoho.eu", "zohoapis.eu"),
        _region("in", "accounts.zoho.in", "zohoapis.in"),
        _region("au", "accounts.zoho.com.au", "zohoapis.com.au"),
        _region("jp", "accounts.zoho.jp", "zohoapis.jp"),
        _region("cn", "accounts.zoho.com.cn", "zohoapis.com.cn"),
        _region("ca", "accounts.zohocloud.ca", "zohoapis.ca", "upload.zohocloud.ca"),
        _region("sa", "accounts.zoho.sa", "zohoapis.sa", "files.zoho.sa"),
        _region("uk", "accounts.zoho.uk", "zohoapis.uk"),
        _region("ae", "accounts.zoho.ae", "zohoapis.ae"),
        _region("sg", "accounts.zoho.sg", "zohoapis.sg"),
    )
}

_ENVIRONMENT_OF_URL: dict[str, Environment] = {
    region.api_url(environment): environment
    for region in REGIONS.values()
    for environment in _PREFIX
} | {f"https://{region.api_domain}": "production" for region in REGIONS.values()}


def region(name: str) -> Region:
    """The data centre called `name` ("us", "EU", "com.au", …).

    Raises UnknownRegion naming those there are.
    """
    wanted = name.strip().lower().removeprefix(".")
    for known in REGIONS.values():
        if wanted in (known.name, known.api_domain.removeprefix("zohoapis.")):
            return known
    raise UnknownRegion(name, sorted(REGIONS))


def choose_api_url(configured: str, api_domain: str | None) -> str:
    """Where to send API calls: the token answer's `api_domain`, if it may be believed.

    A token must never travel to a host that an answer made up, and a sandbox that was
    asked for must never turn into production: `api_domain` counts only if it is a host
    of Zoho's, of the same environment as `configured`.
    """
    here = _origin(configured)
    there = _origin(api_domain) if api_domain else here
    known = _ENVIRONMENT_OF_URL.get(there)
    if known is not None and known == _ENVIRONMENT_OF_URL.get(here):
        return there
    return configured.rstrip("/")


def _origin(url: str) -> str:
    parts = urlsplit(url.strip())
    return f"{parts.scheme}://{parts.netloc}".lower()
