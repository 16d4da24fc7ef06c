from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from mzi_bridge.zoho.channels import ChannelRequest, Event
from mzi_bridge.zoho.client import ZohoClient
from mzi_bridge.zoho.errors import BadArgument, RequestRefused, UnexpectedAnswer
from tests.support.scripted_crm import ScriptedCrm

END = "2026-05-15T11:36:10+03:00"
GONE = {"code": "NOT_SUBSCRIBED", "details": {}, "message": "m", "status": "error"}


def request(channel_id: str = "1001", module: str = "Leads", **changes: Any) -> ChannelRequest:
    values: dict[str, Any] = {
        "events": ("create", "edit"),
        "notify_url": "https://bridge.example/api/v1/webhooks/zoho",
        "token": "canary-channel-token",
        "expiry": datetime(2026, 5, 15, 8, 36, 10, tzinfo=UTC),
    }
    return ChannelRequest(channel_id, module, **{**values, **changes})


def granted(channel_id: str = "1001", *ends: str) -> dict[str, Any]:
    events = [
        {"channel_expiry": end, "resource_name": "Leads", "channel_id": channel_id}
        for end in ends or (END,)
    ]
    return {"code": "SUCCESS", "details": {"events": events}, "message": "m", "status": "success"}


async def test_a_channel_is_enabled_with_its_events_and_reads_back_its_end(
    crm: ScriptedCrm, zoho: ZohoClient
) -> None:
    crm.says(201, {"watch": [granted()]})
    [result] = await zoho.channels.enable([request()])
    assert (result.ok, result.channel_id, result.module) == (True, "1001", "Leads")
    assert result.expiry == int(datetime(2026, 5, 15, 8, 36, 10, tzinfo=UTC).timestamp())
    assert (crm.last.method, crm.last.url.path) == ("POST", "/crm/v2/actions/watch")
    assert crm.sent() == {
        "watch": [
            {
                "channel_id": "1001",
                "events": ["Leads.create", "Leads.edit"],
                "notify_url": "https://bridge.example/api/v1/webhooks/zoho",
                "token": "canary-channel-token",
                "channel_expiry": "2026-05-15T08:36:10+00:00",
            }
        ]
    }


async def test_the_earliest_end_of_several_events_counts(
    crm: ScriptedCrm, zoho: ZohoClient
) -> None:
    crm.says(201, {"watch": [granted("1001", END, "2026-05-14T12:36:10+03:00")]})
    [result] = await zoho.channels.enable([request()])
    assert result.expiry == int(datetime(2026, 5, 14, 9, 36, 10, tzinfo=UTC).timestamp())


@pytest.mark.parametrize("status", [200, 202, 400])
async def test_a_refused_channel_is_a_row_beside_one_that_went_well(
    crm: ScriptedCrm, zoho: ZohoClient, status: int
) -> None:
    bad = {"code": "INVALID_DATA", "details": {"api_name": "token"}, "status": "error"}
    crm.says(status, {"watch": [granted(), bad]})
    good, refused = await zoho.channels.enable([request(), request("1002")])
    assert good.ok
    assert (refused.ok, refused.code, refused.channel_id, refused.expiry) == (
        False,
        "INVALID_DATA",
        "1002",
        None,
    )


async def test_an_answer_without_an_end_grants_an_unknown_one(
    crm: ScriptedCrm, zoho: ZohoClient
) -> None:
    odd: list[Any] = [{}, {"events": []}, {"events": None}, {"events": ["x"]}, []]
    for details in odd:
        crm.says(201, {"watch": [{"code": "SUCCESS", "details": details, "status": "success"}]})
        [result] = await zoho.channels.enable([request()])
        assert (result.ok, result.expiry) == (True, None)


@pytest.mark.parametrize(("status", "body"), [(400, GONE), (202, {"watch": [GONE]})])
async def test_renewing_a_channel_zoho_forgot_is_a_row_that_is_gone(
    crm: ScriptedCrm, zoho: ZohoClient, status: int, body: Any
) -> None:
    crm.says(status, body)
    [result] = await zoho.channels.renew([request()])
    assert result.gone
    assert (result.ok, result.channel_id, result.module) == (False, "1001", "Leads")
    assert crm.last.method == "PATCH"


