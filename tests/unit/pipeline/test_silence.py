from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import force_setattr

from mzi_bridge.journal.deliveries import Delivery
from mzi_bridge.journal.records import Notice, Operation, Source
from mzi_bridge.pipeline.channels import setup
from mzi_bridge.pipeline.poll import Poller
from mzi_bridge.pipeline.silence import (
    DAY,
    HOUR,
    KIND,
    LEAST_SILENCE_SECONDS,
    SilenceWatch,
    usual_silence,
)
from mzi_bridge.pipeline.sync import Mode, sync, sync_module
from mzi_bridge.pipeline.untold import LATE_SECONDS
from tests.support.world import BRIDGE_URL, MODULES, World

TEACHERS = "BTEC_Teachers"
ROUND = 900.0
MONDAY = datetime(2026, 3, 2, tzinfo=UTC).timestamp()


def school_hours(weeks: int, days: tuple[int, ...] = (0, 1, 2, 3, 4)) -> list[tuple[float, float]]:
    """Something in each hour of each school day from 8 to 16."""
    starts = [
        MONDAY + week * 7 * DAY + day * DAY + hour * HOUR
        for week in range(weeks)
        for day in days
        for hour in range(8, 16)
    ]
    return [(start, start + 1800) for start in starts]


def silent_at(heard: list[tuple[float, float]], now: float) -> bool:
    usual = usual_silence(heard)
    return usual is not None and now - heard[-1][1] > usual


def test_few_notices_or_a_short_history_allow_no_judgement() -> None:
    assert usual_silence([]) is None
    assert usual_silence(school_hours(1)) is None
    assert usual_silence([(MONDAY + n * DAY, MONDAY + n * DAY) for n in range(19)]) is None
    assert usual_silence(school_hours(3)) is not None


@pytest.mark.parametrize("days", [(0, 1, 2, 3, 4), (6, 0, 1, 2, 3)], ids=["west", "levant"])
def test_no_night_and_no_weekend_of_a_school_is_a_silence(days: tuple[int, ...]) -> None:
    history = sorted(school_hours(4, days))
    for hour in range(7 * 24):
        now = MONDAY + 28 * DAY + hour * HOUR
        heard = [span for span in history if span[1] <= now]
        heard += [(s + 28 * DAY, e + 28 * DAY) for s, e in history if e + 28 * DAY <= now]
        assert not silent_at(heard, now), hour


def test_a_week_without_a_notice_is_a_silence() -> None:
    heard = school_hours(4)
    assert silent_at(heard, heard[-1][1] + 7 * DAY)


def test_a_busy_module_is_not_judged_by_the_hour() -> None:
    heard = [(MONDAY + n * HOUR, MONDAY + n * HOUR) for n in range(24 * 28)]
    assert usual_silence(heard) == LEAST_SILENCE_SECONDS


@given(st.lists(st.floats(0, 28 * DAY), min_size=20, max_size=60, unique=True))
def test_what_was_usual_before_is_never_a_silence(times: list[float]) -> None:
    heard = [(at, at) for at in sorted(times)]
    usual = usual_silence(heard)
    if usual is not None:
        assert all(later[0] - earlier[1] < usual for earlier, later in pairwise(heard))


@pytest.fixture
async def told(world: World) -> World:
    """A module with a channel and everything in Moodle."""
    few = {name: world.links.preset.modules[name] for name in (TEACHERS, MODULES[-1])}
    force_setattr(world.links.preset, "modules", few)
    await setup(world.links, BRIDGE_URL)
    await sync(world.links, list(few), Mode.FULL)
    return world


async def alarms(world: World) -> list[str]:
    return [alarm.subject for alarm in await world.links.journal.alarms.list(KIND)]


async def hear(world: World, module: str = TEACHERS) -> None:
    """A notice by the module's channel, through the journal's own door."""
    [row] = [row for row in await world.links.journal.channels.list() if row.module == module]
    record, ms = world.some(module), int(world.clock.now() * 1000)
    notice = Notice(module, record, Operation.UPDATE, ms, Source.NOTIFICATION, row.channel_id)
    delivery = Delivery(
        row.channel_id, module, "update", 1, (record,), ms, Source.NOTIFICATION, "accepted"
    )
    await world.links.journal.inbox.mark([notice], deliveries=[delivery])


