"""What the accounts server says, and what is made of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx2
import pytest
from pydantic import SecretStr

from mzi_bridge.errors import MziError
from mzi_bridge.zoho.errors import (
    BadAnswer,
    RedirectRefused,
    ServerFault,
    TokenRefused,
    TokenThrottled,
    Unreachable,
)
from mzi_bridge.zoho.grants import ZohoGrants

REFRESH = SecretStr("canary-refresh")
GOOD = {"access_token": "1000.a.b", "expires_in": 3600, "api_domain": "https://www.zohoapis.eu"}


def grants(answer: Callable[[httpx2.Request], httpx2.Response]) -> ZohoGrants:
    return ZohoGrants(
        accounts_url="https://accounts.zoho.eu/",
        client_id="1000.CLIENT",
        client_secret=SecretStr("canary-secret"),
        http_transport=httpx2.MockTransport(answer),
    )


def saying(status: int, body: Any) -> ZohoGrants:
    content = {"content": body} if isinstance(body, bytes) else {"json": body}
    return grants(lambda request: httpx2.Response(status, **content))


@pytest.mark.parametrize(
    ("times", "seconds"),
    [
        ({"expires_in": 3600}, 3600),
        ({"expires_in": "3600"}, 3600),
        ({"expires_in": 3_600_000, "expires_in_sec": 3600}, 3600),
    ],
)
async def test_the_lifetime_follows_the_rule_of_zohos_sdk(
    times: dict[str, Any], seconds: int
) -> None:
    granted = await saying(200, {"access_token": "1000.a.b", **times}).refresh(REFRESH)
    assert granted.lifetime == seconds


THROTTLED = {"error": "Access Denied", "error_description": "too many requests continuously"}
LOCALISED = {"error": "Accès refusé", "error_description": "Réessayez", "status": "failure"}


@pytest.mark.parametrize(
    ("status", "body", "error", "code"),
    [
        (200, {"error": "invalid_code"}, TokenRefused, "invalid_code"),
        (400, {"error": "invalid_code"}, TokenRefused, "invalid_code"),
        (200, {"error": "invalid_client"}, TokenRefused, "invalid_client"),
        (401, {"error": "invalid_client_secret"}, TokenRefused, "invalid_client_secret"),
        (200, {"error": "Code ungültig 4711"}, TokenRefused, "unnamed"),
        (200, {"error": {"a": 1}}, TokenRefused, "unnamed"),
        (200, {"error": "invalid_redirect_uri"}, RedirectRefused, "invalid_redirect_uri"),
        (200, {"error": "general_error"}, ServerFault, "general_error"),
        (200, THROTTLED, TokenThrottled, "unnamed"),
        (400, THROTTLED, TokenThrottled, "unnamed"),
        (200, LOCALISED, TokenThrottled, "unnamed"),
        (429, b"slow down", TokenThrottled, "unnamed"),
        (500, b"<html>", ServerFault, ""),
        (200, b"<html>login</html>", BadAnswer, ""),
        (200, b'{"access_token": "1000', BadAnswer, ""),
        (200, b"[]", BadAnswer, ""),
        (200, b"", BadAnswer, ""),
        (200, {}, TokenRefused, "unnamed"),
        (200, {"access_token": ""}, TokenRefused, "unnamed"),
        (200, {"access_token": 5, "expires_in": 1}, TokenRefused, "unnamed"),
        (400, GOOD, TokenRefused, "unnamed"),
        (200, {"access_token": "a"}, BadAnswer, ""),
        (200, {"access_token": "a", "expires_in": -1}, BadAnswer, ""),
        (200, {"access_token": "a", "expires_in": "soon"}, BadAnswer, ""),
        (200, {"access_token": "a", "expires_in": "x", "expires_in_sec": 60}, BadAnswer, ""),
    ],
)
async def test_an_answer_without_a_token_is_a_named_error(
    status: int, body: Any, error: type[MziError], code: str
) -> None:
    with pytest.raises(error) as raised:
        await saying(status, body).refresh(REFRESH)
    assert raised.value.code == code  # type: ignore[attr-defined]
    assert raised.value.fix
    assert "canary" not in str(raised.value)


async def test_no_answer_is_unreachable_and_quotes_nothing() -> None:
    def down(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadTimeout(f"sending {request.content!r}")

    with pytest.raises(Unreachable) as raised:
        await grants(down).refresh(REFRESH)
    assert raised.value.__suppress_context__
    assert "canary" not in str(raised.value)


async def test_secrets_travel_in_the_body_only() -> None:
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, json={**GOOD, "status": "success"})

    asked = grants(answer)
    await asked.refresh(REFRESH)
    await asked.exchange(SecretStr("canary-code"), "https://bridge.example/back")
    await asked.revoke(REFRESH)
    forms = [parse_qs(request.content.decode()) for request in seen]
    assert [request.url.query for request in seen] == [b"", b"", b""]
    assert forms[0] == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["canary-refresh"],
        "client_id": ["1000.CLIENT"],
        "client_secret": ["canary-secret"],
    }
    assert forms[1]["grant_type"] == ["authorization_code"]
    assert forms[1]["code"] == ["canary-code"]
    assert forms[1]["redirect_uri"] == ["https://bridge.example/back"]
    assert forms[2]["token"] == ["canary-refresh"]
    assert str(seen[2].url) == "https://accounts.zoho.eu/oauth/v2/token/revoke"


async def test_a_code_brings_the_refresh_token_and_the_scopes() -> None:
    body = {**GOOD, "refresh_token": "1000.r", "scope": "ZohoCRM.modules.ALL ZohoCRM.coql.READ"}
    granted = await saying(200, body).exchange(SecretStr("code"))
    assert granted.refresh_token == "1000.r"
    assert granted.scope == ("ZohoCRM.modules.ALL", "ZohoCRM.coql.READ")
    assert "1000." not in repr(granted)


async def test_a_self_clients_code_goes_without_a_redirect_uri() -> None:
    seen: list[bytes] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.content)
        return httpx2.Response(200, json=GOOD)

    await grants(answer).exchange(SecretStr("canary-code"))
    assert b"redirect_uri" not in seen[0]


@pytest.mark.parametrize("body", [b"", {"status": "success"}, {}])
async def test_a_revocation_that_names_no_error_is_done(body: Any) -> None:
    await saying(200, body).revoke(REFRESH)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, {"error": "invalid_token"}, TokenRefused),
        (400, {}, TokenRefused),
        (200, LOCALISED, TokenThrottled),
        (200, b"<html>", BadAnswer),
    ],
)
async def test_a_revocation_that_fails_is_a_named_error(
    status: int, body: Any, error: type[MziError]
) -> None:
    with pytest.raises(error):
        await saying(status, body).revoke(REFRESH)


def test_consent_asks_for_offline_access_with_scopes_joined_by_commas() -> None:
    url = httpx2.URL(
        saying(200, {}).consent_url(
            ["ZohoCRM.modules.ALL", "ZohoCRM.settings.ALL"], "https://bridge.example/back", "s1"
        )
    )
    assert url.host == "accounts.zoho.eu"
    assert dict(url.params) == {
        "response_type": "code",
        "client_id": "1000.CLIENT",
        "redirect_uri": "https://bridge.example/back",
        "scope": "ZohoCRM.modules.ALL,ZohoCRM.settings.ALL",
        "state": "s1",
        "access_type": "offline",
        "prompt": "consent",
    }
