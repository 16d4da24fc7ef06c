"""Deleted records, search, COQL and metadata."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from mzi_bridge.zoho.client import ZohoClient
from mzi_bridge.zoho.coql import quoted
from mzi_bridge.zoho.criteria import Criteria, all_of, any_of, where
from mzi_bridge.zoho.deleted import DeletedRecord
from mzi_bridge.zoho.errors import BadArgument, UnexpectedAnswer
from tests.support.scripted_crm import ScriptedCrm

WHEN = datetime(2026, 5, 14, 8, 36, 10, tzinfo=UTC)


async def test_deleted_records_come_as_id_time_and_kind_only(
    crm: ScriptedCrm, zoho: ZohoClient
) -> None:
    rows = [
        {"id": "1", "deleted_time": "2026-05-14T11:36:10+03:00", "type": "recycle",
         "display_name": "Canary", "deleted_by": {"name": "Canary"}},
        {"id": "2", "deleted_time": "2026-05-14T08:36:11+00:00", "type": "permanent",
         "display_name": None, "deleted_by": None},
    ]  # fmt: skip
    crm.says(200, {"data": rows, "info": {"more_records": True}})
    page = await zoho.deleted.page("Leads", since=WHEN, kind="all")
    at = int(WHEN.timestamp())
    assert page.records == (
        DeletedRecord("1", at, "recycle"),
        DeletedRecord("2", at + 1, "permanent"),
    )
    assert page.more
    assert "Canary" not in repr(page)
    assert crm.last.url.path == "/crm/v2/Leads/deleted"
    assert dict(crm.last.url.params) == {"type": "all", "page": "1", "per_page": "200"}
    assert crm.last.headers["if-modified-since"] == "2026-05-14T08:36:10+00:00"


async def test_no_deletions_are_an_empty_page(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    crm.says(204)
    assert (await zoho.deleted.page("Leads")).records == ()
    crm.says(304)
    assert (await zoho.deleted.page("Leads", since=WHEN)).not_modified


@pytest.mark.parametrize(
    "row", [{"id": "1"}, {"id": "1", "deleted_time": "soon"}, {"deleted_time": WHEN.isoformat()}]
)
async def test_a_deletion_without_id_or_time_is_no_proof(
    crm: ScriptedCrm, zoho: ZohoClient, row: dict[str, Any]
) -> None:
    crm.says(200, {"data": [row]})
    with pytest.raises(UnexpectedAnswer):
        await zoho.deleted.page("Leads")


def test_no_value_can_end_its_own_condition() -> None:
    nasty = where("Last_Name", "equals", "Burns,B)or(Email:equals:\\x")
    assert nasty.text == "(Last_Name:equals:Burns\\,B\\)or\\(Email:equals:\\\\x)"


def test_criteria_are_joined_and_values_written_zohos_way() -> None:
    built = all_of(
        where("A", "equals", True),
        any_of(where("B", "greater_than", Decimal("1.50")), where("C", "between", (1, 5))),
        where("D", "less_than", date(2026, 5, 14)),
        where("E", "greater_equal", WHEN),
        where("F", "in", ["x", "y,z"]),
    )
    assert built.text == (
        "((A:equals:true)and((B:greater_than:1.50)or(C:between:1,5))"
        "and(D:less_than:2026-05-14)and(E:greater_equal:2026-05-14T08:36:10+00:00)"
        "and(F:in:x,y\\,z))"
    )
    assert built.conditions == 6
    assert "x,y" not in repr(built)


def test_criteria_outside_zohos_bounds_are_refused() -> None:
    one = where("A", "equals", "x")
    assert all_of(one) == one
    builds: list[Callable[[], Criteria]] = [
        lambda: all_of(),
        lambda: any_of(*[one] * 11),
        lambda: where("A", "equals", ["x", "y"]),
        lambda: where("A", "in", []),
        lambda: where("A", "equals", ""),
        lambda: where("A:equals:1)or(B", "equals", "x"),
        lambda: where("A", "equals", datetime(2026, 1, 1)),
    ]
    for build in builds:
        with pytest.raises(BadArgument):
            build()


async def test_each_search_sends_its_own_parameter(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    criteria = where("Last_Name", "starts_with", "M")
    await zoho.search.by_criteria("Leads", criteria, 2, 50)
    assert dict(crm.last.url.params) == {
        "criteria": "(Last_Name:starts_with:M)",
        "page": "2",
        "per_page": "50",
    }
    await zoho.search.by_email("Leads", "a+b@example.com")
    assert crm.last.url.params["email"] == "a+b@example.com"
    await zoho.search.by_phone("Leads", "+90 1")
    assert crm.last.url.params["phone"] == "+90 1"
    await zoho.search.by_word("Leads", "x&y")
    assert crm.last.url.params["word"] == "x&y"


async def test_a_search_past_zohos_wall_is_not_sent(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    await zoho.search.by_word("Leads", "x", 10, 200)
    with pytest.raises(BadArgument, match="2000"):
        await zoho.search.by_word("Leads", "x", 11, 200)
    with pytest.raises(BadArgument):
        await zoho.search.by_word("Leads", "")
    assert len(crm.requests) == 1


async def test_a_query_is_sent_with_its_limit(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    crm.says(200, {"data": [{"id": "1"}], "info": {"count": 1, "more_records": True}})
    condition = "Last_Name = " + quoted("O'Neill")
    page = await zoho.coql.select(" ".join(["select id from Leads where", condition]), offset=200)
    assert page.more
    assert crm.sent() == {
        "select_query": "select id from Leads where Last_Name = 'O\\'Neill' limit 200,200"
    }


@pytest.mark.parametrize(
    ("statement", "offset", "limit"),
    [
        ("delete from Leads", 0, 200),
        ("select id from Leads where id is not null limit 5", 0, 200),
        ("select id from Leads where id is not null LIMIT 0, 5 ", 0, 200),
        ("select id from Leads", -1, 200),
        ("select id from Leads", 0, 201),
        ("select id from Leads", 9900, 200),
    ],
)
async def test_a_query_outside_zohos_bounds_is_not_sent(
    crm: ScriptedCrm, zoho: ZohoClient, statement: str, offset: int, limit: int
) -> None:
    with pytest.raises(BadArgument):
        await zoho.coql.select(statement, offset=offset, limit=limit)
    assert crm.requests == []


def test_a_literal_is_one_line() -> None:
    assert quoted("a\\'b") == "'a\\\\\\'b'"
    with pytest.raises(BadArgument):
        quoted("a\nb")


async def test_modules_are_read_with_what_may_be_done(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    rows = [
        {"api_name": "BTEC_Students", "singular_label": "Student", "plural_label": "Students",
         "api_supported": True, "viewable": True, "editable": False, "generated_type": "custom"},
        {"api_name": None},
    ]  # fmt: skip
    crm.says(200, {"modules": rows})
    [module] = await zoho.metadata.modules()
    assert module.api_name == "BTEC_Students"
    assert (module.viewable, module.editable, module.generated_type) == (True, False, "custom")
    crm.says(204)
    assert await zoho.metadata.module("BTEC_Students") is None
    assert await zoho.metadata.fields("BTEC_Students") == []


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ({"module": "Accounts", "id": "1"}, "Accounts"),
        ({"module": {"api_name": "Accounts", "id": "1"}}, "Accounts"),
        ({}, None),
        (None, None),
        ("Accounts", None),
    ],
)
async def test_a_lookups_module_is_read_in_old_and_new_form(
    crm: ScriptedCrm, zoho: ZohoClient, target: Any, name: str | None
) -> None:
    crm.says(200, {"fields": [{"api_name": "A", "lookup": target, "subform": target}]})
    [field] = await zoho.metadata.fields("Leads")
    assert field.lookup_module == name
    assert field.subform_module == name


async def test_a_field_is_read_leniently(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    row = {
        "api_name": "Status",
        "data_type": "picklist",
        "json_type": "string",
        "field_label": "State",
        "length": 120,
        "read_only": False,
        "field_read_only": True,
        "system_mandatory": True,
        "custom_field": True,
        "pick_list_values": [
            {"display_value": "Active", "actual_value": "active"},
            {"display_value": "Old"},
            {},
            None,
        ],
        "decimal_place": None,
        "$new": 1,
    }
    crm.says(200, {"fields": [row]})
    [field] = await zoho.metadata.fields("BTEC_Students")
    assert field.picklist == ("active", "Old")
    assert (field.read_only, field.mandatory, field.custom, field.visible) == (True,) * 4
    assert (field.label, field.length, field.decimal_places) == ("State", 120, None)
    assert crm.last.url.params["module"] == "BTEC_Students"
