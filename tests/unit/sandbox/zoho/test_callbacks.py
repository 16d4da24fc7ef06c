from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mzi_bridge.sandbox.listener import listening
from mzi_bridge.sandbox.zoho import Switches
from tests.unit.sandbox.zoho.school import NOW, School, open_school


@dataclass
class Bridge:
    """Takes callbacks over real HTTP and answers with the next of `statuses`, else 202."""

    address: str = ""
    notices: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        self.notices.append(json.loads(await request.body()))
        return Response(status_code=self.statuses.pop(0) if self.statuses else 202)


@pytest.fixture
async def bridge() -> AsyncIterator[Bridge]:
    bridge = Bridge()
    app = Starlette(routes=[Route("/hook", bridge.take, methods=["POST"])])
    async with listening(app) as address:
        bridge.address = address
        yield bridge


async def watched(school: School, bridge: Bridge, *events: str) -> None:
    channel = {
        "channel_id": "1001",
        "events": list(events) or ["Leads.all"],
        "notify_url": f"{bridge.address}/hook?tenant=a",
        "token": "secret",
    }
    assert (await school.post("actions/watch", {"watch": [channel]})).status_code == 201


async def heard(school: School, bridge: Bridge) -> list[dict[str, Any]]:
    await school.app.state.emulator.notifier.settled()
    return bridge.notices


async def test_an_update_is_told_with_its_fields(school: School, bridge: Bridge) -> None:
    lead = await school.insert("Leads", Last_Name="A")
    await watched(school, bridge)
    await school.put(f"Leads/{lead}", {"data": [{"Phone": "555-0101", "Last_Name": "A"}]})
    assert await heard(school, bridge) == [
        {
            "server_time": int(NOW * 1000),
            "query_params": {"tenant": "a"},
            "module": "Leads",
            "resource_uri": "https://www.zohoapis.com/crm/v2/Leads",
            "ids": [lead],
            "affected_fields": [{lead: ["Phone"]}],
            "operation": "update",
            "channel_id": "1001",
            "token": "secret",
        }
    ]


async def test_one_call_with_several_rows_is_one_callback(school: School, bridge: Bridge) -> None:
    await watched(school, bridge)
    body = {"data": [{"Last_Name": "A"}, {}, {"Last_Name": "B"}]}
    rows = (await school.post("Leads", body)).json()["data"]
    ids = [row["details"]["id"] for row in rows if row["status"] == "success"]
    (notice,) = await heard(school, bridge)
    assert (notice["ids"], notice["operation"], notice["affected_fields"]) == (ids, "insert", [])


async def test_a_delete_is_told(school: School, bridge: Bridge) -> None:
    lead = await school.insert("Leads", Last_Name="A")
    await watched(school, bridge)
    await school.delete("Leads", ids=lead)
    (notice,) = await heard(school, bridge)
    assert (notice["ids"], notice["operation"]) == ([lead], "delete")


async def test_an_upsert_tells_inserts_and_updates_apart(school: School, bridge: Bridge) -> None:
    await school.insert("Leads", Last_Name="A", Email="a@example.org")
    await watched(school, bridge)
    rows = [{"Last_Name": n, "Email": f"{n}@example.org"} for n in ("a", "b")]
    await school.post("Leads/upsert", {"data": rows, "duplicate_check_fields": ["Email"]})
    notices = await heard(school, bridge)
    assert sorted(notice["operation"] for notice in notices) == ["insert", "update"]


async def test_only_the_events_asked_for_are_told(school: School, bridge: Bridge) -> None:
    await watched(school, bridge, "Leads.delete", "Registrations.create")
    lead = await school.insert("Leads", Last_Name="A")
    await school.put(f"Leads/{lead}", {"data": [{"Age": 1}]})
    await school.insert("Registrations", Lead={"id": lead})
    notices = await heard(school, bridge)
    assert [(notice["module"], notice["operation"]) for notice in notices] == [
        ("Registrations", "insert")
    ]


