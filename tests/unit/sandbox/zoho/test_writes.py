from __future__ import annotations

from typing import Any

import pytest

from mzi_bridge.sandbox.zoho import Switches
from tests.unit.sandbox.zoho.school import School, open_school


async def row_of(school: School, module: str, **fields: Any) -> dict[str, Any]:
    answer = await school.post(module, {"data": [fields]})
    assert answer.status_code in (201, 202)
    return dict(answer.json()["data"][0])


async def test_an_insert_answers_201_with_id_and_hours(school: School) -> None:
    answer = await school.post("Leads", {"data": [{"Last_Name": "A"}]})
    assert answer.status_code == 201
    row = answer.json()["data"][0]
    assert row["code"] == "SUCCESS"
    assert row["message"] == "record added"
    assert set(row["details"]) == {
        "Modified_Time",
        "Modified_By",
        "Created_Time",
        "id",
        "Created_By",
    }
    assert set(row["details"]["Created_By"]) == {"name", "id"}


async def test_a_row_without_its_mandatory_field_is_named(school: School) -> None:
    for value in ({}, {"Last_Name": None}, {"Last_Name": ""}):
        row = await row_of(school, "Leads", **value)
        assert row == {
            "code": "MANDATORY_NOT_FOUND",
            "details": {"api_name": "Last_Name"},
            "message": "required field not found",
            "status": "error",
        }


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("First_Name", 7, "text"),
        ("Age", "seven", "integer"),
        ("Age", 7.5, "integer"),
        ("Age", True, "integer"),
        ("Revenue", "1,250.00", "double"),
        ("Opt_Out", "yes", "boolean"),
        ("Born", "14.05.2026", "date"),
        ("Born", "2026-02-30", "date"),
        ("Called_At", "2026-05-14", "datetime"),
        ("Called_At", "noon", "datetime"),
        ("Skills", "Art", "jsonarray"),
        ("Skills", [1], "jsonarray"),
        ("Email", "not an address", "email"),
        ("Rating", ["Hot"], "text"),
    ],
)
async def test_a_wrong_type_is_named_with_the_expected_one(
    school: School, field: str, value: Any, expected: str
) -> None:
    row = await row_of(school, "Leads", Last_Name="A", **{field: value})
    assert row["code"] == "INVALID_DATA"
    assert row["details"] == {"expected_data_type": expected, "api_name": field}


async def test_a_text_too_long_is_named_with_the_limit(school: School) -> None:
    row = await row_of(school, "Leads", Last_Name="x" * 81)
    assert row["details"] == {"maximum_length": 80, "api_name": "Last_Name"}


async def test_a_lookup_must_point_at_a_record(school: School) -> None:
    row = await row_of(school, "Registrations", Lead={"id": "12"})
    assert row["message"] == "the id given seems to be invalid"
    assert row["details"] == {"api_name": "Lead"}
    shapeless = await row_of(school, "Registrations", Lead={"name": "A"})
    assert shapeless["details"]["expected_data_type"] == "jsonobject"


async def test_a_duplicate_of_a_unique_field_names_the_other_record(school: School) -> None:
    first = await school.insert("Leads", Last_Name="A", Email="a@example.org")
    row = await row_of(school, "Leads", Last_Name="B", Email="A@example.org")
    assert row["code"] == "DUPLICATE_DATA"
    assert row["details"] == {"api_name": "Email", "id": first}
    same = await school.put(f"Leads/{first}", {"data": [{"Email": "a@example.org"}]})
    assert same.json()["data"][0]["code"] == "SUCCESS"


async def test_a_crm_may_keep_to_itself_which_record_has_the_value() -> None:
    async with open_school(Switches(duplicate_id="left out")) as school:
        await school.insert("Leads", Last_Name="A", Email="a@example.org")
        row = await row_of(school, "Leads", Last_Name="B", Email="A@example.org")
        assert (row["code"], row["details"]) == ("DUPLICATE_DATA", {"api_name": "Email"})


async def test_read_only_and_unknown_fields_are_passed_over(school: School) -> None:
    lead = await school.insert(
        "Leads", id="5", Last_Name="A", Score=9, Nonsense=1, Created_Time="2001-01-01T00:00:00Z"
    )
    registration = await school.insert("Registrations", Name="REG-77")
    record = (await school.get(f"Leads/{lead}")).json()["data"][0]
    assert lead != "5"
    assert record["Score"] is None
    assert record["Created_Time"].startswith("2026")
    numbered = (await school.get(f"Registrations/{registration}")).json()["data"][0]
    assert numbered["Name"] == "REG-1"


