"""Credits in the whole bridge: what work that can wait may spend, and what is kept from it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest

from mzi_bridge.app import open_bridge
from mzi_bridge.errors import PauseLink, RetryLater
from mzi_bridge.pipeline.doctor_zoho import examine_zoho
from mzi_bridge.pipeline.sync import Mode, sync, sync_module
from mzi_bridge.sandbox.zoho import Switches
from mzi_bridge.zoho.errors import CreditsReserved
from tests.support.world import Wires, World, open_world

TEACHERS = "BTEC_Teachers"
STUDENTS = "BTEC_Students"
DAY = 86_400.0
POOL = 100
RESERVE = 40


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[World]:
    """A CRM with a hundred credits a day, of which forty are kept for live work."""
    async with open_world(
        tmp_path,
        switches=Switches(credits=POOL),
        zoho_daily_credits=POOL,
        zoho_credit_reserve=RESERVE,
    ) as world:
        yield world


def billed(world: World) -> int:
    limits = world.crm_app.state.emulator.limits
    limits._settle()
    return int(limits.spent)


async def ledger(world: World) -> int:
    return (await world.links.journal.credits.standing()).spent


def hire(world: World, count: int) -> list[str]:
    return [world.crm.insert(TEACHERS, {"Name": f"Teacher {n}"}) for n in range(count)]


async def backfill(world: World, module: str = TEACHERS) -> Any:
    return await sync_module(world.links, module, Mode.FULL)


async def test_a_backfill_stops_at_the_reserve_and_goes_on_when_credits_come_free(
    small: World,
) -> None:
    teachers = hire(small, 80 * 200)
    with pytest.raises(CreditsReserved) as caught:
        await backfill(small)
    assert caught.value.reason == "credits_reserved"
    assert 60.0 <= (caught.value.retry_after or 0.0) <= 3600.0
    assert billed(small) == POOL - RESERVE
    arrived = sum(small.stands(TEACHERS, i) for i in teachers)
    assert 0 < arrived < len(teachers)

    student = small.some(STUDENTS)
    for number in range(5):
        small.edit(STUDENTS, student, First_Name=f"Live {number}")
        await small.carry(STUDENTS, student)
        row = small.row(STUDENTS, student)
        assert row is not None
        assert row["first_name"] == f"Live {number}"
    assert billed(small) == POOL - RESERVE + 5
    with pytest.raises(CreditsReserved):
        await backfill(small)

    await small.forget_calls("crm")
    small.clock.advance(DAY + 600)
    progress = await backfill(small)
    assert progress.done
    assert all(small.stands(TEACHERS, i) for i in teachers)
    assert billed(small) < 40, "it went on at its checkpoint: all over again would take 80"


async def test_the_ledger_holds_what_the_crm_billed_over_a_mixed_run(tmp_path: Path) -> None:
    switches = Switches(credits=100_000)
    async with open_world(tmp_path, switches=switches, zoho_daily_credits=100_000) as world:
        hire(world, 450)
        zoho = world.links.zoho
        for module in (TEACHERS, STUDENTS, "BTEC_Registrations"):
            await backfill(world, module)
        world.edit(STUDENTS, world.some(STUDENTS), First_Name="Edited")
        await sync_module(world.links, STUDENTS, Mode.DELTA)
        await sync(world.links, [TEACHERS, STUDENTS], Mode.DELTA)
        await world.carry(STUDENTS, world.some(STUDENTS), "999")
        await zoho.records.insert(TEACHERS, [{"Name": f"T{n}"} for n in range(31)])
        await zoho.bulk.versions(TEACHERS, "Modified_Time")
        await zoho.coql.select("select Name from BTEC_Teachers where Name is not null", limit=5)
        await zoho.deleted.page(TEACHERS)
        world.crm_app.state.emulator.oauth.expire_all()
        await zoho.metadata.modules()
        with pytest.raises(Exception, match="module"):
            await zoho.records.page("Nothing_Here")
        assert billed(world) > 80
        assert await ledger(world) == billed(world)


async def test_two_bridges_on_one_journal_share_the_reserve(small: World) -> None:
    hire(small, 100 * 200)
    async with open_bridge(small.settings, clock=small.clock, transport=small.wires) as other:

        async def until_refused(zoho: Any) -> None:
            with pytest.raises(CreditsReserved):
                while True:
                    await zoho.background.records.page(TEACHERS, per_page=1)
                    small.clock.advance(10)
                    await anyio.lowlevel.checkpoint()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(until_refused, small.links.zoho)
            tasks.start_soon(until_refused, other.links.zoho)
    assert POOL - RESERVE <= billed(small) <= POOL - RESERVE + 4


async def test_zohos_word_beats_the_ledger_because_other_apps_spend_too(small: World) -> None:
    limits = small.crm_app.state.emulator.limits
    with limits.admitted(55):
        pass
    await small.links.zoho.background.records.page(TEACHERS)
    assert await ledger(small) == 1
    for _ in range(4):
        await small.links.zoho.background.records.page(TEACHERS)
    with pytest.raises(CreditsReserved) as caught:
        await small.links.zoho.background.records.page(TEACHERS)
    assert billed(small) == POOL - RESERVE
    small.clock.advance(caught.value.retry_after or 0.0)
    await small.links.zoho.background.records.page(TEACHERS)
    with pytest.raises(CreditsReserved):
        await small.links.zoho.background.records.page(TEACHERS)


async def test_a_live_call_is_sent_whatever_the_ledger_says(small: World) -> None:
    small.links.journal.credits.note(10 * POOL)
    with pytest.raises(CreditsReserved):
        await small.links.zoho.background.records.page(TEACHERS)
    student = small.some(STUDENTS)
    await small.carry(STUDENTS, student)
    assert small.stands(STUDENTS, student)


async def test_a_quota_that_zoho_calls_spent_pauses_the_link_as_ever(small: World) -> None:
    with small.crm_app.state.emulator.limits.admitted(POOL):
        pass
    with pytest.raises(PauseLink) as caught:
        await small.links.zoho.records.page(TEACHERS)
    assert caught.value.reason == "credits_used_up"
    await small.carry(STUDENTS, small.some(STUDENTS))
    state = await small.links.journal.links.get("zoho")
    assert state is not None
    assert state.reason == "credits_used_up"
    with pytest.raises(CreditsReserved):
        await small.links.zoho.background.records.page(TEACHERS)


async def test_a_job_that_was_let_in_is_carried_to_its_end(small: World) -> None:
    hire(small, 3)
    for _ in range(POOL - RESERVE - 50):
        await small.links.zoho.records.page(TEACHERS)
    found = await small.links.zoho.background.bulk.versions(TEACHERS, "Modified_Time")
    assert set(found) == set(small.crm.records(TEACHERS))
    with pytest.raises(CreditsReserved):
        await small.links.zoho.background.bulk.versions(TEACHERS, "Modified_Time")


async def test_a_storm_of_429_ends_with_everything_delivered(tmp_path: Path) -> None:
    async with open_world(tmp_path, switches=Switches(concurrency=1)) as world:
        students = sorted(world.crm.records(STUDENTS))
        limits = world.crm_app.state.emulator.limits
        gate: Any = world.links.zoho._transport._gate  # type: ignore[attr-defined]
        with limits.admitted(1):
            for _ in range(6):
                await world.notice(STUDENTS, *students)
                await world.work()
                world.clock.advance(60)
            assert gate.allowed == 1
            refused = len([c for c in await world.calls("crm") if c["status"] == 429])
            assert 4 <= refused <= 6
        for _ in range(200):
            world.clock.advance(4 * 3600)
            await world.work()
            if not await world.dirty():
                break
        assert all(world.stands(STUDENTS, student) for student in students)
        for _ in range(100):
            await world.links.zoho.records.page(STUDENTS)
        assert gate.allowed == 10


async def test_the_doctor_tells_the_credits(small: World) -> None:
    async def line() -> Any:
        checks = {check.name: check async for check in examine_zoho(small.links)}
        return checks["credits of zoho"]

    well = await line()
    assert well.state == "ok"
    assert "of 100 used by the bridge in 24 h, 40 kept for live work" in well.detail
    with small.crm_app.state.emulator.limits.admitted(50):
        pass
    short = await line()
    assert short.state == "warning"
    assert "left in the organisation, Zoho says" in short.detail
    assert short.fix


@pytest.mark.parametrize("mode", list(Mode))
async def test_every_sync_is_background_work(small: World, mode: Mode) -> None:
    small.links.journal.credits.note(POOL)
    with pytest.raises(RetryLater) as caught:
        await sync_module(small.links, TEACHERS, mode)
    assert caught.value.reason == "credits_reserved"


@pytest.mark.parametrize(
    ("changes", "parallel", "daily", "kept"),
    [
        ({}, 10, 50_000, 10_000),
        ({"zoho_edition": "free"}, 5, 5_000, 1_000),
        ({"zoho_edition": "ultimate", "zoho_daily_credits": 120_000}, 25, 120_000, 24_000),
        ({"zoho_parallel": 3, "zoho_credit_reserve": 0}, 3, 50_000, 0),
    ],
)
async def test_the_settings_decide_how_much_and_how_many(
    tmp_path: Path, changes: dict[str, Any], parallel: int, daily: int, kept: int
) -> None:
    async with open_world(tmp_path, **changes) as world:
        credits = world.links.zoho.credits
        assert credits is not None
        allowance = await credits.allowance()
        assert (allowance.daily, allowance.kept) == (daily, kept)
        gate: Any = world.links.zoho._transport._gate  # type: ignore[attr-defined]
        assert gate.allowed == parallel


async def test_the_moodle_gate_is_as_wide_as_its_setting(tmp_path: Path) -> None:
    async with open_world(tmp_path, moodle_parallel=3) as world:
        active, most = 0, 0

        async def counted(request: httpx2.Request) -> httpx2.Response:
            nonlocal active, most
            active += 1
            most = max(most, active)
            for _ in range(5):
                await anyio.lowlevel.checkpoint()
            active -= 1
            return await Wires.handle_async_request(world.wires, request)

        world.wires.handle_async_request = counted  # type: ignore[method-assign]
        async with anyio.create_task_group() as tasks:
            for _ in range(9):
                tasks.start_soon(world.links.moodle.status)
        assert most == 3