async def test_a_write_that_triggers_nothing_is_not_told(school: School, bridge: Bridge) -> None:
    await watched(school, bridge)
    silent = {"data": [{"Last_Name": "A"}], "trigger": []}
    row = (await school.post("Leads", silent)).json()["data"][0]
    await school.delete("Leads", ids=row["details"]["id"], wf_trigger="false")
    assert await heard(school, bridge) == []
    await school.post("Leads", {"data": [{"Last_Name": "B"}], "trigger": ["workflow"]})
    assert len(await heard(school, bridge)) == 1
    bad = await school.post("Leads", {"data": [{"Last_Name": "C"}], "trigger": "none"})
    assert bad.json()["details"]["api_name"] == "trigger"


async def test_the_offices_edits_are_told(school: School, bridge: Bridge) -> None:
    await watched(school, bridge)
    edit = {"module": "Leads", "operation": "insert", "record": {"Last_Name": "A"}}
    lead = (await school.control("edit", edit)).json()["id"]
    for operation in ("update", "delete", "restore"):
        edit = {"module": "Leads", "operation": operation, "id": lead, "record": {"Age": 2}}
        assert (await school.control("edit", edit)).json() == {"id": lead}
        await school.app.state.emulator.notifier.settled()
    operations = [notice["operation"] for notice in await heard(school, bridge)]
    assert operations == ["insert", "update", "delete", "insert"]


async def test_a_bad_edit_says_what_is_wrong(school: School) -> None:
    for edit in (
        {"module": "Leads", "operation": "insert", "record": {}},
        {"module": "Leads", "operation": "update"},
        {"module": "Leads", "operation": "delete", "id": "4"},
        {"module": "Nope", "operation": "delete", "id": "4"},
        {"module": "Leads", "operation": "explode"},
    ):
        answer = await school.control("edit", edit)
        assert answer.status_code == 400
        assert answer.json()["status"] == "error"


async def test_a_failed_callback_is_not_sent_again(school: School, bridge: Bridge) -> None:
    await watched(school, bridge)
    bridge.statuses = [503]
    await school.insert("Leads", Last_Name="A")
    assert len(await heard(school, bridge)) == 1
    sent = (await school.http.get("/_control/callbacks")).json()["sent"]
    assert [entry["status"] for entry in sent] == [503]
    assert "token" not in sent[0]


async def test_a_failed_callback_is_sent_again_when_told_to(bridge: Bridge) -> None:
    async with open_school(Switches(callback_retries=2)) as school:
        await watched(school, bridge)
        bridge.statuses = [503, 503]
        await school.insert("Leads", Last_Name="A")
        assert len(await heard(school, bridge)) == 3


async def test_an_unreachable_bridge_harms_no_write(school: School) -> None:
    nowhere = Bridge(address="http://127.0.0.1:1")
    await watched(school, nowhere)
    await school.insert("Leads", Last_Name="A")
    await school.app.state.emulator.notifier.settled()
    assert school.app.state.emulator.notifier.sent[0]["status"] is None


async def test_callbacks_drop_double_and_hold_on_demand(school: School, bridge: Bridge) -> None:
    await watched(school, bridge)
    await school.control("callbacks", {"mode": "drop"})
    await school.insert("Leads", Last_Name="A")
    assert len(await heard(school, bridge)) == 0
    await school.control("callbacks", {"mode": "duplicate"})
    await school.insert("Leads", Last_Name="B")
    assert len(await heard(school, bridge)) == 2
    bridge.notices.clear()
    assert (await school.control("callbacks", {"mode": "hold"})).json()["pending"] == 0
    first = await school.insert("Leads", Last_Name="C")
    second = await school.insert("Leads", Last_Name="D")
    state = await school.http.get("/_control/callbacks")
    assert state.json()["pending"] == 2
    assert await heard(school, bridge) == []
    await school.control("callbacks", {"mode": "deliver"})
    told = {notice["ids"][0] for notice in await heard(school, bridge)}
    assert told == {first, second}
    assert (await school.control("callbacks", {"mode": "shout"})).status_code == 400


async def test_seeding_tells_nobody(school: School, bridge: Bridge) -> None:
    await watched(school, bridge)
    assert school.crm.insert_all([("Leads", {"Last_Name": "A"})]) == 1
    await school.insert("Registrations")
    assert await heard(school, bridge) == []
