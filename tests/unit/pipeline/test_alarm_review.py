from __future__ import annotations

import pytest
from msgspec.structs import force_setattr

from mzi_bridge.errors import OperatorError
from mzi_bridge.pipeline.alarm_review import review_alarms
from mzi_bridge.pipeline.channels import setup
from mzi_bridge.pipeline.duties import tidy_once
from mzi_bridge.pipeline.pause import pause_module
from tests.support.world import BRIDGE_URL, World

TEACHERS, PAYMENTS = "BTEC_Teachers", "BTEC_Payments"
NEVER_MAPPED = "Leads"


async def alarms(world: World) -> set[tuple[str, str]]:
    return {(alarm.kind, alarm.subject) for alarm in await world.links.journal.alarms.list()}


async def raised(world: World, kind: str, *subjects: str) -> None:
    for subject in subjects:
        await world.links.journal.alarms.raise_alarm(kind, subject, "As it was.")


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("link_paused", "zoho"),
        ("module_paused", TEACHERS),
        ("poll_failing", TEACHERS),
        ("channel_silent", TEACHERS),
        ("sync_stuck", TEACHERS),
    ],
)
async def test_an_alarm_of_what_is_no_more_ends_within_the_hour(
    world: World, kind: str, subject: str
) -> None:
    """As after a crash between the change and its alarm."""
    await raised(world, kind, subject)
    await tidy_once(world.links)
    assert await alarms(world) == set()


async def test_a_pause_that_a_crash_kept_from_being_told_is_told(world: World) -> None:
    until = world.clock.now() + 600
    await world.links.journal.links.pause("moodle", "maintenance", until)
    await world.links.journal.links.pause(f"module:{TEACHERS}", "no_permission", until)
    await review_alarms(world.links)
    assert await alarms(world) == {("link_paused", "moodle"), ("module_paused", TEACHERS)}


async def test_what_is_still_so_is_still_told_in_its_own_words(world: World) -> None:
    journal = world.links.journal
    await pause_module(world.links, TEACHERS, OperatorError("No way.", reason="no_permission"))
    await setup(world.links, BRIDGE_URL)
    await journal.polls.ensure({TEACHERS: 0.0})
    for _ in range(3):
        claim = await journal.polls.claim([TEACHERS], lease_seconds=60, longest_wait=3600)
        assert claim is not None
        await journal.polls.fail(claim, 0.0)
    run = await journal.runs.start("delta", TEACHERS)
    await journal.runs.checkpoint(run.id, {"failures": 2}, {})
    for kind in ("poll_failing", "channel_silent", "sync_stuck"):
        await raised(world, kind, TEACHERS)
    before = await journal.alarms.list()
    await review_alarms(world.links)
    assert await journal.alarms.list() == before


async def test_what_left_the_mapping_is_told_of_no_more(world: World) -> None:
    journal = world.links.journal
    await setup(world.links, BRIDGE_URL)
    await pause_module(world.links, TEACHERS, OperatorError("No way.", reason="no_permission"))
    await journal.polls.ensure({TEACHERS: 0.0})
    for _ in range(3):
        claim = await journal.polls.claim([TEACHERS], lease_seconds=60, longest_wait=3600)
        assert claim is not None
        await journal.polls.fail(claim, 0.0)
    run = await journal.runs.start("delta", TEACHERS)
    await journal.runs.checkpoint(run.id, {"failures": 2}, {})
    for kind in ("poll_failing", "channel_silent", "sync_stuck"):
        await raised(world, kind, TEACHERS)
    few = {m: one for m, one in world.links.preset.modules.items() if m != TEACHERS}
    force_setattr(world.links.preset, "modules", few)
    await review_alarms(world.links)
    assert await alarms(world) == set()