async def test_auto_numbers_go_on_from_seeded_ones_in_their_width(school: School) -> None:
    school.crm.insert("Registrations", {"Name": "REG-0041"})
    following = school.crm.insert("Registrations", {})
    assert school.crm.records("Registrations")[following].values["Name"] == "REG-0042"


async def test_mixed_rows_answer_202_in_order(school: School) -> None:
    answer = await school.post("Leads", {"data": [{"Last_Name": "A"}, {}, "row"]})
    assert answer.status_code == 202
    codes = [row["code"] for row in answer.json()["data"]]
    assert codes == ["SUCCESS", "MANDATORY_NOT_FOUND", "INVALID_DATA"]


async def test_later_versions_answer_207_and_400() -> None:
    async with open_school(Switches(row_errors="later")) as school:
        mixed = await school.post("Leads", {"data": [{"Last_Name": "A"}, {}]})
        none = await school.post("Leads", {"data": [{}]})
        assert (mixed.status_code, none.status_code) == (207, 400)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ([], "INVALID_DATA"),
        ({}, "MANDATORY_NOT_FOUND"),
        ({"data": {}}, "INVALID_DATA"),
        ({"data": []}, "INVALID_DATA"),
        ({"data": [{"Last_Name": "A"}] * 101}, "INVALID_DATA"),
    ],
)
async def test_a_malformed_body_is_refused_whole(school: School, body: Any, code: str) -> None:
    answer = await school.post("Leads", body)
    assert answer.status_code == 400
    assert answer.json()["code"] == code
    assert not school.crm.records("Leads")


async def test_a_body_that_is_not_json_is_refused(school: School) -> None:
    answer = await school.http.post("/crm/v2/Leads", content=b"{")
    assert answer.json()["message"] == "body"


async def test_an_update_moves_modified_time_and_leaves_the_rest(school: School) -> None:
    lead = await school.insert("Leads", Last_Name="A", First_Name="F", Age=3)
    school.clock.advance(5)
    answer = await school.put("Leads", {"data": [{"id": lead, "Age": None}]})
    assert answer.status_code == 200
    assert answer.json()["data"][0]["message"] == "record updated"
    record = (await school.get(f"Leads/{lead}")).json()["data"][0]
    assert (record["First_Name"], record["Age"]) == ("F", None)
    assert record["Modified_Time"] == "2026-05-14T11:36:15+03:00"
    assert record["Created_Time"] == "2026-05-14T11:36:10+03:00"


async def test_an_update_needs_a_known_id_and_keeps_mandatory_fields(school: School) -> None:
    lead = await school.insert("Leads", Last_Name="A")
    rows = [{"Age": 1}, {"id": "9"}, {"id": lead, "Last_Name": None}]
    answer = (await school.put("Leads", {"data": rows})).json()["data"]
    assert answer[0]["details"] == {"api_name": "id"}
    assert answer[1]["message"] == "the id given seems to be invalid"
    assert answer[2]["code"] == "MANDATORY_NOT_FOUND"


async def test_upsert_answers_200_and_says_what_it_did(school: School) -> None:
    body = {
        "data": [{"Last_Name": "A", "Email": "a@example.org"}],
        "duplicate_check_fields": ["Email"],
    }
    first = await school.post("Leads/upsert", body)
    second = await school.post("Leads/upsert", body)
    assert (first.status_code, second.status_code) == (200, 200)
    inserted, updated = first.json()["data"][0], second.json()["data"][0]
    assert (inserted["action"], inserted["duplicate_field"]) == ("insert", None)
    assert (updated["action"], updated["duplicate_field"]) == ("update", "Email")
    assert inserted["details"]["id"] == updated["details"]["id"]


