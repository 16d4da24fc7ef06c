from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import anyio
import httpx2
import pytest

from mzi_bridge.zoho.apis import ApiVersions
from mzi_bridge.zoho.bulk import WAIT_SECONDS, DownloadPace
from mzi_bridge.zoho.client import ZohoClient
from mzi_bridge.zoho.errors import (
    BadAnswer,
    BadArgument,
    BulkFailed,
    BulkLost,
    BulkTooSlow,
    CreditsUsedUp,
    InvalidModule,
    InvalidQuery,
    RateLimited,
    RequestRefused,
    ScopeMissing,
    ServerFault,
    UnexpectedAnswer,
)
from tests.support.clock import ManualClock
from tests.support.emulated_crm import Office
from tests.support.scripted_crm import NOW, ScriptedCrm
from tests.unit.zoho.test_bulk_file import zipped

FIELD = "Modified_Time"
CSV = "Id,Modified_Time\r\n5,2026-05-14T11:36:10+03:00\r\n"


class EagerClock(ManualClock):
    """Sleeps by moving on; `slept` tells how long each time."""

    def __init__(self) -> None:
        super().__init__(NOW)
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        await anyio.lowlevel.checkpoint()
        self.slept.append(seconds)
        self.advance(seconds)


@pytest.fixture
def clock() -> EagerClock:
    return EagerClock()


@pytest.fixture
def office(clock: EagerClock) -> Office:
    return open_office(clock)


def open_office(clock: EagerClock, **switches: Any) -> Office:
    return Office.open(clock=clock, **switches)


@pytest.fixture
async def zoho(office: Office) -> AsyncIterator[ZohoClient]:
    async with office.client() as client:
        yield client


def enrol(office: Office, count: int) -> dict[str, int]:
    """Leads a second apart, and what a bulk read must say of them."""
    expected = {}
    for number in range(count):
        office.clock.advance(1)
        lead = office.crm.insert("Leads", {"Last_Name": f"L{number}", "Company": "C"})
        expected[lead] = int(office.clock.now())
    return expected


async def test_every_id_comes_with_its_modified_time(office: Office, zoho: ZohoClient) -> None:
    expected = enrol(office, 7)
    assert await zoho.bulk.versions("Leads", FIELD) == expected


async def test_a_module_without_modified_time_gives_its_ids(
    office: Office, zoho: ZohoClient
) -> None:
    expected = enrol(office, 3)
    assert await zoho.bulk.versions("Leads", None) == dict.fromkeys(expected, 0)


async def test_an_empty_module_gives_nothing_and_fetches_no_file(
    office: Office, zoho: ZohoClient
) -> None:
    assert await zoho.bulk.versions("Leads", FIELD) == {}
    paths = [call["path"] for call in office.app.faults.calls]
    assert not any(path.endswith("/result") for path in paths)


async def test_several_result_pages_become_one_answer(clock: EagerClock) -> None:
    office = open_office(clock, bulk_rows=3)
    expected = enrol(office, 8)
    async with office.client() as zoho:
        assert await zoho.bulk.versions("Leads", FIELD) == expected
    created = [call for call in office.app.faults.calls if call["method"] == "POST"]
    assert len([call for call in created if "bulk" in call["path"]]) == 3


async def test_a_job_is_waited_for_with_growing_pauses(clock: EagerClock) -> None:
    office = open_office(clock, bulk_seconds=40, credits=1000)
    expected = enrol(office, 2)
    async with office.client() as zoho:
        assert await zoho.bulk.versions("Leads", FIELD) == expected
    assert clock.slept == [3.0, 6.0, 12.0, 24.0]
    assert office.app.state.emulator.limits.spent == 50 + 5 + 1


async def test_a_job_that_never_ends_is_given_up_even_if_the_clock_is_set_back(
    office: Office, zoho: ZohoClient, clock: EagerClock
) -> None:
    enrol(office, 1)
    office.app.state.emulator.bulk.ending = "never"
    clock.set(clock.now() + 3600)
    with pytest.raises(BulkTooSlow) as caught:
        await zoho.bulk.versions("Leads", FIELD)
    assert caught.value.reason == "bulk_too_slow"
    assert WAIT_SECONDS <= sum(clock.slept) <= WAIT_SECONDS + 60


async def test_a_failed_job_and_a_lost_one_have_names(office: Office, zoho: ZohoClient) -> None:
    enrol(office, 1)
    office.app.state.emulator.bulk.ending = "FAILURE"
    with pytest.raises(BulkFailed):
        await zoho.bulk.versions("Leads", FIELD)
    office.app.state.emulator.bulk.ending = "never"
    async with anyio.create_task_group() as tasks:

        async def lose() -> None:
            await anyio.lowlevel.checkpoint()
            office.app.state.emulator.bulk.forget()

        tasks.start_soon(lose)
        with pytest.raises(BulkLost):
            await zoho.bulk.versions("Leads", FIELD)


