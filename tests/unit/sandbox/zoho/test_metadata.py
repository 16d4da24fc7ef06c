from __future__ import annotations

from typing import Any

from tests.unit.sandbox.zoho.school import School


async def field(school: School, module: str, name: str) -> dict[str, Any]:
    rows = (await school.get("settings/fields", module=module)).json()["fields"]
    return next(dict(row) for row in rows if row["api_name"] == name)


async def test_modules_are_listed_with_their_kind(school: School) -> None:
    modules = {
        row["api_name"]: row for row in (await school.get("settings/modules")).json()["modules"]
    }
    assert {name: row["generated_type"] for name, row in modules.items()} == {
        "Leads": "default",
        "Registrations": "custom",
        "Enrolments": "linking",
    }
    assert modules["Leads"]["api_supported"] is True
    assert modules["Leads"]["plural_label"] == "Leads"
    one = (await school.get("settings/modules/Leads")).json()["modules"]
    assert one == [modules["Leads"]]


async def test_fields_say_type_length_and_rules(school: School) -> None:
    name = await field(school, "Leads", "Last_Name")
    assert (name["data_type"], name["json_type"], name["length"]) == ("text", "string", 80)
    assert name["system_mandatory"] is True
    assert (await field(school, "Leads", "Score"))["read_only"] is True
    assert (await field(school, "Leads", "Email"))["unique"] == {"casesensitive": "false"}
    number = await field(school, "Registrations", "Name")
    assert number["auto_number"]["prefix"] == "REG-"
    assert number["view_type"]["edit"] is False


async def test_fields_say_options_lookups_and_subforms(school: School) -> None:
    rating = await field(school, "Leads", "Rating")
    assert [option["actual_value"] for option in rating["pick_list_values"]] == ["Hot", "Cold"]
    lookup = await field(school, "Registrations", "Lead")
    assert lookup["lookup"]["module"] == "Leads"
    subform = await field(school, "Registrations", "Schedule")
    assert (subform["data_type"], subform["json_type"]) == ("subform", "jsonarray")
    assert subform["subform"]["module"] == "Schedule"
    assert (await field(school, "Schedule", "Amount"))["data_type"] == "currency"


async def test_the_system_fields_are_there_but_the_id_is_not(school: School) -> None:
    rows = (await school.get("settings/fields", module="Enrolments")).json()["fields"]
    names = {row["api_name"] for row in rows}
    assert {"Owner", "Created_Time", "Created_By"} <= names
    assert not names & {"id", "Modified_Time"}


async def test_one_field_by_its_id(school: School) -> None:
    wanted = await field(school, "Leads", "Age")
    answer = await school.get(f"settings/fields/{wanted['id']}", module="Leads")
    assert answer.json()["fields"] == [wanted]
    assert (await school.get("settings/fields/1", module="Leads")).status_code == 204


async def test_a_missing_or_unknown_module_is_named(school: School) -> None:
    assert (await school.get("settings/fields")).json()["code"] == "REQUIRED_PARAM_MISSING"
    assert (await school.get("settings/fields", module="X")).json()["code"] == "INVALID_MODULE"
    assert (await school.get("settings/modules/X")).json()["code"] == "INVALID_MODULE"


async def test_the_organisation_and_its_users(school: School) -> None:
    org = (await school.get("org")).json()["org"][0]
    assert org["time_zone"] == "Asia/Riyadh"
    current = (await school.get("users", type="CurrentUser")).json()
    assert [user["id"] for user in current["users"]] == [school.crm.caller.id]
    assert "sort_by" not in current["info"]
    everyone = (await school.get("users", type="AllUsers")).json()["users"]
    assert len(everyone) == 2
    one = await school.get(f"users/{everyone[1]['id']}")
    assert one.json()["users"][0]["email"] == everyone[1]["email"]
    assert (await school.get("users/1")).status_code == 204