async def test_upsert_takes_any_field_to_check_and_refuses_an_unknown_one(school: School) -> None:
    lead = await school.insert("Leads", Last_Name="A", Phone="555-0101")
    body = {"data": [{"Last_Name": "B", "Phone": "555-0101"}], "duplicate_check_fields": ["Phone"]}
    row = (await school.post("Leads/upsert", body)).json()["data"][0]
    assert row["details"]["id"] == lead
    assert school.crm.records("Leads")[lead].values["Last_Name"] == "B"
    wrong = {"data": [{"Last_Name": "B"}], "duplicate_check_fields": ["Nonsense"]}
    answer = await school.post("Leads/upsert", wrong)
    assert answer.json()["details"] == {"api_name": "duplicate_check_fields"}


async def test_subform_rows_are_replaced_as_a_set(school: School) -> None:
    registration = await school.insert(
        "Registrations", Schedule=[{"No": 1}, {"No": 2, "Amount": 5}]
    )
    kept = school.crm.records("Registrations")[registration].rows["Schedule"][1].id
    change = {"data": [{"Schedule": [{"id": kept, "No": 3}, {"No": 4}]}]}
    await school.put(f"Registrations/{registration}", change)
    rows = (await school.get(f"Registrations/{registration}")).json()["data"][0]["Schedule"]
    assert [row["No"] for row in rows] == [3, 4]
    assert (rows[0]["id"], rows[0]["Amount"]) == (kept, 5)
    await school.put(f"Registrations/{registration}", {"data": [{"Lead": None}]})
    assert len(school.crm.records("Registrations")[registration].rows["Schedule"]) == 2
    await school.put(f"Registrations/{registration}", {"data": [{"Schedule": []}]})
    assert school.crm.records("Registrations")[registration].rows["Schedule"] == []


async def test_a_fault_in_a_subform_row_names_the_subform(school: School) -> None:
    row = await row_of(school, "Registrations", Schedule=[{"No": "one"}])
    assert row["details"] == {
        "expected_data_type": "integer",
        "api_name": "No",
        "parent_api_name": "Schedule",
    }
    missing = await row_of(school, "Registrations", Schedule=[{"Amount": 1}])
    assert missing["code"] == "MANDATORY_NOT_FOUND"
    assert missing["details"]["parent_api_name"] == "Schedule"
    unknown = await row_of(school, "Registrations", Schedule=[{"id": "4", "No": 1}])
    assert unknown["message"] == "the id given seems to be invalid"


async def test_deletes_answer_row_by_row(school: School) -> None:
    ids = [await school.insert("Leads", Last_Name="A") for _ in range(3)]
    answer = await school.delete("Leads", ids=f"{ids[0]},77,{ids[1]}")
    assert answer.status_code == 202
    rows = answer.json()["data"]
    assert [row["message"] for row in rows] == [
        "record deleted",
        "record not deleted",
        "record deleted",
    ]
    assert rows[0]["details"] == {"id": ids[0]}
    one = await school.delete(f"Leads/{ids[2]}")
    assert one.status_code == 200
    assert (await school.delete("Leads")).json()["code"] == "REQUIRED_PARAM_MISSING"


async def test_the_owner_must_be_a_user(school: School) -> None:
    other = school.crm.users()[1]
    lead = await school.insert("Leads", Last_Name="A", Owner={"id": other.id})
    assert school.crm.records("Leads")[lead].owner == other
    row = await row_of(school, "Leads", Last_Name="A", Owner={"id": "3"})
    assert row["details"] == {"api_name": "Owner"}


async def test_a_seeder_may_set_what_the_api_may_not(school: School) -> None:
    school.crm.insert(
        "Leads",
        {
            "id": "7300000990000000001",
            "Last_Name": "A",
            "Score": 4,
            "Created_Time": "2025-01-01T00:00:00Z",
            "Modified_Time": "2025-01-02T00:00:00Z",
            "Owner": {"id": "31", "name": "Some One", "email": "one@example.edu"},
        },
    )
    record = (await school.get("Leads/7300000990000000001")).json()["data"][0]
    assert record["Score"] == 4
    assert record["Modified_Time"] == "2025-01-02T03:00:00+03:00"
    assert record["Owner"]["name"] == "Some One"
    assert int(await school.insert("Leads", Last_Name="B")) > 7300000990000000001
    with pytest.raises(ValueError, match="no field Nonsense"):
        school.crm.insert("Leads", {"Last_Name": "A", "Nonsense": 1})
    with pytest.raises(ValueError, match="cannot be the id"):
        school.crm.insert("Leads", {"Last_Name": "A", "id": "7300000990000000001"})