async def test_a_passing_fault_does_not_lose_a_job_that_is_paid_for(
    clock: EagerClock,
) -> None:
    office = open_office(clock, bulk_seconds=10, credits=1000)
    expected = enrol(office, 2)
    faulty = {"kind": "status", "status": 503}
    cut = {"kind": "truncated", "full_length": False}
    office.app.faults.add(
        [
            {"match": {"path_prefix": "/crm/bulk", "method": "GET"}, "times": 3, "fault": faulty},
            {"match": {"path_contains": "/result"}, "times": 2, "fault": faulty},
        ]
    )
    async with office.client() as zoho:
        assert await zoho.bulk.versions("Leads", FIELD) == expected
        created = [call for call in office.app.faults.calls if call["path"] == "/crm/bulk/v2/read"]
        assert len(created) == 1
        office.app.faults.add([{"match": {"path_contains": "/result"}, "fault": cut}])
        with pytest.raises(BadAnswer):
            await zoho.bulk.versions("Leads", FIELD)


async def test_faults_that_last_are_raised_as_they_are(office: Office, zoho: ZohoClient) -> None:
    enrol(office, 1)
    for path in ("/result", "/bulk/v2/read/"):
        match = {"path_contains": path, "method": "GET"}
        office.app.faults.add([{"match": match, "fault": {"kind": "status", "status": 500}}])
        with pytest.raises(ServerFault):
            await zoho.bulk.versions("Leads", FIELD)


async def test_the_eleventh_download_of_a_minute_waits_for_its_turn(clock: EagerClock) -> None:
    office = open_office(clock, bulk_rows=1)
    expected = enrol(office, 12)
    async with office.client() as zoho:
        assert await zoho.bulk.versions("Leads", FIELD) == expected
    statuses = {call["status"] for call in office.app.faults.calls}
    assert 429 not in statuses
    assert clock.slept == [60.0]


async def test_live_and_background_downloads_share_one_pace(clock: EagerClock) -> None:
    office = open_office(clock, bulk_rows=1)
    enrol(office, 6)
    async with office.client() as zoho:
        await zoho.bulk.versions("Leads", FIELD)
        await zoho.background.bulk.versions("Leads", FIELD)
    assert 429 not in {call["status"] for call in office.app.faults.calls}
    assert clock.slept == [60.0]


async def test_a_clock_that_is_set_back_does_not_hold_up_downloads(clock: EagerClock) -> None:
    pace = DownloadPace(clock)
    for _ in range(10):
        await pace.wait()
    clock.set(clock.now() - 3600)
    await pace.wait()
    assert clock.slept == []


async def test_a_bulk_read_needs_its_scope(clock: EagerClock) -> None:
    for scope in ("ZohoCRM.modules.ALL", "ZohoCRM.bulk.READ"):
        office = open_office(clock, scope=scope)
        async with office.client() as zoho:
            with pytest.raises(ScopeMissing):
                await zoho.bulk.versions("Leads", FIELD)


async def test_what_zoho_cannot_read_is_named(zoho: ZohoClient) -> None:
    with pytest.raises(InvalidModule):
        await zoho.bulk.versions("Nothing_Here", FIELD)
    with pytest.raises(InvalidQuery):
        await zoho.bulk.versions("Leads", "Nothing_Here")
    with pytest.raises(BadArgument):
        await zoho.bulk.versions("../Leads", FIELD)


async def test_beginning_one_costs_fifty_credits(clock: EagerClock) -> None:
    office = open_office(clock, credits=49)
    async with office.client() as zoho:
        for _ in range(25):
            await zoho.records.page("Leads")
        with pytest.raises(CreditsUsedUp):
            await zoho.bulk.versions("Leads", FIELD)


# Against answers that the emulator does not give

Answers = Mapping[str, Any]


