"""Zoho's accounts server: consent, code exchange, refresh and revocation.

Parameters go in the form body, so no secret stands in a URL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import httpx2
from pydantic import SecretStr

from mzi_bridge.tls import trusted
from mzi_bridge.zoho.errors import Unreachable
from mzi_bridge.zoho.token_answer import GrantedToken, read_revocation, read_token_answer


class ZohoGrants:
    """One OAuth client at one accounts server. Close it with `aclose`."""

    def __init__(
        self,
        *,
        accounts_url: str,
        client_id: str,
        client_secret: SecretStr,
        timeout: float = 30.0,
        http_transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._base = accounts_url.rstrip("/") + "/oauth/v2"
        self._client_id = client_id
        self._client_secret = client_secret
        self._client = httpx2.AsyncClient(
            timeout=httpx2.Timeout(timeout, connect=min(timeout, 10.0)),
            transport=http_transport,
            verify=trusted(),
        )

    def consent_url(self, scopes: Sequence[str], redirect_uri: str, state: str) -> str:
        """Where a person consents. Zoho wants scopes joined by commas, and gives a refresh
        token only for `access_type=offline` with a fresh consent."""
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": redirect_uri,
            "scope": ",".join(scopes),
            "state": state,
            "access_type": "offline",
            "prompt": "consent",
        }
        return f"{self._base}/auth?{urlencode(asked)}"

    async def exchange(self, code: SecretStr, redirect_uri: str | None = None) -> GrantedToken:
        """Trades a grant code (one use, 2 to 10 minutes) for tokens; a self client's code
        has no redirect URI. Raises the errors of `read_token_answer`, and Unreachable."""
        given = {"grant_type": "authorization_code", "code": code.get_secret_value()}
        if redirect_uri:
            given["redirect_uri"] = redirect_uri
        answer = await self._post("token", given)
        return read_token_answer(answer.status_code, answer.content)

    async def refresh(self, refresh_token: SecretStr) -> GrantedToken:
        """A new access token. Raises the errors of `read_token_answer`, and Unreachable."""
        given = {"grant_type": "refresh_token", "refresh_token": refresh_token.get_secret_value()}
        answer = await self._post("token", given)
        return read_token_answer(answer.status_code, answer.content)

    async def revoke(self, refresh_token: SecretStr) -> None:
        """Ends a refresh token and all access tokens made with it. Zoho does not document
        the body of a success: an answer that names no error is one."""
        answer = await self._post("token/revoke", {"token": refresh_token.get_secret_value()})
        read_revocation(answer.status_code, answer.content)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _post(self, path: str, given: Mapping[str, str]) -> httpx2.Response:
        proof = {
            "client_id": self._client_id,
            "client_secret": self._client_secret.get_secret_value(),
        }
        # Causes stay out of the traceback: their text can quote a header or a body.
        try:
            return await self._client.post(f"{self._base}/{path}", data={**given, **proof})
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Unreachable(
                f"Zoho's accounts server did not answer ({type(error).__name__})."
            ) from None
