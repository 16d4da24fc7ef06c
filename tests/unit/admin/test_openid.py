"""Signing in at an issuer of the office's own, over real HTTP, and everything it may do wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from joserfc.jwk import OctKey
from pydantic import SecretStr

from mzi_bridge.admin.console import SIGN_IN_SECONDS
from mzi_bridge.journal.audit import AuditFilter
from mzi_bridge.journal.sessions import Role, Session
from tests.support.console import COOKIE, Visitor, visiting
from tests.support.issuer import CLIENT_ID, CLIENT_SECRET, OTHER_KEY, Issuer, issuing
from tests.support.world import World

SIGN_IN_COOKIE = "__Host-mzi_sign_in"


@pytest.fixture
def issuer(world: World) -> Iterator[Issuer]:
    with issuing(world.clock) as issuer:
        yield issuer


def settings(issuer: Issuer, **changes: Any) -> dict[str, Any]:
    return {
        "oidc_issuer": issuer.url,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": SecretStr(CLIENT_SECRET),
        "oidc_operators": ("registrar@school.example", "roles=MZI.Operator"),
        "oidc_viewers": ("@school.example",),
        **changes,
    }


@pytest.fixture
async def visitor(world: World, issuer: Issuer) -> AsyncIterator[Visitor]:
    async with visiting(world, **settings(issuer)) as visitor:
        yield visitor


async def enter(visitor: Visitor, issuer: Issuer, wanted: str = "") -> Any:
    """Through the issuer and back; the answer to the return."""
    begun = await visitor.get(f"/openid/start{wanted and '?next=' + wanted}")
    assert begun.status_code == 303, begun.text
    return await visitor.http.get(await issuer.lead_back(begun.headers["location"]))


async def session(visitor: Visitor) -> Session:
    [found] = await visitor.sessions.list()
    return found


async def refused(visitor: Visitor, answer: Any, reason: str) -> None:
    assert answer.status_code == 403
    assert f"<code>{reason}</code>" in answer.text
    assert COOKIE not in visitor.http.cookies
    assert await visitor.sessions.list() == ()
    [row] = await visitor.world.links.journal.audit.list(AuditFilter())
    assert (row.action, row.outcome, row.actor) == ("sign_in", reason, "")


async def test_a_named_person_is_let_in_as_operator(visitor: Visitor, issuer: Issuer) -> None:
    answer = await enter(visitor, issuer, "/admin/audit")
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/audit")
    found = await session(visitor)
    assert (found.actor, found.role) == ("registrar@school.example", Role.OPERATOR)
    assert "registrar@school.example" in (await visitor.get("/audit")).text


async def test_the_way_carries_state_nonce_and_a_proof_of_the_code(
    visitor: Visitor, issuer: Issuer
) -> None:
    await enter(visitor, issuer)
    await enter(visitor, issuer)
    first, second = issuer.asked
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 43 and first[name] != second[name]
    assert first["redirect_uri"] == "https://bridge.test/admin/openid/back"


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"email": "teacher@school.example"}, Role.VIEWER),
        ({"email": "TEACHER@SCHOOL.EXAMPLE"}, Role.VIEWER),
        ({"email": None, "email_verified": None, "roles": ["MZI.Operator"]}, Role.OPERATOR),
        ({"email_verified": None, "xms_edov": True}, Role.OPERATOR),
        ({"email_verified": "true"}, Role.OPERATOR),
        ({"aud": [CLIENT_ID]}, Role.OPERATOR),
        ({"aud": [CLIENT_ID, "other"], "azp": CLIENT_ID}, Role.OPERATOR),
    ],
    ids=str,
)
async def test_who_is_let_in_as_what(
    visitor: Visitor, issuer: Issuer, claims: dict[str, Any], role: Role
) -> None:
    issuer.claims = claims
    assert (await enter(visitor, issuer)).status_code == 303
    assert (await session(visitor)).role is role


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"email": "somebody@elsewhere.example"}, "openid_person_unknown"),
        ({"email": "registrar@school.example.evil.example"}, "openid_person_unknown"),
        ({"email": "x@evilschool.example"}, "openid_person_unknown"),
        ({"email": "@school.example"}, "openid_person_unknown"),
        ({"email": None}, "openid_person_unknown"),
        ({"email": None, "roles": "Not.MZI.Operator"}, "openid_person_unknown"),
        ({"email_verified": False}, "openid_email_unverified"),
        ({"email_verified": None}, "openid_email_unverified"),
        ({"nonce": "another"}, "openid_token_refused"),
        ({"nonce": None}, "openid_token_refused"),
        ({"aud": "another"}, "openid_token_refused"),
        ({"aud": None}, "openid_token_refused"),
        ({"aud": [CLIENT_ID, "other"]}, "openid_token_refused"),
        ({"azp": "other"}, "openid_token_refused"),
        ({"iss": "https://evil.example"}, "openid_token_refused"),
        ({"exp": 1_799_999_000}, "openid_token_refused"),
        ({"exp": None}, "openid_token_refused"),
        ({"iat": 1_800_009_000}, "openid_token_refused"),
        ({"nbf": 1_800_009_000}, "openid_token_refused"),
        ({"sub": None}, "openid_token_refused"),
    ],
    ids=str,
)
async def test_who_is_not_let_in(
    visitor: Visitor, issuer: Issuer, claims: dict[str, Any], reason: str
) -> None:
    issuer.claims = claims
    await refused(visitor, await enter(visitor, issuer), reason)


async def test_an_unsigned_token_is_refused(visitor: Visitor, issuer: Issuer) -> None:
    issuer.header = {"alg": "none"}
    await refused(visitor, await enter(visitor, issuer), "openid_token_refused")


async def test_a_token_signed_with_another_key_is_refused(visitor: Visitor, issuer: Issuer) -> None:
    issuer.key = OTHER_KEY
    await refused(visitor, await enter(visitor, issuer), "openid_token_refused")


async def test_a_token_signed_with_a_shared_secret_is_refused(
    visitor: Visitor, issuer: Issuer
) -> None:
    issuer.header = {"alg": "HS256", "kid": "one"}
    secret: Any = OctKey.import_key(CLIENT_SECRET.encode() * 4)
    issuer.key = secret
    await refused(visitor, await enter(visitor, issuer), "openid_token_refused")


async def test_a_return_that_this_browser_did_not_begin_is_refused(
    visitor: Visitor, issuer: Issuer
) -> None:
    begun = await visitor.get("/openid/start")
    back = await issuer.lead_back(begun.headers["location"])
    visitor.http.cookies.clear()
    await refused(visitor, await visitor.http.get(back), "openid_state_unknown")


async def test_a_return_with_another_state_is_refused(visitor: Visitor, issuer: Issuer) -> None:
    issuer.answer = {"state": "guessed"}
    await refused(visitor, await enter(visitor, issuer), "openid_state_unknown")


async def test_a_return_counts_once_though_the_cookie_was_kept(
    visitor: Visitor, issuer: Issuer
) -> None:
    begun = await visitor.get("/openid/start")
    kept = visitor.http.cookies.get(SIGN_IN_COOKIE) or ""
    back = await issuer.lead_back(begun.headers["location"])
    assert (await visitor.http.get(back)).status_code == 303
    assert SIGN_IN_COOKIE not in visitor.http.cookies
    visitor.http.cookies.set(SIGN_IN_COOKIE, kept, domain="bridge.test")
    again = await visitor.http.get(back)
    assert again.status_code == 403
    assert "openid_state_unknown" in again.text
    assert len(await visitor.sessions.list()) == 1


async def test_a_sign_in_left_lying_for_long_is_refused(
    visitor: Visitor, issuer: Issuer, world: World
) -> None:
    begun = await visitor.get("/openid/start")
    back = await issuer.lead_back(begun.headers["location"])
    world.clock.advance(SIGN_IN_SECONDS + 1)
    await refused(visitor, await visitor.http.get(back), "openid_state_unknown")


async def test_what_was_sealed_for_something_else_is_no_sign_in(
    visitor: Visitor, issuer: Issuer
) -> None:
    begun = await visitor.get("/openid/start")
    back = await issuer.lead_back(begun.headers["location"])
    await visitor.sign_in()
    told = await visitor.post("/sign-out")
    sealed = told.cookies["__Host-mzi_told"]
    visitor.http.cookies.clear()
    visitor.http.cookies.set(SIGN_IN_COOKIE, sealed, domain="bridge.test")
    answer = await visitor.http.get(back)
    assert (answer.status_code, "openid_state_unknown" in answer.text) == (403, True)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"code": None, "error": "access_denied"}, "openid_not_agreed"),
        ({"iss": "https://evil.example"}, "openid_state_unknown"),
        ({"iss": None}, "openid_state_unknown"),
        ({"code": "never-given"}, "openid_code_refused"),
    ],
    ids=str,
)
async def test_another_answer_than_agreed_is_refused(
    visitor: Visitor, issuer: Issuer, answer: dict[str, Any], reason: str
) -> None:
    issuer.answer = answer
    await refused(visitor, await enter(visitor, issuer), reason)


async def test_a_wrong_client_secret_is_named(visitor: Visitor, issuer: Issuer) -> None:
    issuer.secret = "another"
    answer = await enter(visitor, issuer)
    await refused(visitor, answer, "openid_client_refused")
    assert "MZI_OIDC_CLIENT_SECRET" in answer.text
    assert CLIENT_SECRET not in answer.text


async def test_an_issuer_that_takes_the_secret_in_the_form_gets_it_there(
    visitor: Visitor, issuer: Issuer
) -> None:
    issuer.document = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert (await enter(visitor, issuer)).status_code == 303


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"issuer": "https://evil.example"}, "openid_issuer_differs"),
        ({"token_endpoint": None}, "openid_issuer_unusable"),
        ({"jwks_uri": "nothing"}, "openid_issuer_unusable"),
    ],
    ids=str,
)
async def test_a_discovery_document_that_does_not_fit_ends_the_way(
    visitor: Visitor, issuer: Issuer, document: dict[str, Any], reason: str
) -> None:
    issuer.document = document
    answer = await visitor.get("/openid/start")
    assert answer.status_code == 403
    assert reason in answer.text


async def test_an_issuer_out_of_reach_is_told_and_the_token_still_opens(
    world: World, issuer: Issuer
) -> None:
    async with visiting(world, **settings(issuer, oidc_issuer="http://127.0.0.1:9")) as visitor:
        answer = await visitor.get("/openid/start")
        assert (answer.status_code, "openid_issuer_unusable" in answer.text) == (403, True)
        assert (await visitor.sign_in()).status_code == 303


async def test_who_is_taken_off_the_list_is_out_after_the_next_start(
    world: World, issuer: Issuer
) -> None:
    async with visiting(world, **settings(issuer)) as visitor:
        await enter(visitor, issuer)
        token = visitor.session_token() or ""
    async with visiting(world, **settings(issuer, oidc_operators=("x@school.example",))) as visitor:
        visitor.http.cookies.set(COOKIE, token, domain="bridge.test")
        assert (await visitor.get("/")).status_code == 303