def scripted(crm: ScriptedCrm, *, state: Any, file: bytes | int, ctype: str = "") -> None:
    """`state` is the row of the job's details; `file` the result or the status of a refusal."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST":
            row = {"status": "success", "code": "ADDED_SUCCESSFULLY", "details": {"id": "99"}}
            return httpx2.Response(201, json={"data": [row], "info": {}})
        if not request.url.path.endswith("/result"):
            return httpx2.Response(200, json={"data": [state]})
        if isinstance(file, int):
            return httpx2.Response(file, json={"code": "RESOURCE_NOT_FOUND", "status": "error"})
        return httpx2.Response(200, content=file, headers={"content-type": ctype or "zip"})

    crm.answer = answer


def completed(count: int, more: bool = False) -> Answers:
    return {"state": "COMPLETED", "result": {"count": count, "more_records": more, "page": 1}}


@pytest.fixture
def crm(clock: EagerClock) -> ScriptedCrm:
    return ScriptedCrm(clock)


async def test_the_request_is_in_the_form_of_its_version(crm: ScriptedCrm) -> None:
    scripted(crm, state=completed(0), file=b"")
    async with crm.client() as zoho:
        await zoho.bulk.versions("Leads", FIELD)
    assert crm.requests[0].url.path == "/crm/bulk/v2/read"
    assert sent(crm) == {
        "query": {
            "module": "Leads",
            "fields": [FIELD],
            "page": 1,
        },
        "file_type": "csv",
    }
    crm.requests.clear()
    async with crm.client(versions=ApiVersions(bulk="v8")) as zoho:
        await zoho.bulk.versions("Leads", FIELD)
    assert crm.requests[0].url.path == "/crm/bulk/v8/read"
    assert sent(crm)["query"]["module"] == {"api_name": "Leads"}


def sent(crm: ScriptedCrm) -> Any:
    return json.loads(crm.requests[0].content)


@pytest.mark.parametrize(
    ("state", "file", "error"),
    [
        (completed(2), zipped(CSV), BadAnswer),
        (completed(0), zipped(CSV), None),
        (completed(1), 404, BulkLost),
        (completed(1), b"<html>", BadAnswer),
        (completed(0, more=True), b"", UnexpectedAnswer),
        ({"state": "COMPLETED"}, b"", UnexpectedAnswer),
        ({"state": "COMPLETED", "result": {"count": True}}, b"", UnexpectedAnswer),
        ({}, b"", UnexpectedAnswer),
        (completed(1, more=True), zipped(CSV), UnexpectedAnswer),
    ],
    ids=[
        "fewer rows than said",
        "nothing said, nothing fetched",
        "file gone",
        "no zip",
        "none but more",
        "no result",
        "no count",
        "no state",
        "no end",
    ],
)
async def test_an_answer_that_does_not_add_up_is_no_absence_of_records(
    crm: ScriptedCrm, state: Answers, file: bytes | int, error: type[Exception] | None
) -> None:
    scripted(crm, state=state, file=file)
    async with crm.client() as zoho:
        if error is None:
            assert await zoho.bulk.versions("Leads", FIELD) == {}
            return
        with pytest.raises(error):
            await zoho.bulk.versions("Leads", FIELD)


async def test_a_file_without_end_is_not_taken_in(
    crm: ScriptedCrm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mzi_bridge.zoho.bulk.ZIP_LIMIT", 1000)
    scripted(crm, state=completed(1), file=b"x" * 5000)
    async with crm.client() as zoho:
        with pytest.raises(UnexpectedAnswer, match="over 1000 bytes"):
            await zoho.bulk.versions("Leads", FIELD)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("MODULE_NOT_SUPPORTED", InvalidModule),
        ("FIELD_NOT_SUPPORTED", InvalidQuery),
        ("INTERNAL_SERVER_ERROR", ServerFault),
        ("TOO_MANY_REQUESTS", RateLimited),
        ("JOB_NOT_SUPPORTED", RequestRefused),
    ],
)
async def test_a_refused_row_is_named_like_a_refused_request(
    crm: ScriptedCrm, code: str, error: type[Exception]
) -> None:
    crm.says(200, {"data": [{"status": "error", "code": code, "message": "m", "details": {}}]})
    async with crm.client() as zoho:
        with pytest.raises(error):
            await zoho.bulk.versions("Leads", FIELD)
    crm.says(400, {"status": "error", "code": code, "message": "m", "details": {}})
    async with crm.client() as zoho:
        with pytest.raises(error):
            await zoho.bulk.versions("Leads", FIELD)


@pytest.mark.parametrize(
    "body",
    [
        {"data": []},
        {"data": [{"status": "success", "details": {}}]},
        {"data": [{"status": "success", "details": {"id": "../1"}}]},
    ],
)
async def test_a_job_without_a_name_is_not_asked_after(crm: ScriptedCrm, body: Any) -> None:
    crm.says(201, body)
    async with crm.client() as zoho:
        with pytest.raises((UnexpectedAnswer, BadArgument)):
            await zoho.bulk.versions("Leads", FIELD)
    assert len(crm.requests) == 1
