"""The accounts endpoints. Every answer but the consent's redirect is HTTP 200 JSON."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mzi_bridge.sandbox.zoho.answers import answer
from mzi_bridge.sandbox.zoho.emulator import emulator


async def token(request: Request) -> Response:
    """`POST /oauth/v2/token`, parameters in the form body or in the query."""
    parts = emulator(request)
    given = await _given(request)
    issued = parts.oauth.token(given)
    if issued.get("status") == "failure":
        return answer(issued, parts.switches.throttle_status)
    if "access_token" in issued:
        issued["api_domain"] = parts.switches.api_domain or str(request.base_url).rstrip("/")
    return answer(issued)


async def revoke(request: Request) -> Response:
    """`POST /oauth/v2/token/revoke?token=`."""
    given = await _given(request)
    return answer(emulator(request).oauth.revoke(given.get("token", "")))


async def consent(request: Request) -> Response:
    """`GET /oauth/v2/auth`: consents at once and redirects with a grant code."""
    query = request.query_params
    redirect = query.get("redirect_uri", "")
    if query.get("response_type") != "code" or not redirect:
        return answer({"error": "invalid_response_type" if redirect else "invalid_redirect_uri"})
    code = emulator(request).oauth.grant_code(
        query.get("client_id", ""),
        redirect,
        scope=query.get("scope", ""),
        offline=query.get("access_type") == "offline",
    )
    if code is None:
        return answer({"error": "invalid_client"})
    back = {"code": code, "location": "us", "accounts-server": str(request.base_url).rstrip("/")}
    if "state" in query:
        back["state"] = query["state"]
    return RedirectResponse(f"{redirect}{'&' if '?' in redirect else '?'}{urlencode(back)}", 302)


async def _given(request: Request) -> dict[str, str]:
    async with request.form() as form:
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
    return {**request.query_params, **fields}
