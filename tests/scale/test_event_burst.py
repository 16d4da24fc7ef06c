"""A burst of a thousand grades costs the CRM few calls."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from mzi_bridge.pipeline.take_events import MoodleEvent, take_into
from tests.support.told import GRADES, KEY_FIELD, graded, pushed
from tests.support.world import open_world

EVENTS = 1000
BATCH = 100
CALLS_PER_EVENT = 0.02
FIELDS_CALL = 1
"""Whether the key is unique: asked once an hour by each pusher."""


async def test_a_thousand_grades_cost_one_call_of_the_crm_per_hundred(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        take = take_into(world.links.journal, world.links.preset, world.clock)
        now_ms = int(world.clock.now() * 1000)
        told = [
            MoodleEvent(str(uuid4()), "user_graded", now_ms, graded(world, userid=1000 + n))
            for n in range(EVENTS)
        ]
        for start in range(0, EVENTS, BATCH):
            answers = await take(told[start : start + BATCH])
            assert all(answer.success and not answer.reason for answer in answers)
        await world.forget_calls("crm")
        await pushed(world)
        calls = [call for call in await world.calls("crm") if "/crm/" in call["path"]]
        wanted = {event.data["key"] for event in told}
        records = world.crm.records(GRADES)
        ours = {i: r for i, r in records.items() if r.values.get(KEY_FIELD) in wanted}
        assert len(ours) == len(wanted) == EVENTS
        assert len(calls) == EVENTS // BATCH + FIELDS_CALL <= EVENTS * CALLS_PER_EVENT
        # The same grades again, with ids that are known by now: no call at all.
        await world.forget_calls("crm")
        again = [MoodleEvent(str(uuid4()), e.event_type, now_ms + 1000, e.data) for e in told]
        await take(again)
        await pushed(world)
        assert await world.calls("crm") == []
        # Regraded.
        better = [
            MoodleEvent(str(uuid4()), e.event_type, now_ms + 2000, {**e.data, "finalgrade": "75"})
            for e in told
        ]
        await take(better)
        await pushed(world)
        calls = await world.calls("crm")
        assert len(calls) == EVENTS // BATCH + FIELDS_CALL <= EVENTS * CALLS_PER_EVENT
        letters = {r.values["Grade"] for r in ours.values()}
        assert letters == {"D"}
