"""The audit log: one row an action, newest first, none changed once its end is told."""

from __future__ import annotations

from mzi_bridge.journal import Journal
from mzi_bridge.journal.audit import BEGUN, AuditFilter
from tests.support.clock import ManualClock

EVERY = AuditFilter()


async def test_a_row_is_there_before_the_action_and_tells_its_end(
    journal: Journal, clock: ManualClock
) -> None:
    row_id = await journal.audit.write("one@school.example", "203.0.113.7", "retry_dead")
    [row] = await journal.audit.list(EVERY)
    assert (row.outcome, row.at, row.client) == (BEGUN, clock.now(), "203.0.113.7")
    await journal.audit.end(row_id, "done", target="BTEC_Grades", details={"letters": 3})
    [row] = await journal.audit.list(EVERY)
    assert (row.outcome, row.target, row.details) == ("done", "BTEC_Grades", {"letters": 3})


async def test_an_end_is_told_once(journal: Journal) -> None:
    row_id = await journal.audit.write("one@school.example", "", "retry_dead")
    await journal.audit.end(row_id, "no_such_letter")
    await journal.audit.end(row_id, "done")
    [row] = await journal.audit.list(EVERY)
    assert row.outcome == "no_such_letter"


async def test_rows_are_chosen_and_paged_newest_first(journal: Journal) -> None:
    for number in range(5):
        actor = f"{number % 2}@school.example"
        await journal.audit.write(actor, "", f"action_{number}", outcome="done")
    await journal.audit.write("0@school.example", "", "action_9", outcome="not_permitted")

    async def actions(which: AuditFilter, **page: int) -> list[str]:
        return [row.action[-1] for row in await journal.audit.list(which, **page)]

    assert await actions(EVERY) == ["9", "4", "3", "2", "1", "0"]
    assert await actions(AuditFilter(actor="1@school.example")) == ["3", "1"]
    assert await actions(AuditFilter(action="action_2")) == ["2"]
    assert await actions(AuditFilter(failed=True)) == ["9"]
    newest = await journal.audit.list(EVERY, limit=2)
    assert await actions(EVERY, limit=2, before=newest[-1].id) == ["3", "2"]
    assert await journal.audit.actors() == ("0@school.example", "1@school.example")
    assert len(await journal.audit.actions()) == 6


async def test_rows_are_forgotten_by_their_age(journal: Journal, clock: ManualClock) -> None:
    await journal.audit.write("one@school.example", "", "retry_dead", outcome="done")
    clock.advance(60)
    await journal.audit.write("two@school.example", "", "retry_dead", outcome="done")
    assert await journal.audit.prune(clock.now()) == 1
    assert await journal.audit.actors() == ("two@school.example",)
