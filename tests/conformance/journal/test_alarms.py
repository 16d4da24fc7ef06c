"""Alarms: one per kind and subject, said once and once an hour, gone when cleared."""

from __future__ import annotations

import logging

import anyio
import pytest
from pydantic import SecretStr

from mzi_bridge.journal import Journal
from mzi_bridge.journal.alarms import REMINDER_SECONDS
from tests.support.clock import ManualClock

GONE = ("channel_gone", "BTEC_Grades", "Zoho no longer has the channel.")


@pytest.fixture(autouse=True)
def heard(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="mzi_bridge.journal.alarms")


def said(caplog: pytest.LogCaptureFixture, level: int = logging.ERROR) -> int:
    return len([record for record in caplog.records if record.levelno == level])


async def test_an_alarm_stands_from_its_first_raise_until_it_is_cleared(
    journal: Journal, clock: ManualClock
) -> None:
    began = clock.now()
    assert await journal.alarms.raise_alarm(*GONE)
    clock.advance(900)
    assert not await journal.alarms.raise_alarm("channel_gone", "BTEC_Grades", "Still gone.")

    [alarm] = await journal.alarms.list()
    assert (alarm.kind, alarm.subject, alarm.message) == (*GONE[:2], "Still gone.")
    assert (alarm.since, alarm.last_seen_at) == (began, began + 900)
    assert await journal.alarms.count() == 1

    assert await journal.alarms.clear("channel_gone", "BTEC_Grades")
    assert await journal.alarms.list() == ()
    assert not await journal.alarms.clear("channel_gone", "BTEC_Grades")


async def test_a_standing_alarm_is_said_at_once_and_then_once_an_hour(
    journal: Journal, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(1 + 4 * 3):
        await journal.alarms.raise_alarm(*GONE)
        clock.advance(REMINDER_SECONDS / 4)
    assert said(caplog) == 4
    await journal.alarms.clear("channel_gone", "BTEC_Grades")
    await journal.alarms.clear("channel_gone", "BTEC_Grades")
    assert said(caplog, logging.INFO) == 1


async def test_a_clock_set_back_does_not_silence_an_alarm(
    journal: Journal, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    await journal.alarms.raise_alarm(*GONE)
    clock.set(clock.now() - 86_400)
    await journal.alarms.raise_alarm(*GONE)
    await journal.alarms.raise_alarm(*GONE)
    assert said(caplog) == 2


async def test_a_look_that_names_all_that_is_wrong_ends_the_rest(journal: Journal) -> None:
    for subject in ("a", "b", "c"):
        await journal.alarms.raise_alarm("channel_gone", subject, "gone")
    await journal.alarms.raise_alarm("channel_expiring", "a", "soon")
    assert await journal.alarms.clear_all_but("channel_gone", ["b"]) == ("a", "c")
    assert [alarm.subject for alarm in await journal.alarms.list("channel_gone")] == ["b"]
    assert await journal.alarms.clear_all_but("channel_gone", []) == ("b",)
    assert [alarm.kind for alarm in await journal.alarms.list()] == ["channel_expiring"]


async def test_of_many_who_raise_it_at_once_one_says_it(
    journal: Journal, caplog: pytest.LogCaptureFixture
) -> None:
    news: list[bool] = []

    async def look() -> None:
        news.append(await journal.alarms.raise_alarm(*GONE))

    async with anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(look)
    assert sorted(news) == [False] * 7 + [True]
    assert said(caplog) == 1


async def test_alarms_outlive_the_process_and_belong_to_their_tenant(
    url: str, journal: Journal, clock: ManualClock, secret_key: SecretStr
) -> None:
    await journal.alarms.raise_alarm(*GONE)
    async with (
        Journal.open(url, clock=clock, secret_keys=[secret_key]) as again,
        Journal.open(url, clock=clock, secret_keys=[secret_key], tenant="other") as other,
    ):
        assert await again.alarms.count() == 1
        assert await other.alarms.list() == ()
        assert not await other.alarms.clear(*GONE[:2])
        assert await other.alarms.clear_all_but(GONE[0], []) == ()
    assert await journal.alarms.count() == 1
