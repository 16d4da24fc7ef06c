"""Which pages of other origins may call the API."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from mzi_bridge.api.cors import cors_of
from mzi_bridge.api.open_routes import alive_route

SCHOOL = "https://school.example.org"
PREFLIGHT = {
    "Access-Control-Request-Method": "PUT",
    "Access-Control-Request-Headers": "authorization",
}


def client(*origins: str) -> TestClient:
    return TestClient(Starlette(routes=[alive_route()], middleware=cors_of(origins)))


@pytest.mark.parametrize("origins", [(), (SCHOOL,)])
def test_no_other_origin_is_let_in(origins: tuple[str, ...]) -> None:
    for origin in (
        "https://evil.example",
        "null",
        SCHOOL + ".evil.example",
        "http://school.example.org",
    ):
        answer = client(*origins).get("/health", headers={"Origin": origin})
        assert not [
            name for name in answer.headers if name.startswith("access-control-allow-origin")
        ]
        asked = client(*origins).options("/health", headers={"Origin": origin, **PREFLIGHT})
        assert "access-control-allow-origin" not in asked.headers


def test_an_origin_that_is_named_may_call_without_cookies() -> None:
    headers = {"Origin": SCHOOL}
    answer = client(SCHOOL).get("/health", headers=headers)
    assert answer.headers["access-control-allow-origin"] == SCHOOL
    assert "access-control-allow-credentials" not in answer.headers
    asked = client(SCHOOL).options("/health", headers={**headers, **PREFLIGHT})
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, SCHOOL)
