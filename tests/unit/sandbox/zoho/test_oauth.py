from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from mzi_bridge.sandbox.zoho import Switches
from mzi_bridge.sandbox.zoho.oauth import OAuthRules
from tests.unit.sandbox.zoho.school import CLIENT, REFRESH, School, open_school

REFRESHING = {**CLIENT, "grant_type": "refresh_token", "refresh_token": REFRESH}


async def refresh(school: School, **changed: str) -> dict[str, Any]:
    answer = await school.http.post("/oauth/v2/token", data={**REFRESHING, **changed})
    assert answer.status_code == 200
    return dict(answer.json())


async def test_a_refresh_answers_in_seconds_and_names_the_api_domain(school: School) -> None:
    answer = await refresh(school)
    assert answer["expires_in"] == 3600
    assert answer["token_type"] == "Bearer"
    assert answer["api_domain"] == "http://crm.test"


async def test_parameters_may_come_in_the_query(school: School) -> None:
    answer = await school.http.post("/oauth/v2/token", params=REFRESHING)
    assert "access_token" in answer.json()


async def test_every_token_error_comes_with_http_200(school: School) -> None:
    assert await refresh(school, client_id="x") == {"error": "invalid_client"}
    assert await refresh(school, client_secret="x") == {"error": "invalid_client_secret"}
    assert await refresh(school, refresh_token="x") == {"error": "invalid_code"}
    assert await refresh(school, grant_type="x") == {"error": "unsupported_grant_type"}


async def test_the_eleventh_token_in_ten_minutes_is_denied(school: School) -> None:
    for _ in range(9):
        await refresh(school)
    denied = await refresh(school)
    assert denied["error"] == "Access Denied"
    assert denied["status"] == "failure"
    school.clock.advance(601)
    assert "access_token" in await refresh(school)


async def test_the_oldest_of_sixteen_tokens_drops_out() -> None:
    rules = OAuthRules(tokens_per_window=None)
    async with open_school(Switches(oauth=rules)) as school:
        for _ in range(14):
            await refresh(school)
        assert (await school.get("Leads")).status_code == 204
        await refresh(school)
        assert (await school.get("Leads")).json()["code"] == "INVALID_TOKEN"


async def test_a_token_ends_with_its_hour(school: School) -> None:
    school.clock.advance(3599)
    assert (await school.get("Leads")).status_code == 204
    school.clock.advance(1)
    answer = await school.get("Leads")
    assert answer.status_code == 401
    assert answer.json()["message"] == "invalid oauth token"


async def test_the_reset_header_names_the_tokens_end(school: School) -> None:
    answer = await school.get("Leads")
    assert answer.headers["x-accesstoken-reset"] == "2026-05-14T12:36:10+03:00"


async def test_bearer_is_taken_and_no_header_is_another_error(school: School) -> None:
    token = school.http.headers["Authorization"].partition(" ")[2]
    school.http.headers["Authorization"] = f"Bearer {token}"
    assert (await school.get("Leads")).status_code == 204
    del school.http.headers["Authorization"]
    assert (await school.get("Leads")).json()["code"] == "AUTHENTICATION_FAILURE"


async def test_a_grant_code_works_once_with_its_own_redirect(school: School) -> None:
    query = {
        "response_type": "code",
        "client_id": CLIENT["client_id"],
        "redirect_uri": "https://app.example/back",
        "access_type": "offline",
        "state": "s",
    }
    consent = await school.http.get("/oauth/v2/auth", params=query)
    assert consent.status_code == 302
    back = parse_qs(urlsplit(consent.headers["location"]).query)
    assert back["state"] == ["s"]
    assert back["location"] == ["us"]
    given = {
        **CLIENT,
        "grant_type": "authorization_code",
        "code": back["code"][0],
        "redirect_uri": "https://app.example/back",
    }
    first = (await school.http.post("/oauth/v2/token", data=given)).json()
    assert "access_token" in await refresh(school, refresh_token=first["refresh_token"])
    second = await school.http.post("/oauth/v2/token", data=given)
    assert second.json() == {"error": "invalid_code"}


async def test_a_grant_code_of_another_redirect_is_refused(school: School) -> None:
    asked = {"client_id": CLIENT["client_id"], "redirect_uri": "https://app.example/back"}
    code = (await school.control("grant", asked)).json()["code"]
    given = {**CLIENT, "grant_type": "authorization_code", "code": code, "redirect_uri": "x"}
    answer = await school.http.post("/oauth/v2/token", data=given)
    assert answer.json() == {"error": "invalid_redirect_uri"}


async def test_a_grant_code_goes_stale(school: School) -> None:
    code = (await school.control("grant", {"client_id": CLIENT["client_id"]})).json()["code"]
    school.clock.advance(181)
    given = {**CLIENT, "grant_type": "authorization_code", "code": code}
    answer = await school.http.post("/oauth/v2/token", data=given)
    assert answer.json() == {"error": "invalid_code"}


async def test_revoking_a_refresh_token_ends_its_access_tokens(school: School) -> None:
    answer = await school.http.post("/oauth/v2/token/revoke", params={"token": REFRESH})
    assert answer.json() == {"status": "success"}
    assert (await school.get("Leads")).status_code == 401
    assert await refresh(school) == {"error": "invalid_code"}
    school.app.state.emulator.oauth.admit(REFRESH)
    assert "access_token" in await refresh(school)


async def test_the_scope_decides_which_module_and_what() -> None:
    scope = "ZohoCRM.modules.custom.READ,ZohoCRM.settings.fields.READ"
    async with open_school(Switches(scope=scope)) as school:
        assert (await school.get("Registrations")).status_code == 204
        assert (await school.get("settings/fields", module="Leads")).status_code == 200
        for refused in (
            await school.get("Leads"),
            await school.post("Registrations", {"data": [{}]}),
            await school.get("settings/modules"),
            await school.get("org"),
        ):
            assert refused.status_code == 401
            assert refused.json()["code"] == "OAUTH_SCOPE_MISMATCH"
