"""Zoho's accounts server: consent, code exchange, refresh and revocation.

Parameters go in the form body, so no secret stands in a URL.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any

import httpx2
from authlib.integrations.httpx_client import AsyncOAuth2Client
from pydantic import SecretStr

from mzi_bridge.zoho.errors import BadAnswer, Unreachable
from mzi_bridge.zoho.token_answer import (
    GrantedToken,
    granted_token,
    read_revocation,
    read_token_answer,
)

_AUTH_METHOD = "client_secret_post"


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
        self._client = AsyncOAuth2Client(
            client_id=client_id,
            client_secret=client_secret.get_secret_value(),
            token_endpoint_auth_method=_AUTH_METHOD,
            revocation_endpoint_auth_method=_AUTH_METHOD,
            timeout=httpx2.Timeout(timeout, connect=min(timeout, 10.0)),
            transport=http_transport,
        )
        for hook in ("access_token_response", "refresh_token_response"):
            self._client.register_compliance_hook(hook, _check)

    def consent_url(self, scopes: Sequence[str], redirect_uri: str, state: str) -> str:
        """Where a person consents. Zoho wants scopes joined by commas, and gives a refresh
        token only for `access_type=offline` with a fresh consent."""
        url, _ = self._client.create_authorization_url(
            f"{self._base}/auth",
            state=state,
            scope=",".join(scopes),
            redirect_uri=redirect_uri,
            access_type="offline",
            prompt="consent",
        )
        return str(url)

    async def exchange(self, code: SecretStr, redirect_uri: str | None = None) -> GrantedToken:
        """Trades a grant code (one use, 2 to 10 minutes) for tokens; a self client's code
        has no redirect URI. Raises the errors of `read_token_answer`, and Unreachable."""
        return await self._ask(
            self._client.fetch_token(
                f"{self._base}/token",
                grant_type="authorization_code",
                code=code.get_secret_value(),
                redirect_uri=redirect_uri or "",
            )
        )

    async def refresh(self, refresh_token: SecretStr) -> GrantedToken:
        """A new access token. Raises the errors of `read_token_answer`, and Unreachable."""
        return await self._ask(
            self._client.refresh_token(
                f"{self._base}/token", refresh_token=refresh_token.get_secret_value()
            )
        )

    async def revoke(self, refresh_token: SecretStr) -> None:
        """Ends a refresh token and all access tokens made with it. Zoho does not document
        the body of a success: an answer that names no error is one."""
        answer = await _reach(
            self._client.revoke_token(
                f"{self._base}/token/revoke", token=refresh_token.get_secret_value()
            )
        )
        read_revocation(answer.status_code, answer.content)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _ask(self, request: Awaitable[Any]) -> GrantedToken:
        return granted_token(await _reach(request))


def _check(response: httpx2.Response) -> httpx2.Response:
    # Authlib would take any answer without `error` for a token, whatever its status.
    read_token_answer(response.status_code, response.content)
    return response


async def _reach(request: Awaitable[Any]) -> Any:
    # Causes stay out of the traceback: their text can quote a header or a body.
    try:
        return await request
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise Unreachable(
            f"Zoho's accounts server did not answer ({type(error).__name__})."
        ) from None
    except ValueError:
        raise BadAnswer("Zoho's accounts server sent a token that cannot be read.") from None
