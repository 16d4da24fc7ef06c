from __future__ import annotations

from typing import Any

import pytest

from tests.unit.sandbox.zoho.school import School


async def ask(school: School, query: str) -> Any:
    return await school.post("coql", {"select_query": query})


async def names(school: School, where: str, tail: str = "") -> list[str]:
    answer = await ask(school, " ".join(("select Last_Name from Leads where", where, tail)))
    if answer.status_code == 204:
        return []
    assert answer.status_code == 200, answer.text
    return [row["Last_Name"] for row in answer.json()["data"]]


def fill(school: School) -> None:
    people: tuple[dict[str, Any], ...] = (
        {"Last_Name": "Adam", "Age": 20, "Rating": "Hot", "Opt_Out": True},
        {"Last_Name": "Bana", "Age": 30, "Born": "2001-02-03"},
        {"Last_Name": "O'Hara", "Email": "o@example.org"},
    )
    school.crm.insert_all(("Leads", person) for person in people)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("Last_Name is not null", ["Adam", "Bana", "O'Hara"]),
        ("Age is null", ["O'Hara"]),
        ("Age = 20", ["Adam"]),
        ("Age != 20", ["Bana", "O'Hara"]),
        ("Age >= 20 and Age < 30", ["Adam"]),
        ("Age between 25 and 35", ["Bana"]),
        ("Age not between 25 and 35", ["Adam", "O'Hara"]),
        ("Last_Name in ('Adam', 'Bana')", ["Adam", "Bana"]),
        ("Last_Name not in ('Adam')", ["Bana", "O'Hara"]),
        ("Last_Name like 'A%'", ["Adam"]),
        ("Last_Name like '%an%'", ["Bana"]),
        ("Last_Name not like '%a%'", []),
        ("Last_Name = 'O\\'Hara'", ["O'Hara"]),
        ("Last_Name = 'O''Hara'", ["O'Hara"]),
        ("Opt_Out = true", ["Adam"]),
        ("Born > '2001-01-01'", ["Bana"]),
        ("Modified_Time >= '2026-05-14T11:36:10+03:00'", ["Adam", "Bana", "O'Hara"]),
        ("Age = 20 or Age = 30 and Rating = 'Hot'", ["Adam"]),
        ("(Age = 20 or Age = 30) and Rating is null", ["Bana"]),
    ],
)
async def test_where_selects(school: School, where: str, expected: list[str]) -> None:
    fill(school)
    assert await names(school, where) == expected


async def test_order_and_limit(school: School) -> None:
    fill(school)
    tail = "order by Last_Name desc limit 1, 1"
    assert await names(school, "Last_Name is not null", tail) == ["Bana"]
    assert await names(school, "Last_Name is not null", "limit 2 offset 2") == ["O'Hara"]


async def test_the_answer_has_ids_and_says_whether_there_is_more(school: School) -> None:
    fill(school)
    query = "select Last_Name, Owner from Leads where Age is not null limit 1"
    answer = (await ask(school, query)).json()
    assert answer["info"] == {"count": 1, "more_records": True}
    row = answer["data"][0]
    assert set(row) == {"Last_Name", "Owner", "id"}
    assert row["Owner"] == {"id": school.crm.caller.id}


async def test_a_column_of_the_looked_up_record_can_be_asked(school: School) -> None:
    lead = school.crm.insert("Leads", {"Last_Name": "Adam"})
    school.crm.insert("Registrations", {"Lead": lead})
    school.crm.insert("Registrations", {})
    query = "select Lead.Last_Name, Lead from Registrations where Lead.Last_Name = 'adam'"
    rows = (await ask(school, query)).json()["data"]
    assert [(row["Lead.Last_Name"], row["Lead"]) for row in rows] == [("Adam", {"id": lead})]


async def test_nothing_found_is_204(school: School) -> None:
    assert (await ask(school, "select id from Leads where Age = 1")).status_code == 204


@pytest.mark.parametrize(
    ("query", "code", "details"),
    [
        ("select Age from Leads", "SYNTAX_ERROR", {"clause": "where"}),
        ("Age from Leads", "SYNTAX_ERROR", {"clause": "select"}),
        ("select Age where Age = 1", "SYNTAX_ERROR", {"clause": "from"}),
        ("select Age from Leads where Age ~ 1", "SYNTAX_ERROR", {"near": "~"}),
        ("select Age from Leads where Age =", "SYNTAX_ERROR", {"near": "<EOF>"}),
        ("select Age from Leads where\nAge = 1 oops", "SYNTAX_ERROR", {"line": 2}),
        ("select Age from Leads where Age = 'x", "SYNTAX_ERROR", {"line": 1}),
        ("select Age from Leads where Age = 1 limit x", "SYNTAX_ERROR", {"clause": "limit"}),
        ("select Nope from Leads where Age = 1", "INVALID_QUERY", {"column_name": "Nope"}),
        ("select Age from Leads where Nope = 1", "INVALID_QUERY", {"column_name": "Nope"}),
        ("select Age.x from Leads where Age = 1", "INVALID_QUERY", {"column_name": "Age.x"}),
        ("select Age from Leads where Age = 'x'", "INVALID_QUERY", {"column_name": "Age"}),
        ("select Age from Leads where Note = 'x'", "INVALID_QUERY", {"column_name": "Note"}),
        ("select Age from Nope where Age = 1", "INVALID_MODULE", {}),
        ("select Age from Leads where Age = 1 limit 201", "LIMIT_EXCEEDED", {"limit": 200}),
        ("select Age from Leads where Age = 1 limit 10001,1", "LIMIT_EXCEEDED", {"limit": 10000}),
        (
            " ".join(("select", ",".join(["Age"] * 51), "from Leads where Age = 1")),
            "LIMIT_EXCEEDED",
            {"limit": 50},
        ),
        (
            " ".join(("select Age from Leads where Age in (", ",".join(["1"] * 51), ")")),
            "LIMIT_EXCEEDED",
            {"limit": 50},
        ),
        (
            " ".join(("select Age from Leads where", " or ".join(["Age = 1"] * 26))),
            "LIMIT_EXCEEDED",
            {"limit": 25},
        ),
    ],
)
async def test_a_bad_query_is_refused_by_kind(
    school: School, query: str, code: str, details: dict[str, Any]
) -> None:
    answer = await ask(school, query)
    assert answer.status_code == 400
    assert answer.json()["code"] == code
    assert details.items() <= answer.json()["details"].items()


async def test_a_body_without_a_query_is_refused(school: School) -> None:
    assert (await school.post("coql", {})).json()["code"] == "MANDATORY_NOT_FOUND"
    assert (await ask(school, 7)).json()["code"] == "INVALID_DATA"  # type: ignore[arg-type]
