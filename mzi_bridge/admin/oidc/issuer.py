"""The issuer over the network: its discovery document, its keys, a code for an ID token."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from msgspec import Struct

from mzi_bridge.admin.oidc.errors import SignInRefused, issuer_unusable
from mzi_bridge.admin.ports import OpenIdTerms

SECONDS = 10.0
LARGEST_ANSWER = 1_048_576


class Discovered(Struct, frozen=True):
    """Addresses of the issuer, each as safe as its own: OpenID Connect Discovery 1.0, 3."""

    authorization: str
    token: str
    keys: str
    by_form: bool
    """Whether the client's secret goes into the form: the issuer takes no Basic header."""
    names_itself: bool
    """Whether its answers carry `iss` (RFC 9207)."""


class Issuer:
    """Every method raises SignInRefused."""

    def __init__(self, terms: OpenIdTerms) -> None:
        self._terms = terms

    async def discover(self) -> Discovered:
        """Reads the discovery document anew: signing in is rare, and its keys may have turned."""
        url = get_well_known_url(self._terms.issuer, external=True)
        found = OpenIDProviderMetadata(await self._json("GET", url))
        if found.get("issuer") != self._terms.issuer:
            raise SignInRefused(
                "The discovery document names another issuer than MZI_OIDC_ISSUER.",
                reason="openid_issuer_differs",
                fix="Set MZI_OIDC_ISSUER to the issuer exactly as the document writes it; at"
                " Microsoft that is the tenant's own, not common.",
            )
        ways = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return Discovered(
            self._endpoint(found, "authorization_endpoint"),
            self._endpoint(found, "token_endpoint"),
            self._endpoint(found, "jwks_uri"),
            "client_secret_basic" not in ways,
            found.get("authorization_response_iss_parameter_supported") is True,
        )

    async def keys(self, discovered: Discovered) -> dict[str, Any]:
        return await self._json("GET", discovered.keys)

    async def id_token(
        self, discovered: Discovered, code: str, verifier: str, redirect_uri: str
    ) -> str:
        """Changes the code for the ID token (RFC 6749, 4.1.3; RFC 7636, 4.5)."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
            "client_id": self._terms.client_id,
        }
        auth: httpx2.BasicAuth | None = None
        if self._terms.secret is not None:
            secret = self._terms.secret.get_secret_value()
            if discovered.by_form:
                form["client_secret"] = secret
            else:
                auth = httpx2.BasicAuth(self._terms.client_id, secret)
        answer = await self._json("POST", discovered.token, data=form, auth=auth)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise issuer_unusable("its answer to the code has no ID token")
        return token

    def _endpoint(self, found: Mapping[str, Any], name: str) -> str:
        url = found.get(name)
        if not isinstance(url, str) or not urlsplit(url).netloc:
            raise issuer_unusable(f"its discovery document has no {name}")
        # What the issuer itself may not do without TLS, its document may not either.
        if urlsplit(url).scheme != "https" and urlsplit(self._terms.issuer).scheme == "https":
            raise issuer_unusable(f"its {name} does not begin with https")
        return url

    async def _json(self, method: str, url: str, **given: Any) -> dict[str, Any]:
        try:
            async with self._client() as http:
                answer = await http.request(method, url, **given)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise issuer_unusable(f"it cannot be reached ({type(error).__name__})") from None
        content = _object(answer)
        if answer.status_code != 200 or content is None:
            raise _refused(answer.status_code, content)
        return content

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[httpx2.AsyncClient]:
        async with httpx2.AsyncClient(
            timeout=SECONDS, headers={"accept": "application/json"}
        ) as http:
            yield http


def _object(answer: httpx2.Response) -> dict[str, Any] | None:
    if len(answer.content) > LARGEST_ANSWER:
        return None
    try:
        content = json.loads(answer.content)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _refused(status: int, content: Mapping[str, Any] | None) -> SignInRefused:
    """By the words of RFC 6749, 5.2; the issuer's own sentences stay out."""
    word = (content or {}).get("error")
    if word in ("invalid_client", "unauthorized_client"):
        return SignInRefused(
            "The issuer does not accept the bridge as a client.",
            reason="openid_client_refused",
            fix="Check MZI_OIDC_CLIENT_ID and MZI_OIDC_CLIENT_SECRET; a secret may have run out.",
        )
    if word == "invalid_grant":
        return SignInRefused(
            "The issuer does not accept the code: it is used up, too old or not ours.",
            reason="openid_code_refused",
            fix="Sign in again from the console's own page.",
        )
    return issuer_unusable(f"it answered with status {status}")
