"""The small stores: cursors, links, field faults; each by tenant."""

from __future__ import annotations

import pytest

from mzi_bridge.journal import Journal
from tests.support.clock import ManualClock
from tests.support.notices import changed, ids


async def test_a_cursor_stands_until_it_is_moved(journal: Journal) -> None:
    assert await journal.cursors.get("Students", "delta") is None

    await journal.cursors.set("Students", "delta", "100")
    await journal.cursors.set("Students", "deleted", "50")
    await journal.cursors.set("Students", "delta", "200")

    assert await journal.cursors.get("Students", "delta") == "200"
    assert await journal.cursors.get("Students", "deleted") == "50"
    assert await journal.cursors.get("Classes", "delta") is None


async def test_a_link_is_paused_until_it_is_resumed(journal: Journal, clock: ManualClock) -> None:
    assert await journal.links.get("zoho") is None
    began = clock.now()
    await journal.links.pause("zoho", "quota", began + 60)
    clock.advance(120)

    state = await journal.links.get("zoho")
    assert state is not None, "a pause whose time is up is for the prober to end"
    assert (state.reason, state.paused_at, state.until) == ("quota", began, began + 60)
    assert await journal.links.get("moodle") is None

    await journal.links.resume("zoho")
    assert await journal.links.get("zoho") is None
    await journal.links.resume("zoho")


@pytest.mark.parametrize(("set_back", "left"), [(0.0, 3600.0), (86_400.0, 0.0)])
async def test_no_pause_outlasts_an_hour_even_if_the_clock_is_set_back(
    journal: Journal, clock: ManualClock, set_back: float, left: float
) -> None:
    await journal.links.pause("zoho", "quota", clock.now() + 3600)
    clock.set(clock.now() - set_back)

    state = await journal.links.get("zoho")

    assert state is not None
    assert state.until - clock.now() == left


async def test_pausing_again_keeps_the_first_start_and_counts(
    journal: Journal, clock: ManualClock
) -> None:
    began = clock.now()
    await journal.links.pause("moodle", "maintenance", began + 60)
    clock.advance(60)
    await journal.links.pause("moodle", "auth", began + 180)

    state = await journal.links.get("moodle")

    assert state is not None
    assert (state.reason, state.paused_at, state.until) == ("auth", began, began + 180)
    assert state.pauses == 2


async def test_a_pause_told_while_it_runs_is_the_same_pause(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.links.pause("moodle", "maintenance", clock.now() + 60)
    clock.advance(1)
    await journal.links.pause("moodle", "maintenance", clock.now() + 60)

    state = await journal.links.get("moodle")

    assert state is not None
    assert (state.pauses, state.until) == (1, clock.now() + 60)


async def test_one_caller_gets_the_probe_and_hands_it_on_if_it_dies(
    journal: Journal, clock: ManualClock
) -> None:
    await journal.links.pause("zoho", "quota", clock.now() + 60)
    assert not await journal.links.take_probe("zoho", 120), "its time is not up"
    clock.advance(60)

    assert [await journal.links.take_probe("zoho", 120) for _ in range(3)] == [True, False, False]
    clock.advance(120)
    assert await journal.links.take_probe("zoho", 120)
    assert not await journal.links.take_probe("moodle", 120), "what is open needs none"


async def test_a_probe_that_told_nothing_is_no_pause(journal: Journal, clock: ManualClock) -> None:
    await journal.links.pause("zoho", "quota", clock.now())
    assert await journal.links.take_probe("zoho", 120)
    await journal.links.end_probe("zoho", clock.now())

    state = await journal.links.get("zoho")

    assert state is not None and (state.pauses, state.until) == (1, clock.now())


async def test_a_failed_probe_is_one_more_pause(journal: Journal, clock: ManualClock) -> None:
    await journal.links.pause("zoho", "quota", clock.now())
    await journal.links.take_probe("zoho", 120)
    await journal.links.pause("zoho", "quota", clock.now() + 240)

    state = await journal.links.get("zoho")

    assert state is not None and (state.pauses, state.until) == (2, clock.now() + 240)


async def test_all_pauses_are_told_by_link(journal: Journal, clock: ManualClock) -> None:
    await journal.links.pause("zoho", "quota", clock.now() + 60)
    await journal.links.pause("module:Students", "no_permission", clock.now() + 60)

    assert {link: s.reason for link, s in (await journal.links.all()).items()} == {
        "zoho": "quota",
        "module:Students": "no_permission",
    }


async def test_field_faults_are_those_of_the_last_projection(journal: Journal) -> None:
    await journal.faults.replace(
        "Students",
        {"1": [("birth_date", "invalid_value"), ("gender", "too_long")], "2": []},
    )
    await journal.faults.replace("Students", {"1": [("gender", "too_long")], "3": []})
    await journal.faults.replace("Classes", {"1": [("term", "wrong_type")]})

    rows = await journal.faults.list("Students")

    assert [(row.record_id, row.column, row.code) for row in rows] == [("1", "gender", "too_long")]
    assert await journal.faults.counts() == {("Students", "gender"): 1, ("Classes", "term"): 1}
    assert len(await journal.faults.list()) == 2
    assert await journal.faults.list(after="1") == ()


async def test_a_batch_without_faults_costs_no_write(journal: Journal) -> None:
    async with journal.database.write():
        # On SQLite the only writer is taken: a write would wait in vain.
        await journal.faults.replace("Students", {"1": [], "2": []})
        await journal.faults.replace("Students", {})


async def test_tenants_do_not_see_each_other(url: str, clock: ManualClock) -> None:
    async with (
        Journal.open(url, clock=clock, tenant="north") as north,
        Journal.open(url, clock=clock, tenant="south") as south,
    ):
        await north.inbox.mark([changed("1")])
        await south.inbox.mark([changed("1"), changed("2")])
        await north.links.pause("zoho", "quota", 1.0)
        await north.cursors.set("Students", "delta", "1")

        assert await south.links.get("zoho") is None
        assert await south.cursors.get("Students", "delta") is None
        claim = await north.inbox.claim(owner="w", limit=9, lease_seconds=9)
        assert claim is not None
        assert ids(claim) == ["1"]
        assert (await south.inbox.counts()).due == 2


async def test_all_that_was_committed_is_there_when_the_journal_is_opened_again(
    url: str, clock: ManualClock
) -> None:
    async with Journal.open(url, clock=clock) as journal:
        await journal.inbox.mark([changed("1")])
        run = await journal.runs.start("backfill", "Students")

    async with Journal.open(url, clock=clock) as journal:
        assert (await journal.inbox.counts()).due == 1
        assert await journal.runs.get(run.id) == run


async def test_a_clock_set_back_between_two_starts_keeps_no_fresh_notice_waiting(
    url: str, clock: ManualClock
) -> None:
    async with Journal.open(url, clock=clock) as journal:
        await journal.inbox.mark([changed("1")])
    clock.set(clock.now() - 3600)

    async with Journal.open(url, clock=clock) as journal:
        assert (await journal.inbox.counts()).due == 1
