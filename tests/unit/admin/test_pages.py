"""What the pages tell and do, over HTTP before the real journal and both emulators."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import anyio
import pytest

from mzi_bridge.admin.chart import Line, Mark, chart, nice_top
from mzi_bridge.journal.audit import AuditFilter, AuditRow
from mzi_bridge.journal.dead import DeadState
from mzi_bridge.journal.held import HeldState
from mzi_bridge.journal.records import HeldKind, Outcome, OutcomeKind
from mzi_bridge.pipeline.channel_test import TEST_MODULE
from tests.support.console import Visitor, visiting
from tests.support.world import MODULES, World

STUDENTS = "BTEC_Students"
ROW = re.compile(r'<td class="count">([1-9]\d*)</td>' + r'<td class="count">(\d+)</td>' * 2)
"""Of the table beside the charts, one in which something was accepted."""


async def give_up(world: World, module: str, ids: Sequence[str], reason: str) -> None:
    inbox = world.links.journal.inbox
    await world.notice(module, *ids)
    claim = await inbox.claim(owner="test", limit=100, lease_seconds=60.0)
    assert claim is not None
    dead = [Outcome(one, OutcomeKind.DEAD, reason=reason, message="a column") for one in ids]
    await inbox.settle(claim, dead)


async def last_row(visitor: Visitor) -> AuditRow:
    return (await visitor.world.links.journal.audit.list(AuditFilter()))[0]


async def acted(visitor: Visitor, path: str, form: Mapping[str, object]) -> str:
    """The page that an action leads to."""
    return (await visitor.follow(await visitor.post(path, dict(form)))).text


# Overview


async def test_a_bridge_at_rest_is_well(visitor: Visitor) -> None:
    await visitor.sign_in()
    await visitor.post("/channels/set-up")
    page = (await visitor.get("/")).text
    assert "All is well" in page
    assert "Nothing waits." in page


async def test_a_paused_side_is_told_with_why_and_when(visitor: Visitor, world: World) -> None:
    await visitor.sign_in()
    await world.links.journal.links.pause("zoho", "token_refused", world.clock.now() + 600)
    page = (await visitor.get("/")).text
    assert "Something does not work" in page
    assert "Zoho CRM is paused." in page
    assert "Connect Zoho anew." in page
    assert "Next try in 10 minutes" in page


async def test_an_alarm_is_told_in_words(visitor: Visitor, world: World) -> None:
    await visitor.sign_in()
    await world.links.journal.alarms.raise_alarm("channel_gone", STUDENTS, "Gone <b>now</b>.")
    page = (await visitor.get("/")).text
    assert "Zoho no longer has a notification channel." in page
    assert "Gone &lt;b&gt;now&lt;/b&gt;." in page


async def test_what_went_through_is_drawn_and_told_by_its_numbers(
    visitor: Visitor, world: World
) -> None:
    await visitor.sign_in()
    await visitor.post("/channels/set-up")
    assert ROW.search((await visitor.get("/")).text) is None
    world.edit(STUDENTS, world.some(STUDENTS), Academic_Email="new@school.example")
    world.tell_channels()
    await world.settled()
    await world.work()
    await world.links.journal.activity.flush()
    for span, steps in (("day", 96), ("week", 84)):
        page = (await visitor.get(f"/?span={span}")).text
        assert page.count('<svg class="chart"') == 2
        assert page.count('<tr><th scope="row">') == steps
        assert [found.groups() for found in ROW.finditer(page)] == [("1", "1", "0")]
        assert page.count("<td>1 second</td><td>1 second</td>") == 1


# Given up


async def test_given_up_records_are_told_by_reason_and_filtered(
    visitor: Visitor, world: World
) -> None:
    first, second = world.some(STUDENTS, 0), world.some(STUDENTS, 1)
    await give_up(world, STUDENTS, [first], "required")
    await give_up(world, STUDENTS, [second], "too_long")
    await visitor.sign_in()
    page = (await visitor.get("/dead")).text
    assert "A value that must be there is missing." in page
    assert first in page and second in page
    page = (await visitor.get("/dead?reason=required")).text
    assert first in page and second not in page


async def test_one_is_tried_again_and_another_discarded_with_a_note(
    visitor: Visitor, world: World
) -> None:
    dead = world.links.journal.dead
    await give_up(world, STUDENTS, [world.some(STUDENTS, n) for n in range(2)], "required")
    first, second = await dead.list()
    await visitor.sign_in()
    assert "1 record is tried again." in await acted(visitor, "/dead/retry", {"id": first.id})
    assert (await last_row(visitor)).details == {"letters": 1, "id": first.id}
    form = {"id": second.id, "note": "a test record"}
    assert "1 record is discarded." in await acted(visitor, "/dead/discard", form)
    [letter] = await dead.list(state=DeadState.DISCARDED)
    assert (letter.id, letter.note) == (second.id, "a test record")
    assert await dead.count() == 0
    assert await world.dirty() == 1


async def test_all_of_a_filter_are_tried_again_but_none_that_came_since(
    visitor: Visitor, world: World
) -> None:
    await give_up(world, STUDENTS, [world.some(STUDENTS, 0)], "required")
    await give_up(world, STUDENTS, [world.some(STUDENTS, 1)], "too_long")
    await visitor.sign_in()
    page = (await visitor.get("/dead?reason=required")).text
    found = re.search(r'name="up_to" value="(\d+)"', page)
    assert found is not None
    await give_up(world, STUDENTS, [world.some(STUDENTS, 2)], "required")
    form = {"reason": "required", "module": "", "up_to": found[1]}
    assert "1 record is tried again." in await acted(visitor, "/dead/retry", form)
    assert await world.links.journal.dead.count() == 2


@pytest.mark.parametrize("path", ["/dead/retry", "/dead/discard"])
async def test_without_a_choice_nothing_is_done(visitor: Visitor, world: World, path: str) -> None:
    await give_up(world, STUDENTS, [world.some(STUDENTS)], "required")
    await visitor.sign_in()
    assert "A number is missing" in await acted(visitor, path, {})
    assert await world.links.journal.dead.count() == 1
    assert (await last_row(visitor)).outcome == "bad_number"


# Held changes


async def held(world: World, number: int) -> None:
    ids = [world.some(STUDENTS, place) for place in range(number)]
    at = dict.fromkeys(ids, int(world.clock.now() * 1000))
    await world.links.journal.held.hold(
        STUDENTS, dict.fromkeys(ids, HeldKind.DELETE), reason="over_the_cap", at_ms=at
    )


async def test_held_changes_are_confirmed_by_their_very_number(
    visitor: Visitor, world: World
) -> None:
    await held(world, 3)
    await visitor.sign_in()
    last = (await world.links.journal.held.open_now())[STUDENTS].last
    form: dict[str, object] = {"module": STUDENTS, "up_to": last}
    page = await acted(visitor, "/held/confirm", {**form, "number": "2"})
    assert "Another number of changes is held now" in page
    assert (await last_row(visitor)).outcome == "held_number_differs"
    page = await acted(visitor, "/held/confirm", {**form, "number": "3"})
    assert "3 changes are confirmed" in page
    assert await world.links.journal.held.counts() == {}


async def test_held_changes_are_discarded_and_held_again(visitor: Visitor, world: World) -> None:
    journal = world.links.journal
    await held(world, 2)
    last = (await journal.held.open_now())[STUDENTS].last
    await visitor.sign_in()
    form = {"module": STUDENTS, "up_to": last - 1, "note": "a mistake"}
    assert "1 change is discarded" in await acted(visitor, "/held/discard", form)
    assert await journal.held.counts() == {STUDENTS: 1}
    [gone] = await journal.held.list(state=HeldState.DISCARDED)
    page = await acted(visitor, "/held/reopen", {"module": STUDENTS, "id": gone.id})
    assert "1 change waits for your word again." in page
    assert await journal.held.counts() == {STUDENTS: 2}


# Sync


async def test_a_sync_is_started_and_told(visitor: Visitor, world: World) -> None:
    await visitor.sign_in()
    form = {"module": STUDENTS, "mode": "full", "dry_run": "1"}
    assert "The sync has begun." in await acted(visitor, "/sync/start", form)
    row = await last_row(visitor)
    assert (row.action, row.target, row.outcome) == ("start_sync", STUDENTS, "done")
    assert row.details["dry_run"] is True
    assert "Everything" in (await visitor.get("/sync")).text


async def test_an_unknown_module_is_refused_in_words(visitor: Visitor) -> None:
    await visitor.sign_in()
    page = await acted(visitor, "/sync/start", {"module": "Nothing"})
    assert "No mapping knows this module." in page
    assert (await last_row(visitor)).outcome == "module_not_mapped"


async def test_a_sync_is_paused_gone_on_with_and_cancelled(visitor: Visitor, world: World) -> None:
    await visitor.sign_in()
    await world.disturb("crm", {"kind": "drop_before"})
    await acted(visitor, "/sync/start", {"module": STUDENTS, "mode": "full"})
    [run] = await world.links.journal.runs.recent(1, kind="job")
    page = await acted(visitor, "/sync/pause", {"id": run.id})
    assert "The sync is paused" in page and "Go on" in page
    assert "The sync goes on." in await acted(visitor, "/sync/resume", {"id": run.id})
    page = await acted(visitor, "/sync/cancel", {"id": run.id})
    assert "The sync is cancelled" in page
    assert "There is no such sync." in await acted(visitor, "/sync/pause", {"id": 999})


# Channels


async def test_channels_are_registered_renewed_and_ended(visitor: Visitor, world: World) -> None:
    await visitor.sign_in()
    assert f"{len(MODULES)} channels are in order now." in await acted(
        visitor, "/channels/set-up", {}
    )
    page = (await visitor.get("/channels")).text
    assert page.count("Both sides agree") == len(MODULES)
    assert f"{len(MODULES)} channels" in await acted(visitor, "/channels/renew", {})
    assert "1 channel is" in await acted(visitor, "/channels/delete", {"module": STUDENTS})
    assert len(await world.links.journal.channels.list()) == len(MODULES) - 1


async def test_a_test_notice_takes_the_whole_way_and_marks_nothing(
    visitor: Visitor, world: World
) -> None:
    await visitor.sign_in()
    page = await acted(visitor, "/channels/test", {})
    assert "The public address leads to this bridge" in page
    [delivery] = await world.links.journal.deliveries.list()
    assert (delivery.module, delivery.result) == (TEST_MODULE, "ignored")
    assert await world.dirty() == 0
    assert await world.links.journal.channels.list() == ()


async def test_a_public_address_that_leads_elsewhere_fails_the_test(world: World) -> None:
    async with visiting(world, webhook_base_url="https://crm.test") as visitor:
        await visitor.sign_in()
        page = await acted(visitor, "/channels/test", {})
        assert "The public address did not take our own notice." in page
    assert await world.links.journal.channels.list() == ()


async def test_channels_are_listed_though_zoho_is_out_of_reach(
    visitor: Visitor, world: World
) -> None:
    await visitor.sign_in()
    await world.disturb("crm", {"kind": "drop_before"})
    page = await visitor.get("/channels")
    assert page.status_code == 200
    assert 'class="notice bad"' in page.text


# Drift


async def test_both_sides_are_compared_and_mended(visitor: Visitor, world: World) -> None:
    await visitor.sign_in()
    runs = world.links.journal.runs

    async def ended() -> None:
        with anyio.fail_after(30):
            while (await runs.recent(1, kind="reconcile"))[0].finished_at is None:  # noqa: ASYNC110
                await anyio.sleep(0.01)

    assert "The comparison has begun." in await acted(visitor, "/drift/compare", {})
    await ended()
    page = (await visitor.get("/drift")).text
    assert "They differ" in page and "Missing in Moodle" in page
    await acted(visitor, "/drift/repair", {"module": STUDENTS})
    await ended()
    assert (await last_row(visitor)).action == "start_repair"
    page = (await visitor.get("/drift")).text
    assert "Both sides are equal" in page and "Mended" in page


# Diagnostics


async def test_diagnostics_say_what_is_wrong_first(visitor: Visitor, world: World) -> None:
    await visitor.sign_in()
    await world.links.journal.alarms.raise_alarm("brake", STUDENTS, "Some are held.")
    answer = await visitor.post("/diagnostics/run")
    assert answer.status_code == 200
    assert answer.text.index("alarm brake") < answer.text.index(">database<")
    row = await last_row(visitor)
    assert row.action == "run_diagnostics" and row.details["failed"]


# Without a bridge


async def test_without_connections_the_console_stands_and_says_so(world: World) -> None:
    changes = {"zoho_refresh_token": None, "moodle_token": None}
    async with visiting(world, **changes) as visitor:
        await visitor.sign_in()
        assert "not connected" in (await visitor.get("/")).text
        assert (await visitor.get("/sync")).status_code == 200
        page = await acted(visitor, "/sync/start", {})
        assert 'class="notice bad"' in page


# Charts


def test_a_chart_escapes_its_words_and_breaks_its_line_at_a_gap() -> None:
    drawn = chart("<A>", [Line("x", [1.0, None, 3.0, 4.0])], [Mark(0.0, "<b>")])
    assert "&lt;A&gt;" in drawn and "&lt;b&gt;" in drawn and "<b>" not in drawn
    found = re.search(r' d="([^"]*)"', drawn)
    assert found is not None and found[1].count("M") == 2 and found[1].count("L") == 1


@pytest.mark.parametrize(
    ("largest", "top"), [(0, 4), (3, 4), (5, 8), (17, 20), (100, 100), (101, 200), (1234, 2000)]
)
def test_an_axis_ends_at_a_round_number(largest: float, top: float) -> None:
    assert nice_top(largest) == top
