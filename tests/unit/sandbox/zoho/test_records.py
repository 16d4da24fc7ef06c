from __future__ import annotations

from tests.unit.sandbox.zoho.school import School


async def test_an_empty_list_is_204_without_content_type(school: School) -> None:
    answer = await school.get("Leads")
    assert answer.status_code == 204
    assert answer.content == b""
    assert "content-type" not in answer.headers


async def test_every_answer_bears_the_crms_own_date(school: School) -> None:
    answer = await school.get("Leads")
    assert answer.headers["date"] == "Thu, 14 May 2026 08:36:10 GMT"


async def test_a_list_is_paged_newest_id_first(school: School) -> None:
    ids = [school.crm.insert("Leads", {"Last_Name": f"L{n}"}) for n in range(5)]
    first = (await school.get("Leads", per_page=2)).json()
    assert [row["id"] for row in first["data"]] == [ids[4], ids[3]]
    assert first["info"] == {
        "per_page": 2,
        "count": 2,
        "page": 1,
        "more_records": True,
        "sort_by": "id",
        "sort_order": "desc",
    }
    last = (await school.get("Leads", per_page=2, page=3)).json()
    assert [row["id"] for row in last["data"]] == [ids[0]]
    assert last["info"]["more_records"] is False
    assert (await school.get("Leads", per_page=2, page=4)).status_code == 204


async def test_a_cached_order_forgets_at_each_write(school: School) -> None:
    first = school.crm.insert("Leads", {"Last_Name": "A"})
    assert len((await school.get("Leads")).json()["data"]) == 1
    second = school.crm.insert("Leads", {"Last_Name": "B"})
    assert len((await school.get("Leads")).json()["data"]) == 2
    school.crm.delete("Leads", first)
    listed = (await school.get("Leads")).json()["data"]
    assert [row["id"] for row in listed] == [second]


async def test_sorting_by_a_field_and_past_an_unknown_one(school: School) -> None:
    for name, age in (("B", 3), ("A", 1), ("C", None)):
        school.crm.insert("Leads", {"Last_Name": name, "Age": age})
    names = await school.get("Leads", sort_by="Last_Name", sort_order="asc")
    assert [row["Last_Name"] for row in names.json()["data"]] == ["A", "B", "C"]
    ages = await school.get("Leads", sort_by="Age", sort_order="desc")
    assert [row["Age"] for row in ages.json()["data"]] == [3, 1, None]
    unknown = await school.get("Leads", sort_by="Nonsense")
    assert unknown.json()["info"]["sort_by"] == "id"


async def test_paging_out_of_bounds_is_refused(school: School) -> None:
    for query in ({"per_page": 201}, {"per_page": 0}, {"page": "x"}, {"sort_order": "up"}):
        answer = await school.get("Leads", **query)
        assert answer.status_code == 400
        assert answer.json()["code"] == "INVALID_DATA"


async def test_ids_pass_over_the_unknown_in_silence(school: School) -> None:
    ids = [school.crm.insert("Leads", {"Last_Name": f"L{n}"}) for n in range(3)]
    found = await school.get("Leads", ids=f"{ids[0]},{ids[2]},999")
    assert {row["id"] for row in found.json()["data"]} == {ids[0], ids[2]}
    assert (await school.get("Leads", ids="999")).status_code == 204
    too_many = await school.get("Leads", ids=",".join(map(str, range(101))))
    assert too_many.json()["code"] == "LIMIT_EXCEEDED"


async def test_a_custom_subform_is_absent_from_lists_and_there_by_id(school: School) -> None:
    record_id = school.crm.insert("Registrations", {"Schedule": [{"No": 1, "Amount": 10.5}]})
    for listed in (
        await school.get("Registrations"),
        await school.get("Registrations", ids=record_id),
    ):
        assert "Schedule" not in listed.json()["data"][0]
    full = (await school.get(f"Registrations/{record_id}")).json()
    assert "info" not in full
    row = full["data"][0]["Schedule"][0]
    assert row["Amount"] == 10.5
    assert row["Due"] is None
    assert row["Parent_Id"] == {"name": "REG-1", "id": record_id}
    assert row["$in_merge"] is False
    assert row["id"] != record_id


async def test_a_subform_lists_as_a_module(school: School) -> None:
    record_id = school.crm.insert("Registrations", {"Schedule": [{"No": 1}, {"No": 2}]})
    listed = (await school.get("Schedule")).json()
    assert {row["No"] for row in listed["data"]} == {1, 2}
    assert {row["Parent_Id"]["id"] for row in listed["data"]} == {record_id}
    assert (await school.since("Schedule", "2027-01-01T00:00:00Z")).status_code == 304