async def test_a_channel_silent_for_longer_than_ever_is_told_until_its_next_notice(
    told: World,
) -> None:
    watch = SilenceWatch(told.links)
    for _ in range(24):
        await hear(told)
        told.clock.advance(DAY)
        await watch.judge()
    assert await alarms(told) == []
    told.clock.advance(0.8 * DAY)
    await watch.judge()
    assert await alarms(told) == [TEACHERS]
    await watch.end_heard()
    assert await alarms(told) == [TEACHERS]
    told.clock.advance(60)
    await hear(told)
    await watch.end_heard()
    await watch.judge()
    assert await alarms(told) == []


async def test_while_the_service_was_down_silence_was_no_sign(told: World) -> None:
    for _ in range(28):
        await hear(told)
        told.clock.advance(DAY)
    told.clock.advance(4 * DAY)
    watch = SilenceWatch(told.links)
    await watch.judge()
    assert await alarms(told) == []
    told.clock.advance(2 * DAY)
    await watch.judge()
    assert await alarms(told) == [TEACHERS]


async def poll_rounds(world: World, poller: Poller, rounds: int, *, edit: bool) -> None:
    """Each round one edit early in it, unheard of, and the poll at its end."""
    for _ in range(rounds):
        if edit:
            phone = f"+962 6 555 {int(world.clock.now()) % 10_000:04}"
            world.edit(TEACHERS, world.some(TEACHERS), Phone_Number=phone)
        for _ in range(16):
            world.clock.advance(60)
            await poller.poll_due()


async def test_polls_that_keep_finding_what_no_notice_told_make_a_channel_silent(
    told: World,
) -> None:
    poller = Poller(told.links, ROUND, jitter=lambda: 0.5)
    await poller.poll_due()
    await poll_rounds(told, poller, 1, edit=True)
    assert await alarms(told) == []
    await poll_rounds(told, poller, 2, edit=True)
    assert await alarms(told) == [TEACHERS]
    told.clock.advance(60)
    await hear(told)
    await SilenceWatch(told.links).end_heard()
    assert await alarms(told) == []
    await poll_rounds(told, poller, 1, edit=True)
    assert await alarms(told) == [], "counted anew from the notice on"


async def test_polls_that_find_nothing_say_nothing_of_the_channel(told: World) -> None:
    poller = Poller(told.links, ROUND, jitter=lambda: 0.5)
    await poll_rounds(told, poller, 4, edit=False)
    assert await alarms(told) == []


async def untold(world: World) -> int:
    return (await sync_module(world.links, TEACHERS, Mode.DELTA)).untold


async def change(world: World, age: float) -> None:
    """A change that is `age` seconds old."""
    world.clock.advance(HOUR)
    world.edit(TEACHERS, world.some(TEACHERS), Phone_Number=f"+962 {int(world.clock.now())}")
    world.clock.advance(age)


async def test_an_old_change_that_moodle_lacks_was_told_by_nobody(told: World) -> None:
    await change(told, LATE_SECONDS + 60)
    assert await untold(told) == 1
    assert await untold(told) == 0, "it is in Moodle now"


async def test_a_change_that_a_notice_told_of_is_not_untold_though_the_work_waits(
    told: World,
) -> None:
    await change(told, LATE_SECONDS + 60)
    await hear(told)
    assert await untold(told) == 0


async def test_a_change_too_young_to_be_told_is_not_untold(told: World) -> None:
    await change(told, LATE_SECONDS - 60)
    assert await untold(told) == 0


async def test_a_module_without_a_channel_is_not_expected_to_tell(told: World) -> None:
    for row in await told.links.journal.channels.list():
        await told.links.journal.channels.delete(row.channel_id)
    poller = Poller(told.links, ROUND, jitter=lambda: 0.5)
    await poll_rounds(told, poller, 4, edit=True)
    assert await alarms(told) == []
