from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import httpx2
import pytest

from mzi_bridge.sandbox.zoho import Switches
from tests.unit.sandbox.zoho.school import School, open_school


async def begin(school: School, **query: Any) -> httpx2.Response:
    return await school.http.post("/crm/bulk/v2/read", json={"query": query})


async def job_of(school: School, **query: Any) -> str:
    answer = await begin(school, **query)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data"][0]["details"]["id"])


async def look(school: School, job: str) -> Any:
    return (await school.http.get(f"/crm/bulk/v2/read/{job}")).json()["data"][0]


async def fetch(school: School, job: str) -> httpx2.Response:
    return await school.http.get(f"/crm/bulk/v2/read/{job}/result")


async def rows(school: School, job: str) -> list[list[str]]:
    answer = await fetch(school, job)
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        [name] = archive.namelist()
        return list(csv.reader(io.StringIO(archive.read(name).decode())))


async def test_a_job_advances_by_the_clock_and_shows_the_moment_it_was_added() -> None:
    async with open_school(Switches(bulk_seconds=30)) as school:
        lead = await school.insert("Leads", Last_Name="A")
        answer = (await begin(school, module="Leads", fields=["Modified_Time"])).json()["data"][0]
        assert (answer["code"], answer["details"]["state"]) == ("ADDED_SUCCESSFULLY", "ADDED")
        job = answer["details"]["id"]
        assert "result" not in await look(school, job)
        assert (await fetch(school, job)).json()["code"] == "RESOURCE_NOT_FOUND"
        school.clock.advance(10)
        await school.put(f"Leads/{lead}", {"data": [{"Last_Name": "B"}]})
        assert (await look(school, job))["state"] == "IN PROGRESS"
        school.clock.advance(20)
        done = await look(school, job)
        assert done["state"] == "COMPLETED"
        assert done["result"] == {
            "page": 1,
            "count": 1,
            "download_url": f"/crm/bulk/v2/read/{job}/result",
            "per_page": 200_000,
            "more_records": False,
        }
        assert await rows(school, job) == [
            ["Id", "Modified_Time"],
            [lead, "2026-05-14T11:36:10+03:00"],
        ]


async def test_a_result_is_kept_for_a_day(school: School) -> None:
    job = await job_of(school, module="Leads")
    school.clock.advance(86_400)
    await school.sign_in()
    assert (await fetch(school, job)).status_code == 200
    school.clock.advance(1)
    assert (await fetch(school, job)).status_code == 404
    assert (await school.http.get(f"/crm/bulk/v2/read/{job}")).status_code == 404
    assert (await school.http.get("/crm/bulk/v2/read/12")).json()["code"] == "RESOURCE_NOT_FOUND"


async def test_without_fields_every_field_comes_and_lookups_are_ids(school: School) -> None:
    lead = await school.insert("Leads", Last_Name="A", Skills=["Art", "Law"], Opt_Out=True)
    header, row = await rows(school, await job_of(school, module="Leads"))
    shown = dict(zip(header, row, strict=True))
    assert shown["Id"] == lead
    assert (shown["Skills"], shown["Opt_Out"], shown["Email"]) == ("Art;Law", "true", "")
    await school.insert("Registrations", Lead=lead)
    joined = await job_of(school, module="Registrations", fields=["Lead", "Lead.Last_Name"])
    assert (await rows(school, joined))[1][1:] == [lead, "A"]


async def test_results_come_in_pages() -> None:
    async with open_school(Switches(bulk_rows=2)) as school:
        leads = [await school.insert("Leads", Last_Name=name) for name in "ABC"]
        first = await job_of(school, module="Leads", fields=["Last_Name"])
        second = await job_of(school, module="Leads", fields=["Last_Name"], page=2)
        assert (await look(school, first))["result"]["more_records"] is True
        assert (await look(school, second))["result"]["more_records"] is False
        found = [*(await rows(school, first))[1:], *(await rows(school, second))[1:]]
        assert [row[0] for row in found] == leads


