from __future__ import annotations

from typing import Any

import pytest

from mzi_bridge.sandbox.zoho import Switches
from tests.unit.sandbox.zoho.school import School, open_school

PEOPLE: tuple[dict[str, Any], ...] = (
    {"Last_Name": "Burns,B", "First_Name": "Mona", "Age": 30, "Email": "mona@example.org"},
    {"Last_Name": "Burns", "First_Name": "Nour", "Age": 20, "Phone": "+1 555-0101"},
    {"Last_Name": "Odd (name)\\", "First_Name": "Max", "Born": "2001-02-03", "Opt_Out": True},
    {"Last_Name": "Zain", "Called_At": "2026-05-14T10:00:00+03:00", "Skills": ["Art", "Law"]},
)


async def found(school: School, **query: Any) -> list[str]:
    answer = await school.get("Leads/search", **query)
    if answer.status_code == 204:
        return []
    assert answer.status_code == 200, answer.text
    return sorted(row["Last_Name"] for row in answer.json()["data"])


def fill(school: School) -> None:
    school.crm.insert_all(("Leads", person) for person in PEOPLE)


@pytest.mark.parametrize(
    ("criteria", "names"),
    [
        ("(Last_Name:equals:Burns\\,B)", ["Burns,B"]),
        ("(Last_Name:equals:urn)", ["Burns", "Burns,B"]),
        ("(Last_Name:equals:Odd \\(name\\)\\\\)", ["Odd (name)\\"]),
        ("((Last_Name:starts_with:burns)and(First_Name:starts_with:M))", ["Burns,B"]),
        ("((Age:greater_than:25)or(First_Name:equals:Nour))", ["Burns", "Burns,B"]),
        (
            "(((Age:less_equal:20)or(Age:greater_equal:30))and(Last_Name:starts_with:B))",
            ["Burns", "Burns,B"],
        ),
        ("(Age:between:15,25)", ["Burns"]),
        ("(Last_Name:in:Zain,Burns)", ["Burns", "Zain"]),
        ("(Born:equals:2001-02-03)", ["Odd (name)\\"]),
        ("(Opt_Out:equals:true)", ["Odd (name)\\"]),
        ("(Called_At:less_than:2026-05-14T10:00:01+03:00)", ["Zain"]),
        ("(Skills:equals:Law)", ["Zain"]),
        ("(Age:not_equal:20)", ["Burns,B", "Odd (name)\\", "Zain"]),
        ("(Owner:equals:Amal)", []),
        ("(Owner:equals:Amal Registrar)", ["Burns", "Burns,B", "Odd (name)\\", "Zain"]),
    ],
)
async def test_criteria_find(school: School, criteria: str, names: list[str]) -> None:
    fill(school)
    assert await found(school, criteria=criteria) == names


@pytest.mark.parametrize(
    "criteria",
    [
        "(Nonsense:equals:1)",
        "(Age:like:1)",
        "(Age:equals:many)",
        "(Age:equals)",
        "(Age:equals:1",
        "(Age:equals:1))",
        "(Age:equals:(1))",
        "(Age:between:1)",
        "Age",
    ],
)
async def test_bad_criteria_are_an_invalid_query(school: School, criteria: str) -> None:
    answer = await school.get("Leads/search", criteria=criteria)
    assert answer.status_code == 400
    assert answer.json()["code"] == "INVALID_QUERY"


async def test_ten_conditions_are_the_most(school: School) -> None:
    fill(school)
    ten = "(" + "or".join("(Age:equals:20)" for _ in range(10)) + ")"
    assert await found(school, criteria=ten) == ["Burns"]
    eleven = ten[:-1] + "or(Age:equals:20))"
    assert (await school.get("Leads/search", criteria=eleven)).json()["code"] == "LIMIT_EXCEEDED"


async def test_email_phone_and_word(school: School) -> None:
    fill(school)
    assert await found(school, email="MONA@example.org") == ["Burns,B"]
    assert await found(school, phone="15550101") == ["Burns"]
    assert await found(school, word="max") == ["Odd (name)\\"]
    assert await found(school, word="nobody") == []


async def test_criteria_come_before_email_and_so_on(school: School) -> None:
    fill(school)
    assert await found(school, word="max", phone="1 555 0101") == ["Burns"]
    assert await found(school, criteria="(Age:equals:20)", email="mona@example.org") == ["Burns"]


async def test_a_search_for_nothing_misses_a_parameter(school: School) -> None:
    assert (await school.get("Leads/search")).json()["code"] == "REQUIRED_PARAM_MISSING"


async def test_the_index_lags_when_told_to() -> None:
    async with open_school(Switches(search_lag=10)) as school:
        fill(school)
        assert await found(school, word="zain") == []
        school.clock.advance(10)
        assert await found(school, word="zain") == ["Zain"]


async def test_two_thousand_rows_are_the_most(school: School) -> None:
    school.crm.insert_all(("Leads", {"Last_Name": "Same"}) for _ in range(2001))
    last = (await school.get("Leads/search", word="same", page=10)).json()
    assert last["info"]["more_records"] is False
    assert (await school.get("Leads/search", word="same", page=11)).status_code == 204
