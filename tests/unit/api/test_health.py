from __future__ import annotations

from collections.abc import Mapping

import anyio
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from mzi_bridge.api.health import HealthEndpoints
from mzi_bridge.api.ports import Ready
from mzi_bridge.errors import RetryLater


async def fine() -> None:
    return None


async def away() -> None:
    raise RetryLater("the password is canary", reason="database_unreachable")


async def broken() -> None:
    raise ZeroDivisionError("canary")


async def stuck() -> None:
    await anyio.sleep_forever()


def client(readiness: Mapping[str, Ready]) -> TestClient:
    health = HealthEndpoints(readiness, seconds=0.05)
    return TestClient(
        Starlette(routes=[Route("/health", health.alive), Route("/readyz", health.ready)])
    )


def test_a_living_process_says_so_whatever_it_could_do() -> None:
    response = client({"journal": away}).get("/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert response.headers["cache-control"] == "no-store"


def test_ready_means_every_part_is() -> None:
    response = client({"journal": fine, "worker": fine}).get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "ready", "checks": {"journal": "ok", "worker": "ok"}}


@pytest.mark.parametrize(
    ("check", "word"), [(away, "database_unreachable"), (broken, "broken"), (stuck, "timeout")]
)
def test_a_part_that_is_not_ready_is_named_without_detail(check: Ready, word: str) -> None:
    response = client({"journal": check, "worker": fine}).get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"status": "not_ready", "checks": {"journal": word, "worker": "ok"}}
    assert "canary" not in response.text
