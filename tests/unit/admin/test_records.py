"""One record on pages: found by id or number, its story, what would change, carried over at once.

Values of it are on the one page that shows them, and nowhere else.
"""

from __future__ import annotations

import pytest

from mzi_bridge.journal.audit import AuditFilter
from mzi_bridge.journal.dead import DeadState
from mzi_bridge.journal.records import HeldKind
from mzi_bridge.journal.sessions import Role
from tests.support.console import Visitor
from tests.support.world import World

STUDENTS = "BTEC_Students"
PAYMENTS = "BTEC_Payments"


def number_of(world: World, record_id: str) -> str:
    return str(world.crm.records(STUDENTS)[record_id].values["Name"])


def story(module: str, record_id: str) -> str:
    return f"/records/{module}/{record_id}"


async def audit_text(world: World) -> str:
    rows = await world.links.journal.audit.list(AuditFilter())
    return " ".join(f"{row.action} {row.target} {row.details} {row.outcome}" for row in rows)


# Search


async def test_an_id_leads_to_the_record_that_has_it(visitor: Visitor, world: World) -> None:
    await visitor.sign_in()
    record_id = world.some(PAYMENTS)
    await world.carry(PAYMENTS, record_id)
    answer = await visitor.post("/records/search", {"wanted": f" {record_id} "})
    assert answer.headers["location"] == f"/admin{story(PAYMENTS, record_id)}"
    page = (await visitor.follow(answer)).text
    assert "New in Moodle" in page and "Looked at after a notice" in page


async def test_a_number_finds_its_student_and_is_kept_nowhere(
    visitor: Visitor, world: World
) -> None:
    await visitor.sign_in()
    record_id = world.some(STUDENTS, 1)
    number = number_of(world, record_id)
    answer = await visitor.post("/records/search", {"wanted": number})
    assert answer.headers["location"] == f"/admin{story(STUDENTS, record_id)}"
    told = await audit_text(world)
    assert f"search_record {record_id}" in told and number not in told


async def test_an_id_of_two_modules_is_asked_back(visitor: Visitor, world: World) -> None:
    await visitor.sign_in()
    record_id = world.some(PAYMENTS)
    await world.carry(PAYMENTS, record_id)
    await world.notice(STUDENTS, record_id)
    page = (await visitor.post("/records/search", {"wanted": record_id})).text
    assert f'href="/admin{story(PAYMENTS, record_id)}"' in page and "Stands in Moodle" in page
    assert f'href="/admin{story(STUDENTS, record_id)}"' in page and "Not in Moodle" in page


async def test_an_id_that_nobody_knows_is_still_offered_by_module(
    visitor: Visitor, world: World
) -> None:
    await visitor.sign_in()
    record_id = world.some(PAYMENTS)
    page = (await visitor.post("/records/search", {"wanted": record_id})).text
    assert "Neither the bridge nor Moodle knows it." in page
    page = (await visitor.get(story(PAYMENTS, record_id))).text
    assert "The bridge has not met this record yet" in page
    page = (await visitor.post("/records/search", {"wanted": "<b>nobody</b>"})).text
    assert "Neither the bridge nor Moodle knows it." in page and "<b>nobody" not in page
    assert 'class="choices"' not in page


async def test_a_side_out_of_reach_is_told_beside_what_was_found(
    visitor: Visitor, world: World
) -> None:
    await visitor.sign_in()
    record_id = world.some(PAYMENTS)
    await world.carry(PAYMENTS, record_id)
    await world.disturb("moodle", {"kind": "drop_before"})
    page = (await visitor.post("/records/search", {"wanted": record_id})).text
    assert f'href="/admin{story(PAYMENTS, record_id)}"' in page
    assert 'class="notice bad"' in page
    await world.disturb("crm", {"kind": "drop_before"})
    page = (await visitor.post("/records/search", {"wanted": "STU-1"})).text
    assert 'class="notice bad"' in page


async def test_nothing_written_is_nothing_searched(visitor: Visitor) -> None:
    await visitor.sign_in()
    answer = await visitor.follow(await visitor.post("/records/search", {"wanted": " "}))
    assert "Nothing was chosen." in answer.text


# The story


async def test_what_stands_in_the_way_of_a_record_is_told_with_what_to_do(
    visitor: Visitor, world: World
) -> None:
    await visitor.sign_in()
    journal, record_id = world.links.journal, world.some(PAYMENTS)
    world.spoil(PAYMENTS, record_id, Payment_Date="never")
    await world.carry(PAYMENTS, record_id)
    assert "A column was left out" in (await visitor.get(story(PAYMENTS, record_id))).text
    world.rewrite_records(PAYMENTS, lambda record: {**record, "Modified_Time": "never"})
    await world.carry(PAYMENTS, record_id)
    at = {record_id: int(world.clock.now() * 1000)}
    await journal.held.hold(PAYMENTS, {record_id: HeldKind.DELETE}, reason="over_the_cap", at_ms=at)
    page = (await visitor.get(story(PAYMENTS, record_id))).text
    assert "Given up" in page and "The record does not fit the field mapping." in page
    assert "Held back" in page and 'href="/admin/held?module=BTEC_Payments"' in page
    assert "never" not in page
    [letter] = await journal.dead.list()
    await visitor.post("/dead/discard", {"id": letter.id, "note": "a test record"})
    [letter] = await journal.dead.list(state=DeadState.DISCARDED)
    page = (await visitor.get(story(PAYMENTS, record_id))).text
    assert "Earlier decisions" in page and "a test record" in page


