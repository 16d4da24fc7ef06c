from __future__ import annotations

from tests.unit.sandbox.zoho.school import School

DAY = 86_400


async def test_deleted_records_are_listed_newest_first(school: School) -> None:
    first = school.crm.insert("Leads", {"Last_Name": "A"})
    second = school.crm.insert("Leads", {"Last_Name": "B"})
    await school.delete(f"Leads/{first}")
    school.clock.advance(1)
    await school.delete(f"Leads/{second}")
    answer = (await school.get("Leads/deleted", type="all", per_page=1)).json()
    assert answer["info"] == {"per_page": 1, "count": 1, "page": 1, "more_records": True}
    row = answer["data"][0]
    assert row["id"] == second
    assert row["display_name"] == "B"
    assert row["type"] == "recycle"
    assert row["deleted_time"] == "2026-05-14T11:36:11+03:00"
    assert set(row["deleted_by"]) == {"name", "id"}


async def test_a_purged_record_is_a_bare_trace(school: School) -> None:
    lead = await school.insert("Leads", Last_Name="A")
    await school.delete(f"Leads/{lead}")
    await school.control("edit", {"module": "Leads", "id": lead, "operation": "purge"})
    row = (await school.get("Leads/deleted", type="permanent")).json()["data"][0]
    assert row["type"] == "permanent"
    assert row["display_name"] is row["deleted_by"] is None
    assert (await school.get("Leads/deleted", type="recycle")).status_code == 204


async def test_the_bin_keeps_sixty_days_and_the_trace_a_hundred_and_twenty(school: School) -> None:
    lead = await school.insert("Leads", Last_Name="A")
    school.crm.delete("Leads", lead)
    school.clock.advance(61 * DAY)
    await school.sign_in()
    assert (await school.get("Leads/deleted")).json()["data"][0]["type"] == "permanent"
    school.clock.advance(121 * DAY)
    await school.sign_in()
    assert (await school.get("Leads/deleted")).status_code == 204


async def test_since_counts_from_the_deletion(school: School) -> None:
    lead = await school.insert("Leads", Last_Name="A")
    school.clock.advance(60)
    school.crm.delete("Leads", lead)
    found = await school.since("Leads/deleted", "2026-05-14T11:37:10+03:00")
    assert [row["id"] for row in found.json()["data"]] == [lead]
    assert (await school.since("Leads/deleted", "2026-05-14T11:37:11+03:00")).status_code == 304


async def test_an_unknown_type_is_refused(school: School) -> None:
    assert (await school.get("Leads/deleted", type="some")).json()["code"] == "INVALID_DATA"


async def test_a_restored_record_is_back_as_it_was(school: School) -> None:
    lead = await school.insert("Leads", Last_Name="A")
    before = (await school.get(f"Leads/{lead}")).json()
    await school.delete(f"Leads/{lead}")
    school.clock.advance(30)
    edit = {"module": "Leads", "id": lead, "operation": "restore"}
    assert (await school.control("edit", edit)).json() == {"id": lead}
    assert (await school.get(f"Leads/{lead}")).json() == before
    assert (await school.get("Leads/deleted")).status_code == 204
    assert (await school.control("edit", edit)).status_code == 400
