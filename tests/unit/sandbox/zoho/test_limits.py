from __future__ import annotations

import asyncio

from mzi_bridge.sandbox.zoho import Switches
from tests.unit.sandbox.zoho.school import School, open_school


async def test_credits_run_out_and_come_back_after_a_day() -> None:
    async with open_school(Switches(credits=4)) as school:
        first = await school.get("Leads")
        assert "x-api-credits-remaining" not in first.headers
        second = await school.get("Leads")
        assert second.headers["x-api-credits-remaining"] == "2"
        dear = await school.get("Leads/deleted")
        assert dear.headers["x-api-credits-remaining"] == "0"
        over = await school.get("Leads")
        assert (over.status_code, over.json()["code"]) == (429, "TOO_MANY_REQUESTS")
        assert "retry-after" not in over.headers
        school.clock.advance(86_400)
        await school.sign_in()
        assert (await school.get("Leads")).status_code == 204


async def test_a_write_costs_one_credit_for_ten_rows() -> None:
    async with open_school(Switches(credits=6)) as school:
        await school.post("Leads", {"data": [{"Last_Name": "A"}] * 21})
        assert school.app.state.emulator.limits.spent == 3
        await school.post("Leads", "nonsense")
        assert school.app.state.emulator.limits.spent == 4


async def test_too_many_calls_at_once_are_refused() -> None:
    async with open_school(Switches(concurrency=1)) as school:
        limits = school.app.state.emulator.limits
        with limits.admitted(1):
            answer = await school.get("Leads")
        assert answer.status_code == 429
        assert (await school.get("Leads")).status_code == 204


async def test_no_limit_binds_unless_switched_on(school: School) -> None:
    answers = await asyncio.gather(*(school.get("Leads") for _ in range(30)))
    assert {answer.status_code for answer in answers} == {204}