async def test_lists_lead_to_the_stories_of_their_records(visitor: Visitor, world: World) -> None:
    await visitor.sign_in()
    dead, held = world.some(PAYMENTS), world.some(STUDENTS)
    world.rewrite_records(PAYMENTS, lambda record: {**record, "Modified_Time": "never"})
    await world.carry(PAYMENTS, dead)
    at = {held: int(world.clock.now() * 1000)}
    await world.links.journal.held.hold(
        STUDENTS, {held: HeldKind.DELETE}, reason="over_the_cap", at_ms=at
    )
    for path, module, record_id in (("/dead", PAYMENTS, dead), ("/held", STUDENTS, held)):
        page = (await visitor.get(path)).text
        assert f'href="/admin{story(module, record_id)}"' in page
        assert (await visitor.get(story(module, record_id))).status_code == 200


@pytest.mark.parametrize("path", ["/records/Nothing/1", "/records/%3Cb%3E/%22%3E%3Cb%3E"])
async def test_an_address_made_up_shows_an_empty_story(visitor: Visitor, path: str) -> None:
    await visitor.sign_in()
    answer = await visitor.get(path)
    assert answer.status_code == 200
    assert "The mapping does not carry this module to Moodle." in answer.text
    assert "<b>" not in answer.text
    page = (await visitor.follow(await visitor.post(f"{path}/carry"))).text
    assert "No mapping knows this module." in page


# What would change


async def test_a_preview_shows_both_sides_field_by_field_and_keeps_nothing(
    visitor: Visitor, world: World
) -> None:
    await visitor.sign_in()
    record_id = world.some(STUDENTS)
    await world.carry(STUDENTS, record_id)
    world.edit(STUDENTS, record_id, City="<i>Irbid</i>")
    answer = await visitor.post(f"{story(STUDENTS, record_id)}/preview")
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    page = answer.text
    assert "Changed in Moodle" in page and page.count('class="changes"') == 1
    changed = page[page.index('class="changes"') :].partition("</tr>")[0]
    assert "Amman" in changed and "&lt;i&gt;Irbid&lt;/i&gt;" in changed
    assert "Irbid" not in (await visitor.get(story(STUDENTS, record_id))).text
    told = await audit_text(world)
    assert f"preview_record {STUDENTS} {{'id': '{record_id}', 'would_be': 'updated'}}" in told
    assert "Irbid" not in told and await world.dirty() == 0
    row = world.row(STUDENTS, record_id)
    assert row is not None and row["city"] == "Amman"


async def test_a_preview_names_the_column_that_cannot_be_read(
    visitor: Visitor, world: World
) -> None:
    await visitor.sign_in()
    record_id = world.some(PAYMENTS)
    world.spoil(PAYMENTS, record_id, Payment_Date="never")
    page = (await visitor.post(f"{story(PAYMENTS, record_id)}/preview")).text
    assert "payment_date</code>" in page and 'class="found error"' in page


async def test_a_viewer_reads_the_story_and_no_value(visitor: Visitor, world: World) -> None:
    await visitor.as_role(Role.VIEWER)
    record_id = world.some(STUDENTS)
    number = number_of(world, record_id)
    page = await visitor.follow(await visitor.post("/records/search", {"wanted": number}))
    assert page.status_code == 200 and "Show what would change" not in page.text
    for way in ("preview", "carry", "resync"):
        assert (await visitor.post(f"{story(STUDENTS, record_id)}/{way}")).status_code == 403
    assert await world.dirty() == 0


# Carrying over


async def test_one_record_is_carried_over_at_once(visitor: Visitor, world: World) -> None:
    await visitor.sign_in()
    record_id = world.some(PAYMENTS)
    answer = await visitor.post(f"{story(PAYMENTS, record_id)}/carry")
    page = (await visitor.follow(answer)).text
    assert "The record is read from the CRM" in page and "On the way to Moodle" in page
    await world.work()
    assert world.stands(PAYMENTS, record_id)
    page = (await visitor.get(story(PAYMENTS, record_id))).text
    assert "Looked at as somebody asked" in page and "Nothing waits, nothing was given up" in page


async def test_a_student_is_carried_over_with_all_their_records(
    visitor: Visitor, world: World
) -> None:
    await visitor.sign_in()
    record_id = world.some(STUDENTS)
    answer = await visitor.post(f"{story(STUDENTS, record_id)}/resync")
    page = (await visitor.follow(answer)).text
    number = await world.dirty()
    assert number > 2 and f"{number} records are read anew" in page
    assert f"'records': {number}" in await audit_text(world)
    await world.work()
    assert world.stands(STUDENTS, record_id)


async def test_only_a_student_has_all_their_records(visitor: Visitor, world: World) -> None:
    await visitor.sign_in()
    record_id = world.some(PAYMENTS)
    answer = await visitor.post(f"{story(PAYMENTS, record_id)}/resync")
    assert answer.headers["location"] == f"/admin{story(PAYMENTS, record_id)}"
    assert "This module is not that of the students." in (await visitor.follow(answer)).text
    assert await world.dirty() == 0