async def test_one_forgotten_channel_does_not_fail_its_neighbours(
    crm: ScriptedCrm, zoho: ZohoClient
) -> None:
    def answer(sent: httpx2.Request) -> httpx2.Response:
        ids = [row["channel_id"] for row in json.loads(sent.content)["watch"]]
        if "1002" in ids:
            return httpx2.Response(400, json=GONE)
        return httpx2.Response(200, json={"watch": [granted(one) for one in ids]})

    crm.answer = answer
    results = await zoho.channels.renew([request("1001"), request("1002"), request("1003")])
    assert [(r.channel_id, r.ok, r.gone) for r in results] == [
        ("1001", True, False),
        ("1002", False, True),
        ("1003", True, False),
    ]


async def test_another_refusal_of_the_whole_call_is_raised(
    crm: ScriptedCrm, zoho: ZohoClient
) -> None:
    crm.says(400, {"code": "NEW_REASON", "details": {}, "status": "error"})
    with pytest.raises(RequestRefused):
        await zoho.channels.renew([request()])


async def test_another_number_of_channels_than_sent_is_no_result(
    crm: ScriptedCrm, zoho: ZohoClient
) -> None:
    crm.says(201, {"watch": []})
    with pytest.raises(UnexpectedAnswer):
        await zoho.channels.enable([request()])


async def test_every_page_of_the_list_is_read(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    def answer(sent: httpx2.Request) -> httpx2.Response:
        number = int(sent.url.params["page"])
        row = {
            "channel_id": f"100{number}",
            "resource_name": "Leads",
            "events": ["Leads.create", "Leads.delete"],
            "notify_url": "https://bridge.example/x",
            "channel_expiry": END,
            "token": "canary-token",
        }
        info = {"more_records": number < 3}
        return httpx2.Response(200, json={"watch": [row], "info": info})

    crm.answer = answer
    found = await zoho.channels.list(module="Leads")
    assert [channel.channel_id for channel in found] == ["1001", "1002", "1003"]
    assert found[0].events == {"create", "delete"}
    assert crm.last.url.params["module"] == "Leads"
    assert "canary" not in repr(found)


async def test_no_channels_are_an_empty_list(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    crm.says(204)
    assert await zoho.channels.list() == []


async def test_a_list_without_an_end_is_given_up(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    crm.says(200, {"watch": [{"channel_id": "1"}], "info": {"more_records": True}})
    with pytest.raises(UnexpectedAnswer):
        await zoho.channels.list()


async def test_a_listed_channel_of_odd_shape_is_read_as_far_as_it_goes(
    crm: ScriptedCrm, zoho: ZohoClient
) -> None:
    crm.says(200, {"watch": [{"channel_id": "1", "events": [5, "x"], "channel_expiry": None}]})
    [channel] = await zoho.channels.list()
    assert (channel.module, channel.events, channel.expiry) == ("", frozenset("x"), None)


async def test_channels_are_deleted_and_gone_ones_told(crm: ScriptedCrm, zoho: ZohoClient) -> None:
    row = {"code": "SUCCESS", "details": {"resource_name": "Leads", "channel_id": "1001"}}
    crm.says(200, {"watch": [row]})
    [result] = await zoho.channels.delete(["1001"])
    assert (result.ok, result.module) == (True, "Leads")
    assert (crm.last.method, crm.last.url.params["channel_ids"]) == ("DELETE", "1001")
    crm.says(400, GONE)
    assert [r.gone for r in await zoho.channels.delete(["1001", "1002"])] == [True, True]


@pytest.mark.parametrize(
    "build",
    [
        lambda: request(channel_id="x"),
        lambda: request(events=()),
        lambda: request(token="x" * 51),
        lambda: request(token=""),
        lambda: request(module="Leads.create"),
        lambda: request(expiry=datetime(2026, 1, 1)),
    ],
)
async def test_a_channel_zoho_would_refuse_is_not_sent(
    crm: ScriptedCrm, zoho: ZohoClient, build: Callable[[], ChannelRequest]
) -> None:
    with pytest.raises(BadArgument):
        await zoho.channels.enable([build()])
    assert crm.requests == []


def test_a_request_does_not_show_its_token() -> None:
    events: tuple[Event, ...] = ("create",)
    assert "canary" not in repr(request(events=events))
