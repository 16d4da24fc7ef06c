from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from mzi_bridge.api.alarms import KEPT_SECONDS, AlarmEndpoint
from mzi_bridge.errors import RetryLater
from mzi_bridge.journal.alarms import Alarm
from tests.support.clock import ManualClock
from tests.unit.api.bench import open_door

TOKEN = "admin-token-of-thirty-two-characters"
GONE = Alarm("channel_gone", "BTEC_Grades", 1.0, 2.0, "Zoho no longer has the channel.")


class Board:
    def __init__(self, *alarms: Alarm) -> None:
        self.alarms: Sequence[Alarm] = alarms
        self.fault: Exception | None = None
        self.asked = 0

    async def __call__(self) -> Sequence[Alarm]:
        self.asked += 1
        if self.fault:
            raise self.fault
        return self.alarms


async def health(endpoint: AlarmEndpoint, token: str = "") -> Any:
    app = Starlette(routes=[Route("/api/v1/health", endpoint.health)])
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://bridge.test"
    ) as http:
        response = await http.get("/api/v1/health", headers={"X-Admin-Token": token})
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    return response.json()


@pytest.mark.parametrize("token", ["", "a-guess"])
async def test_everyone_learns_how_many_alarms_stand_and_no_more(token: str) -> None:
    answer = await health(AlarmEndpoint(Board(GONE), open_door(TOKEN).is_admin), token)
    assert answer == {"status": "ok", "alarms": 1}


async def test_the_administrator_learns_which() -> None:
    answer = await health(AlarmEndpoint(Board(GONE), open_door(TOKEN).is_admin), TOKEN)
    assert answer["standing"] == [
        {
            "kind": "channel_gone",
            "subject": "BTEC_Grades",
            "since": 1.0,
            "last_seen_at": 2.0,
            "message": "Zoho no longer has the channel.",
        }
    ]


async def test_without_a_token_set_nobody_is_the_administrator() -> None:
    assert "standing" not in await health(AlarmEndpoint(Board(GONE), open_door(None).is_admin), "")


@pytest.mark.parametrize("fault", [RetryLater("away", reason="database_gone"), KeyError("bug")])
async def test_a_journal_out_of_reach_leaves_the_process_alive(fault: Exception) -> None:
    board = Board()
    board.fault = fault
    assert await health(AlarmEndpoint(board, open_door(TOKEN).is_admin)) == {
        "status": "ok",
        "alarms": None,
    }


async def test_the_journal_is_not_asked_at_every_call() -> None:
    board, clock = Board(), ManualClock()
    endpoint = AlarmEndpoint(board, open_door(TOKEN).is_admin, stopwatch=clock.now)
    for _ in range(10):
        await health(endpoint)
    assert board.asked == 1
    board.alarms = [GONE]
    clock.advance(KEPT_SECONDS)
    assert (await health(endpoint))["alarms"] == 1