async def test_values_come_in_zohos_forms(school: School) -> None:
    lead = school.crm.insert(
        "Leads",
        {
            "First_Name": "Amal",
            "Last_Name": "Haddad",
            "Revenue": 100000.0,
            "Skills": ["Art"],
            "Called_At": "2026-05-14T10:00:00+05:30",
        },
    )
    record = (await school.get(f"Leads/{lead}")).json()["data"][0]
    assert record["Full_Name"] == "Amal Haddad"
    assert record["Revenue"] == 100000
    assert isinstance(record["Revenue"], int)
    assert record["Called_At"] == "2026-05-14T07:30:00+03:00"
    assert record["Modified_Time"] == "2026-05-14T11:36:10+03:00"
    assert record["Opt_Out"] is False
    assert record["Email"] is None
    assert record["Tag"] == []
    assert set(record["Owner"]) == {"name", "id", "email"}
    assert record["$converted_detail"] == {}
    registration = school.crm.insert("Registrations", {"Lead": {"id": lead}})
    linked = (await school.get(f"Registrations/{registration}")).json()["data"][0]
    assert linked["Lead"] == {"name": "Amal Haddad", "id": lead}
    assert "$converted" not in linked


async def test_a_lookup_to_a_deleted_record_is_null(school: School) -> None:
    lead = school.crm.insert("Leads", {"Last_Name": "Gone"})
    registration = school.crm.insert("Registrations", {"Lead": lead})
    school.crm.delete("Leads", lead)
    record = (await school.get(f"Registrations/{registration}")).json()["data"][0]
    assert record["Lead"] is None


async def test_a_linking_module_has_no_modified_time(school: School) -> None:
    enrolment = school.crm.insert("Enrolments", {})
    record = (await school.get(f"Enrolments/{enrolment}")).json()["data"][0]
    assert "Modified_Time" not in record
    assert record["Name"] == "E1"


async def test_fields_names_what_comes(school: School) -> None:
    school.crm.insert("Leads", {"Last_Name": "A"})
    listed = await school.get("Leads", fields="Last_Name,Modified_Time,Nonsense")
    assert set(listed.json()["data"][0]) == {"id", "Last_Name", "Modified_Time"}


async def test_if_modified_since_is_inclusive_in_both_forms(school: School) -> None:
    old = school.crm.insert("Leads", {"Last_Name": "Old"})
    school.clock.advance(60)
    new = school.crm.insert("Leads", {"Last_Name": "New"})
    for moment in ("2026-05-14T11:37:10+03:00", "Thu, 14 May 2026 08:37:10 GMT"):
        listed = await school.since("Leads", moment)
        assert [row["id"] for row in listed.json()["data"]] == [new]
    everything = await school.since("Leads", "2026-05-14T08:36:10Z")
    assert {row["id"] for row in everything.json()["data"]} == {old, new}


async def test_nothing_since_is_304_and_a_bad_hour_400(school: School) -> None:
    lead = school.crm.insert("Leads", {"Last_Name": "Old"})
    for path in ("Leads", f"Leads/{lead}", "Leads/deleted", "settings/modules"):
        answer = await school.since(path, "2026-05-14T11:36:11+03:00")
        assert answer.status_code == 304, path
        assert answer.content == b""
    assert (await school.since("Leads", "yesterday")).json()["code"] == "INVALID_DATA"


async def test_an_unknown_or_deleted_id_is_204(school: School) -> None:
    lead = school.crm.insert("Leads", {"Last_Name": "Gone"})
    school.crm.delete("Leads", lead)
    assert (await school.get(f"Leads/{lead}")).status_code == 204
    assert (await school.get("Leads/123")).status_code == 204


async def test_unknown_modules_paths_and_methods_are_named(school: School) -> None:
    module = await school.get("Nothing")
    assert (module.status_code, module.json()["code"]) == (400, "INVALID_MODULE")
    for path in ("Leads/12/Nothing", "Leads/12/photo/3", ""):
        answer = await school.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "INVALID_URL_PATTERN")
    method = await school.patch("Leads", {})
    assert (method.status_code, method.json()["code"]) == (400, "INVALID_REQUEST_METHOD")


async def test_a_page_does_not_sort_the_whole_module_again(school: School) -> None:
    school.crm.insert_all(("Enrolments", {}) for _ in range(3000))
    index = school.crm.index("Enrolments")
    await school.get("Enrolments")
    built: list[str] = []
    order = index.order(("id", True, None), lambda: built)
    assert len(order) == 3000
    assert order is not built
