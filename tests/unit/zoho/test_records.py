from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mzi_bridge.zoho.client import ZohoClient
from mzi_bridge.zoho.errors import BadArgument, RecordRefused, UnexpectedAnswer
from tests.support.scripted_crm import ScriptedCrm

SINCE = datetime(2026, 5, 14, 8, 36, 10, tzinfo=UTC)


def row(code: str = "SUCCESS", **more: Any) -> dict[str, Any]:
    status = "success" if code == "SUCCESS" else "error"
    return {"code": code, "details": {"id": "1"}, "message": "m", "status": status, **more}


async def test_records_are_read_by_id_with_one_address_each(
    crm: ScriptedCrm, zoho: ZohoClient
) -> None:
    crm.says(200, {"data": [{"id": "17", "Payment_Schedule": [{"id": "5"}]}]})
    page = await zoho.records.by_id("BTEC_Registrations", "17")
    assert page.records[0]["Payment_Schedule"] == [{"id": "5"}]
    assert not page.more
    assert str(crm.last.url) == "https://www.zohoapis.eu/crm/v2/BTEC_Registrations/17"


async def test_records_are_read_by_ids_in_one_call(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    crm.says(200, {"data": [{"id": "1"}], "info": {"more_records": False}})
    await zoho.records.by_ids("Leads", ["1", "2"], ["Last_Name", "Owner.id"])
    assert dict(crm.last.url.params) == {
        "ids": "1,2",
        "per_page": "200",
        "fields": "Last_Name,Owner.id",
    }


async def test_ids_past_a_hundred_are_not_sent(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    with pytest.raises(BadArgument):
        await zoho.records.by_ids("Leads", [str(n) for n in range(101)])
    with pytest.raises(BadArgument):
        await zoho.records.by_id("Leads", "1/../../2")
    assert crm.requests == []


async def test_a_page_carries_every_parameter_asked_for(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    await zoho.records.page(
        "Leads", 3, 50, modified_since=SINCE, sort_by="Modified_Time", sort_order="asc",
        fields=["id"],
    )  # fmt: skip
    assert dict(crm.last.url.params) == {
        "page": "3",
        "per_page": "50",
        "sort_by": "Modified_Time",
        "sort_order": "asc",
        "fields": "id",
    }
    assert crm.last.headers["if-modified-since"] == "2026-05-14T08:36:10+00:00"


async def test_304_means_not_modified(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    crm.says(304)
    page = await zoho.records.page("Leads", modified_since=SINCE)
    assert page.not_modified
    assert page.records == ()


@pytest.mark.parametrize(
    ("info", "rows", "more"),
    [
        ({"more_records": True}, 1, True),
        ({"more_records": False}, 2, False),
        (None, 2, True),
        ({"more_records": "yes"}, 1, False),
        ([], 2, True),
    ],
)
async def test_reading_never_ends_too_early(
    crm: ScriptedCrm, zoho: ZohoClient, info: Any, rows: int, more: bool
) -> None:
    crm.says(200, {"data": [{"id": "1"}] * rows, "info": info})
    assert (await zoho.records.page("Leads", per_page=2)).more is more


@pytest.mark.parametrize(("page", "per_page"), [(0, 200), (1, 0), (1, 201)])
async def test_a_page_outside_zohos_bounds_is_not_sent(
    zoho: ZohoClient, page: int, per_page: int
) -> None:
    with pytest.raises(BadArgument):
        await zoho.records.page("Leads", page, per_page)


async def test_every_write_runs_no_automation_unless_told(
    crm: ScriptedCrm, zoho: ZohoClient
) -> None:
    crm.says(201, {"data": [row()]})
    for write in (zoho.records.insert, zoho.records.upsert, zoho.records.update):
        await write("Leads", [{"id": "1"}])
        assert crm.sent()["trigger"] == []
        await write("Leads", [{"id": "1"}], trigger=["workflow"])
        assert crm.sent()["trigger"] == ["workflow"]
    await zoho.records.delete("Leads", ["1"])
    assert crm.last.url.params["wf_trigger"] == "false"


@pytest.mark.parametrize("status", [200, 201, 202, 207, 400])
async def test_rows_decide_whatever_the_status(
    crm: ScriptedCrm, zoho: ZohoClient, status: int
) -> None:
    missing = row("MANDATORY_NOT_FOUND", details={"api_name": "Last_Name"})
    crm.says(status, {"data": [row(), missing]})
    good, bad = await zoho.records.insert("Leads", [{"Last_Name": "x"}, {}])
    assert (good.ok, good.id, good.action) == (True, "1", "insert")
    assert (bad.ok, bad.code, bad.field, bad.action) == (
        False,
        "MANDATORY_NOT_FOUND",
        "Last_Name",
        None,
    )


async def test_an_upsert_says_of_each_row_what_it_did(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    crm.says(200, {"data": [row(action="insert"), row(action="update", duplicate_field="Email")]})
    results = await zoho.records.upsert(
        "Leads", [{"Email": "a@example.com"}, {}], duplicate_check_fields=["Email"]
    )
    assert [result.action for result in results] == ["insert", "update"]
    assert crm.last.url.path == "/crm/v2/Leads/upsert"
    assert crm.sent()["duplicate_check_fields"] == ["Email"]


async def test_a_subforms_field_is_named_with_its_subform(
    crm: ScriptedCrm, zoho: ZohoClient
) -> None:
    details = {"api_name": "Amount", "parent_api_name": "Payment_Schedule"}
    crm.says(202, {"data": [row("INVALID_DATA", details=details)]})
    [result] = await zoho.records.update("Leads", [{"id": "1"}])
    assert result.field == "Payment_Schedule.Amount"


async def test_a_duplicate_names_the_record_in_its_way(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    crm.says(202, {"data": [row("DUPLICATE_DATA", details={"api_name": "Email", "id": "99"})]})
    [result] = await zoho.records.insert("Leads", [{}])
    assert (result.ok, result.id, result.field) == (False, "99", "Email")


@pytest.mark.parametrize("answered", [0, 1, 3])
async def test_another_number_of_rows_than_sent_is_no_result(
    crm: ScriptedCrm, zoho: ZohoClient, answered: int
) -> None:
    crm.says(200, {"data": [row()] * answered})
    with pytest.raises(UnexpectedAnswer, match=f"{answered} rows for 2"):
        await zoho.records.insert("Leads", [{}, {}])


async def test_a_write_answered_with_nothing_is_no_result(
    crm: ScriptedCrm, zoho: ZohoClient
) -> None:
    crm.says(204)
    with pytest.raises(UnexpectedAnswer):
        await zoho.records.insert("Leads", [{}])


async def test_rows_of_odd_shape_are_failures_not_crashes(
    crm: ScriptedCrm, zoho: ZohoClient
) -> None:
    crm.says(200, {"data": [{}, {"code": 5, "details": [], "message": None}, {"code": "SUCCESS"}]})
    first, second, third = await zoho.records.insert("Leads", [{}, {}, {}])
    assert (first.ok, first.code, second.ok, second.id) == (False, "UNNAMED", False, None)
    assert (third.ok, third.id) == (True, None)


async def test_a_request_refused_as_a_whole_is_raised(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    crm.says(400, {"code": "INVALID_DATA", "details": {"api_name": "data"}, "status": "error"})
    with pytest.raises(RecordRefused) as raised:
        await zoho.records.insert("Leads", [{}])
    assert raised.value.reason == "invalid_data"
    assert raised.value.field == "data"


async def test_an_update_needs_an_id_in_each_row(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    wrong: list[list[dict[str, Any]]] = [[{}], [{"id": 5}], [{"id": "x"}], [], [{"id": "1"}] * 101]
    for rows in wrong:
        with pytest.raises(BadArgument):
            await zoho.records.update("Leads", rows)
    assert crm.requests == []


async def test_a_delete_has_a_result_for_each_id(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    crm.says(200, {"data": [row(), row("INVALID_DATA")]})
    results = await zoho.records.delete("Leads", ["1", "2"])
    assert [(r.ok, r.action) for r in results] == [(True, "delete"), (False, None)]
    assert (crm.last.method, crm.last.url.params["ids"]) == ("DELETE", "1,2")


async def test_text_travels_as_it_is(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    crm.says(201, {"data": [row()]})
    await zoho.records.insert("Leads", [{"Last_Name": "محمد 😀", "Price": 149.99, "None": None}])
    assert crm.sent()["data"] == [{"Last_Name": "محمد 😀", "Price": 149.99, "None": None}]
