"""The client against the emulated CRM: each family as a user of it meets it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import anyio
import httpx2
import pytest
from pydantic import SecretStr

from mzi_bridge.sandbox.listener import listening
from mzi_bridge.zoho.channels import ChannelRequest
from mzi_bridge.zoho.client import ZohoClient
from mzi_bridge.zoho.criteria import all_of, where
from mzi_bridge.zoho.errors import (
    BadAnswer,
    CreditsUsedUp,
    InvalidModule,
    InvalidQuery,
    RateLimited,
    RecordRefused,
    ScopeMissing,
    ServerFault,
    TokenRefused,
    TokenThrottled,
    UnknownEffect,
    Unreachable,
)
from tests.support.emulated_crm import CLIENT, Office
from tests.support.scripted_crm import NOW, SharedStore

LEAD = {"Last_Name": "Burns, (B) \\ O'Neill", "Company": "Acme", "Email": "lead@example.com"}


@pytest.fixture
def office() -> Office:
    return Office.open()


@pytest.fixture
async def zoho(office: Office) -> AsyncIterator[ZohoClient]:
    async with office.client() as client:
        yield client


async def test_a_token_that_ended_is_replaced_without_anybody_noticing(
    office: Office, zoho: ZohoClient
) -> None:
    await zoho.records.page("Leads")
    office.expire_tokens()
    assert (await zoho.records.page("Leads")).records == ()


async def test_many_tasks_and_two_clients_stay_within_the_token_limit(office: Office) -> None:
    store = SharedStore()
    async with (
        office.client(store) as one,
        office.client(store) as two,
        anyio.create_task_group() as tasks,
    ):
        for client in (one, two) * 25:
            tasks.start_soon(client.records.page, "Leads")
    assert store.saved == 1


async def test_too_many_token_requests_pause_the_link(office: Office, zoho: ZohoClient) -> None:
    with pytest.raises(TokenThrottled):
        for _ in range(12):
            office.expire_tokens()
            await zoho.records.page("Leads")


async def test_wrong_credentials_are_told_apart(office: Office) -> None:
    async with office.client(client_secret=SecretStr("wrong")) as zoho:
        with pytest.raises(TokenRefused, match="client id or secret"):
            await zoho.records.page("Leads")
    async with office.client(refresh_token=SecretStr("1000.wrong")) as zoho:
        with pytest.raises(TokenRefused, match="ZOHO_REFRESH_TOKEN"):
            await zoho.records.page("Leads")


async def test_a_code_is_exchanged_and_its_token_revoked(office: Office, zoho: ZohoClient) -> None:
    code = office.app.state.emulator.oauth.grant_code(
        CLIENT["client_id"], "https://bridge.example/back", scope="ZohoCRM.modules.READ"
    )
    granted = await zoho.grants.exchange(SecretStr(code), "https://bridge.example/back")
    assert granted.refresh_token
    assert "ZohoCRM.modules.READ" in granted.scope
    assert granted.lifetime == 3600
    fresh = SecretStr(granted.refresh_token)
    await zoho.grants.refresh(fresh)
    await zoho.grants.revoke(fresh)
    with pytest.raises(TokenRefused):
        await zoho.grants.refresh(fresh)


async def test_a_missing_scope_is_named() -> None:
    office = Office.open(scope="ZohoCRM.modules.READ")
    async with office.client() as zoho:
        await zoho.records.page("Leads")
        with pytest.raises(ScopeMissing, match=r"ZohoCRM\.notifications"):
            await zoho.channels.list()
        with pytest.raises(ScopeMissing):
            await zoho.records.insert("Leads", [LEAD])


async def test_a_record_lives_and_dies(office: Office, zoho: ZohoClient) -> None:
    [made] = await zoho.records.insert("Leads", [LEAD])
    assert (made.ok, made.action) == (True, "insert")
    assert made.id is not None
    read = await zoho.records.by_id("Leads", made.id)
    assert read.records[0]["Last_Name"] == LEAD["Last_Name"]
    assert read.read_time == int(NOW) - 1
    [changed] = await zoho.records.update("Leads", [{"id": made.id, "Email": None}])
    assert (changed.ok, changed.action) == (True, "update")
    assert (await zoho.records.by_id("Leads", made.id)).records[0]["Email"] is None
    [gone] = await zoho.records.delete("Leads", [made.id])
    assert (gone.ok, gone.id, gone.action) == (True, made.id, "delete")
    assert (await zoho.records.by_id("Leads", made.id)).records == ()


async def test_rows_that_fail_are_told_row_by_row(zoho: ZohoClient) -> None:
    results = await zoho.records.insert(
        "Leads", [LEAD, {"Company": "No name"}, {**LEAD, "No_of_Employees": "many"}]
    )
    assert [(result.ok, result.code, result.field) for result in results] == [
        (True, "SUCCESS", None),
        (False, "MANDATORY_NOT_FOUND", "Last_Name"),
        (False, "INVALID_DATA", "No_of_Employees"),
    ]


async def test_rows_decide_under_the_later_versions_statuses_too() -> None:
    office = Office.open(row_errors="later")
    async with office.client() as zoho:
        assert [r.ok for r in await zoho.records.insert("Leads", [LEAD, {}])] == [True, False]
        assert [r.ok for r in await zoho.records.insert("Leads", [{}, {}])] == [False, False]


async def test_an_upsert_finds_the_record_it_should_change(zoho: ZohoClient) -> None:
    checks = ["Email"]
    [first] = await zoho.records.upsert("Leads", [LEAD], duplicate_check_fields=checks)
    [second] = await zoho.records.upsert(
        "Leads", [{**LEAD, "City": "Izmir"}], duplicate_check_fields=checks
    )
    assert (first.action, second.action) == ("insert", "update")
    assert first.id == second.id


async def test_updating_or_deleting_what_is_not_there_fails_by_row(zoho: ZohoClient) -> None:
    [updated] = await zoho.records.update("Leads", [{"id": "123456", "City": "x"}])
    [deleted] = await zoho.records.delete("Leads", ["123456"])
    assert (updated.ok, updated.code) == (False, "INVALID_DATA")
    assert (deleted.ok, deleted.code) == (False, "INVALID_DATA")


async def test_a_subform_comes_by_id_and_not_with_ids(office: Office, zoho: ZohoClient) -> None:
    rows = [{"Installment_No": 1, "Installment_Amount": 250.5}]
    record = {"Name": "R", "Payment_Schedule": rows}
    made = office.crm.insert("BTEC_Registrations", record)
    listed = (await zoho.records.by_ids("BTEC_Registrations", [made, "123456"])).records
    assert [one["id"] for one in listed] == [made]
    assert "Payment_Schedule" not in listed[0]
    whole = (await zoho.records.by_id("BTEC_Registrations", made)).records[0]
    assert whole["Payment_Schedule"][0]["Installment_Amount"] == 250.5


async def test_every_page_is_read_to_its_end(office: Office, zoho: ZohoClient) -> None:
    for number in range(5):
        office.crm.insert("Leads", {**LEAD, "Last_Name": f"L{number}"})
    seen: list[str] = []
    for number in range(1, 4):
        page = await zoho.records.page(
            "Leads", number, 2, sort_by="Last_Name", sort_order="asc", fields=["Last_Name"]
        )
        seen += [record["Last_Name"] for record in page.records]
        assert page.more is (number < 3)
    assert seen == ["L0", "L1", "L2", "L3", "L4"]
    assert (await zoho.records.page("Leads", 9, 2)).records == ()


async def test_modified_since_includes_its_second_and_then_says_not_modified(
    office: Office, zoho: ZohoClient
) -> None:
    office.crm.insert("Leads", LEAD)
    at = datetime.fromtimestamp(NOW, UTC)
    assert len((await zoho.records.page("Leads", modified_since=at)).records) == 1
    later = await zoho.records.page("Leads", modified_since=at + timedelta(seconds=1))
    assert later.not_modified


async def test_deletions_are_proved_by_their_list(office: Office, zoho: ZohoClient) -> None:
    ids = [office.crm.insert("Leads", {**LEAD, "Last_Name": f"L{n}"}) for n in range(3)]
    office.clock.advance(60)
    office.crm.delete("Leads", ids[0])
    office.crm.delete("Leads", ids[1])
    office.crm.purge("Leads", ids[1])
    found = {row.id: row for row in (await zoho.deleted.page("Leads")).records}
    assert {one: row.kind for one, row in found.items()} == {
        ids[0]: "recycle",
        ids[1]: "permanent",
    }
    assert found[ids[0]].deleted_time == int(NOW) + 60
    only = await zoho.deleted.page("Leads", kind="permanent", per_page=1)
    assert [row.id for row in only.records] == [ids[1]]
    since = datetime.fromtimestamp(NOW + 61, UTC)
    assert (await zoho.deleted.page("Leads", since=since)).not_modified


async def test_an_escaped_value_finds_its_record_and_no_other(
    office: Office, zoho: ZohoClient
) -> None:
    made = office.crm.insert("Leads", LEAD)
    office.crm.insert("Leads", {**LEAD, "Last_Name": "Other", "Email": "b@example.com"})
    criteria = all_of(
        where("Last_Name", "equals", LEAD["Last_Name"]), where("Company", "starts_with", "Ac")
    )
    found = await zoho.search.by_criteria("Leads", criteria)
    assert [record["id"] for record in found.records] == [made]
    by_email = await zoho.search.by_email("Leads", "lead@example.com")
    assert [record["id"] for record in by_email.records] == [made]
    assert len((await zoho.search.by_word("Leads", "Acme")).records) == 2
    assert (await zoho.search.by_phone("Leads", "+1 202 555 0100")).records == ()


async def test_a_search_for_an_unknown_field_is_an_invalid_query(zoho: ZohoClient) -> None:
    with pytest.raises(InvalidQuery):
        await zoho.search.by_criteria("Leads", where("No_Such_Field", "equals", "x"))


async def test_a_query_pages_and_a_wrong_one_is_named(office: Office, zoho: ZohoClient) -> None:
    for number in range(3):
        office.crm.insert("Leads", {**LEAD, "Last_Name": f"O'N{number}"})
    statement = "select Last_Name from Leads where Last_Name is not null order by id asc"
    first = await zoho.coql.select(statement, limit=2)
    assert ([record["Last_Name"] for record in first.records], first.more) == (
        ["O'N0", "O'N1"],
        True,
    )
    rest = await zoho.coql.select(statement, offset=2, limit=2)
    assert ([record["Last_Name"] for record in rest.records], rest.more) == (["O'N2"], False)
    with pytest.raises(InvalidQuery):
        await zoho.coql.select("select Last_Name from Leads where where")


async def test_metadata_names_modules_and_fields(zoho: ZohoClient) -> None:
    modules = {module.api_name: module for module in await zoho.metadata.modules()}
    assert modules["BTEC_Students"].generated_type == "custom"
    assert modules["Leads"].viewable
    assert await zoho.metadata.module("Leads") == modules["Leads"]
    fields = {field.api_name: field for field in await zoho.metadata.fields("BTEC_Registrations")}
    assert fields["Student_ID"].lookup_module == "BTEC_Students"
    assert fields["Payment_Schedule"].data_type == "subform"
    assert fields["Payment_Schedule"].subform_module
    assert fields["Currency"].picklist
    with pytest.raises(InvalidModule):
        await zoho.metadata.fields("No_Such_Module")


async def test_an_unknown_module_is_named_for_every_call(zoho: ZohoClient) -> None:
    with pytest.raises(InvalidModule):
        await zoho.records.page("No_Such_Module")
    with pytest.raises(InvalidModule):
        await zoho.records.insert("No_Such_Module", [{}])
    with pytest.raises(InvalidModule):
        await zoho.deleted.page("No_Such_Module")


def channel(office: Office, channel_id: str = "1001", hours: float = 20.0) -> ChannelRequest:
    end = datetime.fromtimestamp(office.clock.now() + hours * 3600, UTC)
    url = "http://bridge.test/hook"
    return ChannelRequest(channel_id, "Leads", ("create", "edit", "delete"), url, "t" * 50, end)


async def test_a_channel_is_granted_listed_renewed_and_ended(
    office: Office, zoho: ZohoClient
) -> None:
    [made] = await zoho.channels.enable([channel(office)])
    assert (made.ok, made.expiry) == (True, int(NOW) + 72_000)
    [listed] = await zoho.channels.list()
    assert (listed.channel_id, listed.module) == ("1001", "Leads")
    assert listed.events == {"create", "edit", "delete"}
    assert listed.notify_url == "http://bridge.test/hook"
    assert listed.expiry == made.expiry
    office.clock.advance(3600)
    [renewed] = await zoho.channels.renew([channel(office)])
    assert (renewed.ok, renewed.expiry) == (True, int(NOW) + 75_600)
    [ended] = await zoho.channels.delete(["1001"])
    assert ended.ok
    assert await zoho.channels.list() == []


async def test_more_than_a_day_falls_to_an_hour_and_says_so_only_in_the_answer(
    office: Office, zoho: ZohoClient
) -> None:
    [made] = await zoho.channels.enable([channel(office, hours=48)])
    assert (made.ok, made.expiry) == (True, int(NOW) + 3600)


async def test_a_forgotten_channel_is_gone(office: Office, zoho: ZohoClient) -> None:
    await zoho.channels.enable([channel(office, hours=1), channel(office, "1002")])
    office.clock.advance(2 * 3600)
    results = await zoho.channels.renew([channel(office), channel(office, "1002")])
    assert [(r.channel_id, r.ok, r.gone) for r in results] == [
        ("1001", False, True),
        ("1002", True, False),
    ]
    [deleted] = await zoho.channels.delete(["1001"])
    assert deleted.gone


async def test_files_go_up_and_come_down(office: Office, zoho: ZohoClient) -> None:
    lead = office.crm.insert("Leads", LEAD)
    content = bytes(range(256)) * 300
    added = await zoho.attachments.upload("Leads", lead, "Personal_photo é.png", content)
    assert added.ok
    assert added.id is not None
    [listed] = (await zoho.attachments.page("Leads", lead)).attachments
    assert (listed.id, listed.file_name, listed.size) == (
        added.id,
        "Personal_photo é.png",
        len(content),
    )
    async with zoho.attachments.download("Leads", lead, added.id) as file:
        assert file.file_name == "Personal_photo é.png"
        assert await file.content() == content
    assert (await zoho.attachments.delete("Leads", lead, added.id)).ok
    assert (await zoho.attachments.page("Leads", lead)).attachments == ()
    with pytest.raises(RecordRefused):
        async with zoho.attachments.download("Leads", lead, added.id):
            pass


async def test_a_photo_comes_goes_and_is_missed(office: Office, zoho: ZohoClient) -> None:
    lead = office.crm.insert("Leads", LEAD)
    async with zoho.attachments.photo("Leads", lead) as none:
        assert none.file is None
    png = b"\x89PNG\r\n\x1a\n" + b"x" * 50
    await zoho.attachments.set_photo("Leads", lead, "me.png", png)
    async with zoho.attachments.photo("Leads", lead) as photo:
        assert photo.file is not None
        assert await photo.file.content() == png
    await zoho.attachments.delete_photo("Leads", lead)
    async with zoho.attachments.photo("Leads", lead) as none:
        assert none.file is None


async def test_a_spent_quota_pauses_and_too_many_calls_wait() -> None:
    office = Office.open(credits=3)
    async with office.client() as zoho:
        for _ in range(3):
            await zoho.records.page("Leads")
        with pytest.raises(CreditsUsedUp):
            await zoho.records.page("Leads")
    office = Office.open(concurrency=0)
    async with office.client() as zoho:
        with pytest.raises(RateLimited):
            await zoho.records.page("Leads")


@pytest.mark.parametrize(
    ("kind", "on_read", "on_write", "done"),
    [
        ("drop_before", Unreachable, UnknownEffect, False),
        ("lost_reply", Unreachable, UnknownEffect, True),
        ("truncated", Unreachable, UnknownEffect, True),
        ("html", BadAnswer, BadAnswer, False),
        ("empty", BadAnswer, BadAnswer, False),
        ("maintenance", ServerFault, ServerFault, False),
    ],
)
async def test_a_misbehaving_crm_is_met_by_name(
    office: Office, kind: str, on_read: type[Exception], on_write: type[Exception], done: bool
) -> None:
    async with (
        listening(office.app) as address,
        office.client(api_url=address, accounts_url=address, http_transport=None) as zoho,
        httpx2.AsyncClient(base_url=address) as control,
    ):
        office.crm.insert("Leads", LEAD)
        await zoho.records.page("Leads")
        rule = {"match": {"path_prefix": "/crm/"}, "fault": {"kind": kind}}
        await control.post("/_control/faults", json=[rule])
        with pytest.raises(on_read):
            await zoho.records.page("Leads")
        with pytest.raises(on_write):
            await zoho.records.insert("Leads", [{**LEAD, "Email": "new@example.com"}])
    assert len(office.crm.records("Leads")) == 1 + done