@pytest.mark.parametrize(
    ("criteria", "names"),
    [
        ({"api_name": "Last_Name", "comparator": "equal", "value": "Ann"}, ["Ann"]),
        ({"api_name": "Last_Name", "comparator": "contains", "value": "a"}, ["Ann", "Bea"]),
        ({"api_name": "Age", "comparator": "between", "value": ["20", "30"]}, ["Bea"]),
        (
            {
                "group_operator": "or",
                "group": [
                    {"api_name": "Age", "comparator": "less_than", "value": "20"},
                    {"api_name": "Last_Name", "comparator": "in", "value": ["Cem"]},
                ],
            },
            ["Ann", "Cem"],
        ),
        (
            {
                "api_name": "Modified_Time",
                "comparator": "greater_equal",
                "value": "2026-05-14T08:36:12Z",
            },
            ["Cem"],
        ),
    ],
)
async def test_criteria_choose_records(school: School, criteria: Any, names: list[str]) -> None:
    for name, age in (("Ann", 18), ("Bea", 25), ("Cem", 40)):
        await school.insert("Leads", Last_Name=name, Age=age)
        school.clock.advance(1)
    job = await job_of(school, module="Leads", fields=["Last_Name"], criteria=criteria)
    assert [row[1] for row in (await rows(school, job))[1:]] == names


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"module": "Nothing"}, "MODULE_NOT_AVAILABLE"),
        ({"module": {"api_name": "Leads"}}, "MODULE_NOT_AVAILABLE"),
        ({"module": "Leads", "fields": ["Nothing"]}, "FIELD_NOT_AVAILABLE"),
        ({"module": "Leads", "page": 0}, "PAGE_NOT_SUPPORTED"),
        ({"module": "Leads", "criteria": ["x"]}, "INVALID_CRITERIA"),
        (
            {"module": "Leads", "criteria": {"field": {"api_name": "Age"}, "comparator": "equal"}},
            "FIELD_IN_CRITERIA_NOT_AVAILABLE",
        ),
        (
            {"module": "Leads", "criteria": {"api_name": "Age", "comparator": "like"}},
            "INVALID_CRITERIA",
        ),
        (
            {
                "module": "Leads",
                "criteria": {"api_name": "Age", "comparator": "equal", "value": "x"},
            },
            "VALUE_IN_CRITERIA_NOT_SUPPORTED",
        ),
        (
            {"module": "Leads", "criteria": {"group_operator": "and", "group": [{}]}},
            "AMBIGUOUS_GROUP_IN_CRITERIA",
        ),
        (
            {"module": "Leads", "criteria": {"group_operator": "not", "group": [{}, {}]}},
            "GROUP_OPERATOR_NOT_SUPPORTED",
        ),
        (
            {"module": "Leads", "criteria": {"api_name": "Age", "group": []}},
            "AMBIGUOUS_CRITERIA",
        ),
        (
            {"module": "Leads", "criteria": {"group_operator": "or", "group": [{}] * 26}},
            "CRITERIA_LIMIT_EXCEEDED",
        ),
    ],
)
async def test_what_cannot_be_read_is_refused(school: School, query: Any, code: str) -> None:
    answer = await begin(school, **query)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_a_job_may_fail_or_never_end(school: School) -> None:
    job = await job_of(school, module="Leads")
    bulk = school.app.state.emulator.bulk
    bulk.ending = "FAILURE"
    assert (await look(school, job))["state"] == "FAILURE"
    bulk.ending = "never"
    school.clock.advance(3000)
    assert (await look(school, job))["state"] == "IN PROGRESS"
    assert (await fetch(school, job)).status_code == 404


async def test_ten_results_a_minute_may_be_fetched(school: School) -> None:
    job = await job_of(school, module="Leads")
    statuses = [(await fetch(school, job)).status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    school.clock.advance(60)
    assert (await fetch(school, job)).status_code == 200


async def test_beginning_a_job_costs_fifty_credits_and_the_rest_one_each() -> None:
    async with open_school(Switches(credits=1000)) as school:
        job = await job_of(school, module="Leads")
        assert school.app.state.emulator.limits.spent == 50
        await look(school, job)
        await fetch(school, job)
        assert school.app.state.emulator.limits.spent == 52


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        ("ZohoCRM.bulk.READ,ZohoCRM.modules.ALL", 201),
        ("ZohoCRM.bulk.ALL,ZohoCRM.modules.custom.READ", 201),
        ("ZohoCRM.bulk.READ", 401),
        ("ZohoCRM.modules.ALL", 401),
        ("ZohoCRM.bulk.READ,ZohoCRM.modules.CREATE", 401),
    ],
)
async def test_bulk_needs_a_scope_of_its_own_and_one_to_read_modules(
    scope: str, status: int
) -> None:
    async with open_school(Switches(scope=scope)) as school:
        assert (await begin(school, module="Leads")).status_code == status
