from __future__ import annotations

from collections.abc import Mapping

import anyio
import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from mzi_bridge.api.health import HealthEndpoints, alive
from mzi_bridge.api.ports import Ready
from mzi_bridge.errors import RetryLater
from tests.support.clock import ManualClock
from tests.support.problems import refusal


async def fine() -> None:
    return None


async def away() -> None:
    raise RetryLater("the password is canary", reason="database_unreachable")


async def broken() -> None:
    raise ZeroDivisionError("canary")


async def stuck() -> None:
    await anyio.sleep_forever()


class Counted:
    """A part that can be switched off, and how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.is_up = True
        self.answering = anyio.Event()

    async def __call__(self) -> None:
        self.asked += 1
        await self.answering.wait()
        if not self.is_up:
            await away()


def client(readiness: Mapping[str, Ready]) -> TestClient:
    health = HealthEndpoints(readiness, seconds=0.05)
    return TestClient(Starlette(routes=[Route("/health", alive), Route("/readyz", health.ready)]))


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
    assert refusal(response) == (503, "not_ready")
    assert response.json()["checks"] == {"journal": word, "worker": "ok"}
    assert "canary" not in response.text


async def ready(http: httpx2.AsyncClient) -> str:
    return str((await http.get("/readyz")).json()["checks"]["moodle"])


def app_of(health: HealthEndpoints) -> httpx2.AsyncClient:
    app = Starlette(routes=[Route("/readyz", health.ready)])
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://bridge.test")


async def test_a_crowd_of_callers_asks_a_part_once() -> None:
    part = Counted()
    async with (
        app_of(HealthEndpoints({"moodle": part})) as http,
        anyio.create_task_group() as tasks,
    ):
        for _ in range(20):
            tasks.start_soon(ready, http)
        await anyio.wait_all_tasks_blocked()
        part.answering.set()
    assert part.asked == 1


async def test_an_answer_is_kept_for_five_seconds_then_asked_anew() -> None:
    part, clock = Counted(), ManualClock()
    part.answering.set()
    async with app_of(HealthEndpoints({"moodle": part}, stopwatch=clock.now)) as http:
        assert await ready(http) == "ok"
        part.is_up = False
        clock.advance(4.9)
        assert await ready(http) == "ok"
        clock.advance(0.1)
        assert await ready(http) == "database_unreachable"
        part.is_up = True
        assert await ready(http) == "database_unreachable"
        clock.advance(5)
        assert await ready(http) == "ok"
    assert part.asked == 3
